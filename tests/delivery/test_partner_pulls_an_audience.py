"""A partner pulls a cleared audience: each row passes the gate, nobody twice, in flight until the answer has left."""

from datetime import timedelta

import pytest

from delivery import queries, services
from delivery.approval import NotApproved
from delivery.models import Intent, ReleaseState
from delivery.services.releases import stop
from delivery.states import NotInThisState
from kernel import clock
from kernel.actors import Actor
from kernel.errors import NotPermitted
from people import services as people
from people.models import Person, PersonGate
from tests import factories
from tests.conftest import SYSTEM, acting
from tests.delivery import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(percy):
    return Actor.client(percy)


def pulled(case, by, most=1000):
    with acting(case.brand):
        found = services.pull(case=case, by=by, at=clock.now(), most=most)
        return found, sorted(message.address["email"] for message in found.messages)


def settled(found):
    with acting(found.release.brand):
        services.settle_pull(
            brand_id=found.release.brand_id, release_id=found.release.pk,
            handed_over=[message.id for message in found.messages], at=clock.now(),
        )  # fmt: skip


def in_flight(brand):
    with acting(brand):
        return sum(PersonGate.objects.values_list("in_flight", flat=True))


def test_only_who_passes_the_gate_is_in_the_answer(northwind, by):
    case = house.approved(northwind, people=2)
    factories.people_with_consent(northwind, 1, state="withdrawn", prefix="gone")
    found, addresses = pulled(case, by)
    assert addresses == ["spring-0@example.org", "spring-1@example.org"]
    assert found.held_back == {"withdrawn": 1}
    assert found.messages[0].content["subject"] == "Hello there"


def test_they_are_in_flight_until_the_answer_has_left(northwind, by):
    case = house.approved(northwind, people=2)
    found, _ = pulled(case, by)
    assert in_flight(northwind) == 2
    settled(found)
    assert in_flight(northwind) == 0 and house.states(found.release) == ["handed_over"] * 2


def test_nobody_comes_twice_and_pages_go_on(northwind, by):
    case = house.approved(northwind, people=5)
    seen = []
    for _ in range(4):
        found, addresses = pulled(case, by, most=2)
        settled(found)
        seen += addresses
    assert seen == sorted(f"spring-{n}@example.org" for n in range(5)) and found.complete
    assert pulled(case, by)[1] == []


def test_an_answer_that_was_never_confirmed_ends_unknown(northwind, by):
    case = house.approved(northwind, people=1)
    found, _ = pulled(case, by)
    with clock.held(clock.now() + timedelta(minutes=3)):
        house.work(northwind)
    assert in_flight(northwind) == 0 and house.states(found.release) == ["unknown"]


def test_a_withdrawal_is_not_effective_while_the_answer_is_on_its_way(northwind, by):
    case = house.approved(northwind, people=1)
    found, _ = pulled(case, by)
    with acting(northwind):
        outcome = people.withdraw(
            brand_id=northwind.pk, person=Person.objects.get(), purpose="direct_marketing", channel="email",
            idempotency_key="w", by=SYSTEM, at=clock.now(),
        )  # fmt: skip
    assert outcome.new and not outcome.effective
    settled(found)
    assert in_flight(northwind) == 0


def test_what_is_not_approved_cannot_be_pulled(northwind, by):
    case = factories.campaign_of(northwind)
    with pytest.raises(NotApproved):
        pulled(factories.submitted(case), by)


def test_the_brand_sees_and_stops_a_pull(northwind, by, alice):
    case = house.approved(northwind, people=3)
    found, _ = pulled(case, by, most=1)
    with acting(northwind, alice) as owner:
        assert [one.integration.name for one in queries.releases(northwind.pk)] == ["Pulled by Percy"]
        assert stop(release=found.release, by=owner, at=clock.now()).state == ReleaseState.STOPPED
    with pytest.raises(NotInThisState):
        pulled(case, by)


def test_people_do_not_pull(northwind, alice):
    case = house.approved(northwind)
    with acting(northwind, alice) as owner, pytest.raises(NotPermitted):
        services.pull(case=case, by=owner, at=clock.now())


def test_a_decision_can_be_asked_and_hands_nothing_over(northwind):
    case = house.approved(northwind, people=1)
    with acting(northwind):
        ann = Person.objects.get()
        assert queries.ask(person=ann, case=case).cleared
        people.set_restricted(person=ann, restricted=True, by=SYSTEM, at=clock.now())
        told = queries.ask(person=ann, case=case)
        assert (told.cleared, told.reason, [one.code for one in told.reasons]) == (False, "restricted", ["restricted"])
        assert told.sentence and not Intent.objects.exists()
        with pytest.raises(NotApproved):
            queries.ask(person=ann, case=None)
