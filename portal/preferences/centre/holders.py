"""Which brands hold the person behind a proved address. They are joined here alone, for her, while she looks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from kernel.actors import Actor
from kernel.tenancy import brand_context
from people import services
from people.ledger import POSITIVE
from people.models import ConsentState, Person, PersonState, PrivacySettings
from portal.preferences.parts import zone_of
from tenants.models import Brand
from trail.record import record


@dataclass(frozen=True, slots=True)
class Holder:
    """One brand that holds her, for the list: whether it may send marketing, and whether she muted it."""

    brand: Brand
    since: datetime
    marketing: bool
    muted: bool
    language: str


def holders(address: str) -> list[Holder]:
    """Return the brands that hold a person by this e-mail address, by name. Each is asked under its own key."""
    found = []
    for brand in Brand.objects.order_by("name", "slug"):
        with brand_context(brand.pk):
            person = _person(brand, address)
            if person is not None:
                found.append(_holder(brand, person))
    return found


@contextmanager
def at_brand(slug: str, address: str) -> Iterator[tuple[Brand, Person] | None]:
    """Act for one brand with the person it holds by this address, in her time; None where it holds nobody."""
    brand = Brand.objects.filter(slug=slug).first()
    if brand is None:
        yield None
        return
    with brand_context(brand.pk):
        person = _person(brand, address)
        if person is None:
            yield None
            return
        with timezone.override(zone_of(person, brand)):
            yield brand, person


def tell_of_visit(address: str, *, at: datetime) -> None:
    """Write into each holder's trail that the person proved her address and was shown what it holds."""
    for brand in Brand.objects.order_by("pk"):
        with brand_context(brand.pk):
            person = _person(brand, address)
            if person is not None:
                subject = ("person", person.pk)
                record("person.proved_address", brand_id=brand.pk, subject=subject, by=Actor.person(person.pk), at=at)


def _person(brand: Brand, address: str) -> Person | None:
    person = services.find_person(brand.pk, "email", address)
    return person if person is not None and person.state != PersonState.ERASED else None


def _holder(brand: Brand, person: Person) -> Holder:
    own: dict[str, Any] = {"brand_id": brand.pk, "person": person}
    marketing = ConsentState.objects.filter(**own, state__in=POSITIVE).exclude(purpose="service").exists()
    muted = PrivacySettings.objects.filter(**own, brand_muted=True).exists()
    return Holder(brand, person.created_at, marketing, muted, person.language)
