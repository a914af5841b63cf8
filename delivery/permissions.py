"""Who may release what was approved."""

from uuid import UUID

from django.utils.translation import gettext as _

from kernel.actors import Actor, ActorKind
from kernel.errors import NotPermitted
from tenants.models import Role
from tenants.permissions import MAY_RELEASE, check_role

MAY_STOP = MAY_RELEASE | {Role.OFFICER}


def check_may_release(by: Actor, brand_id: UUID) -> None:
    """Brand owners, the brand team and the system may release. Raises NotPermitted."""
    if by.kind is not ActorKind.SYSTEM:
        check_role(by, brand_id, MAY_RELEASE, _("release campaigns here"))


def check_may_stop(by: Actor, brand_id: UUID) -> None:
    """Compliance officers may also pause and stop, never start. Raises NotPermitted."""
    if by.kind is not ActorKind.SYSTEM:
        check_role(by, brand_id, MAY_STOP, _("stop releases here"))


def check_may_pull(by: Actor, brand_id: UUID) -> None:
    """Partners' clients and the system may pull a cleared audience; people use releases. Raises NotPermitted."""
    if by.kind not in (ActorKind.CLIENT, ActorKind.SYSTEM):
        raise NotPermitted(_("Only API clients pull audiences."), remedy=_("Create a release instead."))


def check_may_post_events(by: Actor, brand_id: UUID) -> None:
    """Partners' clients and the system may post what happened to people. Raises NotPermitted."""
    if by.kind not in (ActorKind.CLIENT, ActorKind.SYSTEM):
        raise NotPermitted(_("Only API clients post events."))
