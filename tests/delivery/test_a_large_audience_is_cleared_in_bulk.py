"""A release with a large audience: decided in bulk, taken over part by part, and the same of everybody."""

from dataclasses import replace

import pytest

from delivery.clearance.bulk import engine
from delivery.models import Clearance
from delivery.services import clearing
from kernel import clock
from people import services as people_services
from people.models import Person
from tests import factories
from tests.conftest import SYSTEM, acting
from tests.delivery import house

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def large(settings, tmp_path, monkeypatch):
    """Any audience is large, and parts are small."""
    settings.DECISION_STATE_DIR = tmp_path / "decisions"
    settings.CLEARANCE_BULK_FROM = 1
    monkeypatch.setattr(clearing, "PART", 2)
    return settings


@pytest.fixture
def case(northwind):
    case = house.approved(northwind, people=5)
    factories.people_with_consent(northwind, 2, state="withdrawn", prefix="gone")
    with acting(northwind):
        muted = Person.objects.order_by("number").first()
        people_services.save_settings(person=muted, values={"brand_muted": True}, by=SYSTEM, at=clock.now())
    return case


def reasons(release):
    with acting(release.brand):
        rows = Clearance.objects.filter(release=release).order_by("person__number")
        return list(rows.values_list("person__number", "reason", "until"))


def test_it_says_what_the_database_says(northwind, case, large, monkeypatch):
    asked = []
    decide = engine.decide_brand
    monkeypatch.setattr(engine, "decide_brand", lambda *told: asked.append(told) or decide(*told))
    in_bulk = house.cleared(case, house.csv_file(northwind))
    large.CLEARANCE_BULK_FROM = 10**6
    by_database = house.cleared(case, house.csv_file(northwind, key="other"))
    assert reasons(in_bulk) == reasons(by_database) and len(asked) == 1
    assert in_bulk.counts == by_database.counts and in_bulk.audience_size == 7
    assert in_bulk.counts["cleared_by"] == {"cleared": 4, "withdrawn": 2, "brand_muted": 1}


def test_who_changes_after_it_was_decided_is_decided_by_the_database(northwind, case, large, monkeypatch):
    decide = clearing.in_bulk

    def then_she_withdraws(run, plan):
        told = decide(run, plan)
        with acting(northwind):
            people_services.withdraw(
                brand_id=northwind.pk, person=Person.objects.get(number=4), purpose="direct_marketing", channel="email",
                happened_at=clock.now(), idempotency_key="late", by=SYSTEM, at=clock.now(),
            )  # fmt: skip
        return told

    monkeypatch.setattr(clearing, "in_bulk", then_she_withdraws)
    release = house.cleared(case, house.csv_file(northwind))
    assert {number: reason for number, reason, _ in reasons(release)}[4] == "withdrawn"


def test_where_the_bulk_engine_fails_the_database_decides(northwind, case, large, monkeypatch, caplog):
    monkeypatch.setattr(engine, "decide_brand", lambda *_: 1 / 0)
    release = house.cleared(case, house.csv_file(northwind))
    assert release.counts["cleared_by"] == {"cleared": 4, "withdrawn": 2, "brand_muted": 1}
    assert "the database decides" in caplog.text


def test_what_was_decided_for_another_plan_is_not_taken_over(northwind, case, large, monkeypatch):
    monkeypatch.setattr(engine, "decide_brand", lambda plan, at: engine.Decided(2**62, [0] * 7, [0] * 7))
    decide = clearing.in_bulk
    other = house.csv_file(northwind)
    everybody = house.cleared(case, other)
    assert {reason for _, reason, _ in reasons(everybody)} == {"cleared"}

    def changed(run, plan):
        return clearing.InBulk(replace(plan, per_week=99), decide(run, plan).decided)

    monkeypatch.setattr(clearing, "in_bulk", changed)
    release = house.cleared(case, house.csv_file(northwind, key="again"))
    assert release.counts["cleared_by"]["withdrawn"] == 2
