"""Who may do what with a data source."""

from uuid import UUID

from django.utils.translation import gettext as _

from kernel.actors import Actor, ActorKind
from tenants.permissions import MAY_DECIDE, MAY_REGISTER, check_may_register, check_role

__all__ = ["check_may_close", "check_may_register"]


def check_may_close(by: Actor, brand_id: UUID) -> None:
    """Who may register a source may close it, and so may a compliance officer. Raises NotPermitted."""
    if by.kind is ActorKind.USER:
        check_role(by, brand_id, MAY_REGISTER | MAY_DECIDE, _("close data sources here"))
    else:
        check_may_register(by, brand_id)
