"""Who may do what at a brand."""

from uuid import UUID

from django.utils.translation import gettext as _

from kernel.actors import Actor, ActorKind
from kernel.errors import NotPermitted
from tenants.models import Membership, Role

MAY_REGISTER = frozenset({Role.OWNER, Role.MARKETER})
MAY_DECIDE = frozenset({Role.OFFICER})
MAY_RELEASE = frozenset({Role.OWNER, Role.MARKETER})
MAY_MANAGE = frozenset({Role.OWNER})


def role_of(by: Actor, brand_id: UUID) -> Role | None:
    """Return the role of a user at the brand in force now, or None. Needs the brand's context."""
    if by.kind is not ActorKind.USER or by.id is None:
        return None
    found = Membership.objects.filter(brand_id=brand_id, user_id=by.id).values_list("role", flat=True).first()
    return Role(found) if found else None


def check_role(by: Actor, brand_id: UUID, allowed: frozenset[Role], doing: str) -> None:
    """Raise NotPermitted unless the user holds one of the roles. `doing` completes "You may not …"."""
    if role_of(by, brand_id) not in allowed:
        raise NotPermitted(
            _("You may not %(doing)s.") % {"doing": doing},
            remedy=_("It takes one of these roles: %(roles)s.")
            % {"roles": ", ".join(str(r.label) for r in sorted(allowed))},
        )


def check_may_manage(by: Actor, brand_id: UUID) -> None:
    """Brand owners and the system itself may change what the brand is. Raises NotPermitted."""
    if by.kind is not ActorKind.SYSTEM:
        check_role(by, brand_id, MAY_MANAGE, _("change this brand"))


def check_may_register(by: Actor, brand_id: UUID) -> None:
    """Brand owners, the brand team, partners' clients and the system itself may register. Raises NotPermitted."""
    if by.kind in (ActorKind.CLIENT, ActorKind.SYSTEM):
        return
    check_role(by, brand_id, MAY_REGISTER, _("register campaigns and data sources here"))
