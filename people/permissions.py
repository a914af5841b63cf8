"""Who may write about people. A person acts for herself alone: her link or her message proves that she is the one."""

from uuid import UUID

from django.utils.translation import gettext as _

from kernel.actors import Actor, ActorKind
from kernel.errors import NotPermitted
from tenants.models import Role
from tenants.permissions import check_role

MAY_IMPORT = frozenset({Role.OWNER, Role.MARKETER})
MAY_RECORD = frozenset({Role.OWNER, Role.MARKETER, Role.OFFICER})
MAY_ERASE = frozenset({Role.OWNER, Role.OFFICER})


def check_may_import(by: Actor, brand_id: UUID) -> None:
    """Brand owners, the brand team, partners' clients and the system bring people in. Raises NotPermitted."""
    _check(by, brand_id, MAY_IMPORT, _("bring people in here"))


def check_may_record(by: Actor, brand_id: UUID, person_id: UUID | None = None) -> None:
    """As check_may_import, and compliance officers, and the person for herself. Raises NotPermitted."""
    if by.kind is ActorKind.PERSON and by.id == person_id and person_id is not None:
        return
    _check(by, brand_id, MAY_RECORD, _("record consents here"))


def check_may_erase(by: Actor, brand_id: UUID, person_id: UUID) -> None:
    """Brand owners, compliance officers, the system, and the person for herself. Raises NotPermitted."""
    if by.kind is ActorKind.PERSON and by.id == person_id:
        return
    if by.kind is ActorKind.CLIENT:
        raise NotPermitted(_("An API client may not erase people."))
    _check(by, brand_id, MAY_ERASE, _("erase people here"))


def _check(by: Actor, brand_id: UUID, allowed: frozenset[Role], doing: str) -> None:
    if by.kind in (ActorKind.CLIENT, ActorKind.SYSTEM):
        return
    if by.kind is ActorKind.PERSON:
        raise NotPermitted(_("A person acts for herself alone."))
    check_role(by, brand_id, allowed, doing)
