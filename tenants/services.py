"""The writes of tenants."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from oauth2_provider.generators import generate_client_secret

from kernel import crypto
from kernel.actors import Actor
from kernel.errors import DomainError, Invalid
from kernel.ids import new_id
from kernel.tenancy import brand_context
from tenants.models import (
    LIGHT_FROM,
    MIXED_FROM,
    ApiClient,
    Brand,
    BrandKey,
    Integration,
    IntegrationState,
    Membership,
    Role,
    User,
)
from tenants.permissions import check_may_manage
from tenants.signals import brand_changed
from trail.record import record

PSEUDONYM, INTEGRATION = "pseudonym", "integration"


class BrandExists(DomainError):
    """A brand of that short name is registered already."""

    code = "brand_exists"


def create_brand(*, slug: str, name: str, by: Actor, at: datetime, **fields: Any) -> Brand:
    """Register a brand with keys of its own. Raises BrandExists. Opens the new brand's context for its first rows."""
    if Brand.objects.filter(slug=slug).exists():
        raise BrandExists(_("There is a brand “%(slug)s” already.") % {"slug": slug}, place="slug")
    with transaction.atomic():
        brand = Brand.objects.create(slug=slug, name=name, created_at=at, **fields)
        with brand_context(brand.pk):
            for purpose in (PSEUDONYM, INTEGRATION):
                _create_key(brand.pk, purpose, at)
            record(
                "brand.created", brand_id=brand.pk, subject=("brand", brand.pk), by=by, at=at, details={"slug": slug}
            )
    return brand


BRAND_FIELDS = ("name", "country", "sector", "colour", "time_zone", "postal_address", "privacy_url")


@transaction.atomic
def change_brand(*, brand: Brand, fields: dict[str, str], by: Actor, at: datetime) -> Brand:
    """Change a brand's own record; nothing is sent or written where nothing differs.

    `fields` holds new values of BRAND_FIELDS. Raises Invalid naming the first field that cannot be. Sends
    `brand_changed`, for what was approved under another name or country is not what stands here now.
    """
    check_may_manage(by, brand.pk)
    kept = Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    changed = {name: value for name, value in fields.items() if name in BRAND_FIELDS and getattr(kept, name) != value}
    if not changed:
        return kept
    for name, value in changed.items():
        setattr(kept, name, value)
    _check_brand(kept)
    kept.save(update_fields=list(changed))
    subject = ("brand", brand.pk)
    record("brand.changed", brand_id=brand.pk, subject=subject, by=by, at=at, details={"fields": sorted(changed)})
    brand_changed.send(Brand, brand=kept, by=by, at=at)
    return kept


@transaction.atomic
def set_bands(*, brand: Brand, light_from: int, mixed_from: int, by: Actor, at: datetime) -> Brand:
    """Set where the bands of the light touch begin for a brand that is stricter with itself than the platform.

    What is judged from then on is told by them, and what was judged by others is judged again before it is approved.
    Nothing is written where nothing differs. Raises Invalid where they would be milder or out of order.
    """
    check_may_manage(by, brand.pk)
    for place, value, least, most in (
        ("light_from", light_from, LIGHT_FROM, 100),
        ("mixed_from", mixed_from, MIXED_FROM, light_from),
    ):
        if not least <= value <= most:
            told = _("The band must begin between %(least)d and %(most)d.") % {"least": least, "most": most}
            raise Invalid(told, place=place, remedy=_("A brand may be stricter with itself, never milder."))
    kept = Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    if (kept.light_from, kept.mixed_from) == (light_from, mixed_from):
        return kept
    details = {"light": [kept.light_from, light_from], "mixed": [kept.mixed_from, mixed_from]}
    kept.light_from, kept.mixed_from = light_from, mixed_from
    kept.save(update_fields=["light_from", "mixed_from"])
    record("brand.bands", brand_id=brand.pk, subject=("brand", brand.pk), by=by, at=at, details=details)
    return kept


def _check_brand(brand: Brand) -> None:
    try:
        brand.full_clean()
        ZoneInfo(brand.time_zone)
    except ValidationError as error:
        place, told = next(iter(error.message_dict.items()))
        raise Invalid(" ".join(told), place=place) from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(_("There is no such time zone."), place="time_zone", remedy=_("E.g. Europe/London.")) from error


def _create_key(brand_id: UUID, purpose: str, at: datetime) -> None:
    row_id = new_id()
    where = crypto.place(brand_id, "tenants_brandkey", "wrapped", row_id)
    BrandKey.objects.create(
        id=row_id, brand_id=brand_id, purpose=purpose, wrapped=crypto.wrap(crypto.new_key(), at=where), created_at=at
    )


def brand_key(brand_id: UUID, purpose: str) -> bytes:
    """Return a brand's own key. Needs the brand's context."""
    row = BrandKey.objects.get(brand_id=brand_id, purpose=purpose)
    return crypto.unwrap(row.wrapped, at=crypto.place(brand_id, "tenants_brandkey", "wrapped", row.pk))


@transaction.atomic
def add_member(*, brand: Brand, user: User, role: Role, by: Actor, at: datetime, name: str | None = None) -> Membership:
    """Give a user a role at the brand, or another role than she had.

    `name` is what the brand calls a new member; without it, what she calls herself. Give one wherever whoever adds her
    is not to learn the name of an account of another brand.
    """
    called = user.name if name is None else name
    membership, _made = Membership.objects.update_or_create(
        brand=brand,
        user=user,
        defaults={"role": role},
        create_defaults={"role": role, "since": at, "name": called},
    )
    details = {"user": str(user.pk), "role": role.value}
    record("member.added", brand_id=brand.pk, subject=("brand", brand.pk), by=by, at=at, details=details)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: Actor, at: datetime) -> None:
    """Take a user's role away; it ends at once."""
    details = {"user": str(membership.user_id), "role": membership.role}
    subject = ("brand", membership.brand_id)
    membership.delete()
    record("member.removed", brand_id=subject[1], subject=subject, by=by, at=at, details=details)


@transaction.atomic
def create_client(*, brand: Brand, name: str, scopes: str, by: Actor, at: datetime) -> tuple[ApiClient, str]:
    """Create a partner's API client. Returns it with its secret, which is kept as a hash and shown this once."""
    secret = generate_client_secret()
    client = ApiClient.objects.create(
        brand=brand,
        name=name,
        scopes=scopes,
        client_secret=secret,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
    )
    details = {"name": name, "scopes": scopes}
    record("client.created", brand_id=brand.pk, subject=("client", client.pk), by=by, at=at, details=details)
    return client, secret


@transaction.atomic
def create_integration(
    *,
    brand: Brand,
    key: str,
    name: str,
    kind: str,
    config: dict[str, Any],
    credentials: dict[str, str],
    by: Actor,
    at: datetime,
) -> Integration:
    """Register a system that the brand delivers to; its credentials are sealed with the brand's key."""
    integration = Integration(id=new_id(), brand=brand, key=key, name=name, kind=kind, config=config, created_at=at)
    integration.sealed_credentials = _seal_credentials(integration, credentials)
    integration.save()
    details = {"key": key, "kind": kind}
    record(
        "integration.created", brand_id=brand.pk, subject=("integration", integration.pk), by=by, at=at, details=details
    )
    return integration


@transaction.atomic
def set_integration_state(*, integration: Integration, state: IntegrationState, by: Actor, at: datetime) -> None:
    """Pause an integration or take it up again."""
    Integration.objects.filter(pk=integration.pk).update(state=state)
    subject = ("integration", integration.pk)
    record(f"integration.{state.value}", brand_id=integration.brand_id, subject=subject, by=by, at=at)


def credentials_of(integration: Integration) -> dict[str, str]:
    """Return an integration's credentials in the clear. For the code that speaks to it, at the moment it speaks."""
    if integration.sealed_credentials is None:
        return {}
    key = brand_key(integration.brand_id, INTEGRATION)
    opened: dict[str, str] = json.loads(crypto.unseal(integration.sealed_credentials, key=key, at=_cell(integration)))
    return opened


def _seal_credentials(integration: Integration, credentials: dict[str, str]) -> bytes:
    key = brand_key(integration.brand_id, INTEGRATION)
    return crypto.seal(json.dumps(credentials).encode(), key=key, at=_cell(integration))


def _cell(integration: Integration) -> bytes:
    return crypto.place(integration.brand_id, "tenants_integration", "sealed_credentials", integration.pk)
