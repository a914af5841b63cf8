"""Reads of tenants that others may use."""

from collections.abc import Iterable
from uuid import UUID

from kernel.tenancy import user_context
from tenants.models import Brand, Membership, Role, User


def brand_ids() -> Iterable[UUID]:
    """Return the ids of all brands of the installation."""
    return list(Brand.objects.values_list("pk", flat=True))


def bands_of(brand_id: UUID) -> dict[str, int]:
    """Return where the bands of the light touch begin for a brand: `{light, mixed}`."""
    return Brand.objects.get(pk=brand_id).bands


def memberships_of(user: User) -> list[Membership]:
    """Return the user's own memberships with their brands, by the brand's name."""
    with user_context(user.pk):
        return list(Membership.objects.filter(user=user).select_related("brand").order_by("brand__name"))


def role_at(user: User, brand_id: UUID) -> Role | None:
    """Return the user's role at the brand, or None. Works with that brand's context or without any."""
    with user_context(user.pk):
        found = Membership.objects.filter(user=user, brand_id=brand_id).values_list("role", flat=True).first()
    return Role(found) if found else None
