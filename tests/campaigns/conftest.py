"""What the tests of the campaign register start from."""

from typing import Any

import pytest

from campaigns.models import Campaign
from campaigns.services import save_draft
from kernel import clock
from kernel.actors import Actor
from sources.models import DataSource
from sources.services import register
from tenants.models import Brand
from tests.conftest import SYSTEM
from tests.registrations import exemplary

Parts = dict[str, Any]


@pytest.fixture
def northwind(northwind: Brand) -> Brand:
    """Northwind under the name that the exemplary document gives."""
    Brand.objects.filter(pk=northwind.pk).update(name="Northwind Shoes")
    northwind.refresh_from_db()
    return northwind


def a_source(brand: Brand, key: str = "shop-accounts", by: Actor = SYSTEM, **facts: Any) -> DataSource:
    facts = {"origin": "declared", "categories": ["contact", "purchases"], **facts}
    return register(brand=brand, key=key, name=key.title(), kind="list", facts=facts, by=by, at=clock.now())


def parts(**more: Any) -> Parts:
    """What a draft of a spring newsletter holds."""
    return {
        "key": "spring-newsletter",
        "name": "Spring newsletter",
        "facts": {"purpose": "newsletter", "channels": ["email"], "countries": ["GB"]},
        "content": {"subject": "New shoes", "text": "They are here."},
        "schedule": {"from": "2026-12-01"},
        "audience": {},
        "sources": ["shop-accounts"],
        "integrations": [],
        **more,
    }


def a_campaign(brand: Brand, by: Actor = SYSTEM, campaign: Campaign | None = None, **more: Any) -> Campaign:
    return save_draft(brand=brand, by=by, at=clock.now(), campaign=campaign, **parts(**more))


def a_document(**more: Any) -> dict[str, Any]:
    return exemplary() | {"content": {"subject": "New shoes", "text": "They are here."}} | more
