"""People as the tests know them, at Northwind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kernel import clock
from people import services
from people.models import Person
from sources.models import DataSource, SourceState
from tests.conftest import SYSTEM

SPRING = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def make_source(brand: Any, key: str = "shop-accounts", **fields: Any) -> DataSource:
    at = clock.now()
    fields = {"name": key.replace("-", " ").title(), "sha256": "0" * 64, "state": SourceState.ACTIVE, **fields}
    return DataSource.objects.create(brand=brand, key=key, created_at=at, changed_at=at, **fields)


def make_person(brand: Any, email: str = "dora@example.org", source: DataSource | None = None, **fields: Any) -> Person:
    person, _new = services.upsert_person(
        brand_id=brand.pk,
        identifiers={"email": email, **fields.pop("identifiers", {})},
        source=source,
        by=SYSTEM,
        at=fields.pop("at", None) or clock.now(),
        **fields,
    )
    return person


def say(person: Person, state: str, at: datetime = SPRING, **event: Any) -> services.Outcome:
    """Record that the person said something, by default about marketing by e-mail."""
    event = {"purpose": "direct_marketing", "channel": "email", **event}
    event.setdefault("idempotency_key", f"{person.pk}{state}{at}{event['purpose']}{event['channel']}")
    return services.record_consent(
        brand_id=person.brand_id, person=person, state=state, happened_at=at, by=SYSTEM, at=clock.now(), **event
    )


@pytest.fixture
def shop(at_northwind) -> DataSource:
    return make_source(at_northwind)


@pytest.fixture
def dora(at_northwind, shop) -> Person:
    """A customer, known by her e-mail address."""
    return make_person(at_northwind, source=shop, attributes={"country": "GB", "birth_year": 1980})
