"""What the records say about an audience is measured, not believed."""

from datetime import timedelta

import pytest

from facts.catalogue import load
from kernel import clock
from people import queries, services
from tests.conftest import SYSTEM
from tests.people.conftest import SPRING, make_person, say

EVERYBODY = {"sources": ["shop-accounts"]}


@pytest.fixture
def crowd(at_northwind, shop, held_clock):
    """Ten people of whom four agreed; one each refused, objected, withdrew; the last is 15 years old and lives in France."""
    people = [
        make_person(at_northwind, f"p{n}@example.org", shop, observed_at=SPRING, attributes={"country": "GB", "birth_year": 1980})
        for n in range(9)
    ]  # fmt: skip
    people.append(
        make_person(at_northwind, "p9@example.org", shop, observed_at=SPRING + timedelta(days=100), attributes={"country": "FR", "birth_year": 2011})
    )  # fmt: skip
    for person in people[:4]:
        say(person, "given")
    for person, state in zip(people[4:], ("refused", "objected", "withdrawn"), strict=False):
        say(person, state)
    return people


def measure(brand, **more):
    more = {"purpose": "newsletter", "channel": "email", **more}
    return queries.measured(brand.pk, more.pop("definition", EVERYBODY), **more)


def test_consents_and_refusals_are_counted(at_northwind, crowd):
    seen = measure(at_northwind)
    assert (seen["audience_size"], seen["with_valid_consent_share"]) == (10, 0.4)
    assert (seen["refused"], seen["objected"], seen["withdrawn"]) == (1, 1, 1)


def test_ages_are_whole_months(at_northwind, crowd):
    seen = measure(at_northwind)
    assert seen["oldest_consent_months"] == 8
    assert (seen["source_newest_months"], seen["source_oldest_months"]) == (4, 8)


def test_who_lives_elsewhere_or_nobody_knows_where_is_outside(at_northwind, crowd, shop):
    make_person(at_northwind, "nowhere@example.org", shop)
    assert measure(at_northwind, countries=["GB"])["outside_countries"] == 2
    assert measure(at_northwind, countries=["GB", "FR"])["outside_countries"] == 1
    assert measure(at_northwind)["outside_countries"] == 0


def test_a_country_stands_for_its_states_but_a_state_only_for_itself(at_northwind, shop):
    make_person(at_northwind, "cal@example.org", shop, attributes={"country": "US-CA"})
    assert measure(at_northwind, countries=["US"])["outside_countries"] == 0
    assert measure(at_northwind, countries=["US-TX"])["outside_countries"] == 1


def test_children_are_counted(at_northwind, crowd):
    assert measure(at_northwind)["minors"] == 1


def test_what_people_forbid_is_a_share(at_northwind, crowd):
    wishes = {"no_retargeting": True, "no_personalisation": True, "kinds_refused": ["browsing"], "messages_per_week": 1}
    services.save_settings(person=crowd[0], values=wishes, by=SYSTEM, at=clock.now())
    seen = measure(at_northwind, kinds=["browsing", "purchases"], per_week=2.0)
    assert seen["forbid_retargeting_share"] == seen["forbid_personalisation_share"] == 0.1
    assert seen["forbid_kind_share"] == seen["over_frequency_share"] == 0.1
    assert measure(at_northwind, kinds=["purchases"], per_week=1.0)["forbid_kind_share"] == 0.0


def test_suppressed_addresses_are_counted(at_northwind, crowd):
    services.suppress(
        brand_id=at_northwind.pk, kind="email", value="p0@example.org", reason="x", by=SYSTEM, at=clock.now()
    )
    assert measure(at_northwind)["suppressed"] == 1


def test_of_an_empty_audience_no_share_and_no_age_is_claimed(at_northwind, shop):
    seen = measure(at_northwind, definition={"sources": []})
    assert seen["audience_size"] == 0
    assert not any(name.endswith(("_share", "_months")) for name in seen)


def test_every_name_is_one_of_the_catalogues_and_none_is_missing(at_northwind, crowd):
    known = {path.rpartition(".")[2] for path in load().measured}
    assert set(measure(at_northwind)) == known
