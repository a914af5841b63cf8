"""Dora at Northwind: a customer with a history, and the link of her page."""

from datetime import time, timedelta

import pytest

from kernel import clock
from people import links, services
from tests.conftest import SYSTEM
from tests.people.conftest import DAY, SPRING, make_person, make_source, say


def dora_at(brand):
    """Make Dora, with a shop account, a newsletter, a withdrawn text message consent and some settings."""
    shop = make_source(brand, name="Shop accounts", facts={"categories": ["contact", "purchases", "browsing", "name"]})
    dora = make_person(
        brand,
        source=shop,
        at=SPRING,
        identifiers={"phone": "+442079460018", "customer": "C-1"},
        attributes={"country": "GB", "birth_year": 1980, "time_zone": "Europe/London", "language": "en"},
        fields={"first_name": "Dora"},
    )
    say(dora, "given", source=shop, method="double_opt_in",
        wording="Yes, Northwind Shoes may send me news and offers by e-mail. I can stop this at any time.",
        expires_at=clock.now() + timedelta(days=400))  # fmt: skip
    say(dora, "given", purpose="profiling", basis="legitimate_interests", source=shop)
    say(dora, "given", purpose="service", basis="contract", source=shop)
    say(dora, "given", channel="sms", source=shop, method="opt_in")
    say(dora, "withdrawn", channel="sms", at=SPRING + 40 * DAY, method="one_click")
    settings = {"quiet_from": time(21), "quiet_until": time(8), "messages_per_week": 2, "no_retargeting": True}
    services.save_settings(person=dora, values=settings, by=SYSTEM, at=clock.now())
    return dora


@pytest.fixture
def dora(at_northwind):
    return dora_at(at_northwind)


@pytest.fixture
def link(dora) -> str:
    return links.preference_link(dora.brand_id, dora.pk)
