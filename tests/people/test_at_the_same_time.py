"""Two at once: one of them is first, nobody is doubled, and no withdrawal slips past a delivery that holds the gate."""

import threading
import time

import pytest
from django.db import connection, transaction

from kernel import clock
from kernel.tenancy import brand_context
from people import queries, services
from people.models import Identifier, Person, PersonGate
from people.services import Incoming
from tests.conftest import make_brand
from tests.people.conftest import SPRING, make_person, make_source, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def northwind(transactional_db):
    return make_brand("northwind")


def at_once(brand, *works):
    """Run the works in threads of their own, each for the brand, all beginning together."""
    errors, ready = [], threading.Barrier(len(works))

    def run(work):
        try:
            ready.wait(10)
            with brand_context(brand.pk):
                work()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not errors, errors


def test_the_same_people_brought_in_twice_at_once_are_there_once_without_gaps(northwind):
    with brand_context(northwind.pk):
        source = make_source(northwind)
    rows = [Incoming((("email", f"p{n}@example.org"),), SPRING) for n in range(60)]

    def bring(order):
        return lambda: services.upsert_persons(brand_id=northwind.pk, rows=order, source=source, at=clock.now())

    at_once(northwind, bring(rows), bring(rows[::-1]), bring(rows[20:] + rows[:20]))
    with brand_context(northwind.pk):
        assert sorted(Person.objects.values_list("number", flat=True)) == list(range(60))
        assert Identifier.objects.count() == PersonGate.objects.count() == 60


def test_one_consent_told_by_many_at_once_is_recorded_once(northwind):
    with brand_context(northwind.pk):
        dora = make_person(northwind)
    at_once(northwind, *[lambda: say(dora, "given", idempotency_key="one")] * 4)
    with brand_context(northwind.pk):
        assert dora.consent_events.count() == 1


def test_opposite_words_at_once_end_in_the_later_one(northwind):
    with brand_context(northwind.pk):
        dora = make_person(northwind)
        say(dora, "given")
    at = clock.now()
    at_once(northwind, lambda: say(dora, "renewed", at=SPRING), lambda: say(dora, "withdrawn", at=at))
    with brand_context(northwind.pk):
        facts = queries.decision_facts(northwind.pk, [dora.pk], purpose="newsletter", channel="email", sources=[])
        assert facts[dora.pk].consent == "withdrawn"


def test_a_withdrawal_waits_for_whoever_holds_the_gate_and_tells_what_it_let_through(northwind):
    with brand_context(northwind.pk):
        dora = make_person(northwind)
        say(dora, "given")
    holding, outcomes = threading.Event(), []

    def deliver():
        with transaction.atomic():
            gate = PersonGate.objects.select_for_update().get(person=dora)
            holding.set()
            time.sleep(0.5)
            gate.in_flight += 1
            gate.save()

    def withdraw():
        holding.wait(10)
        outcomes.append(say(dora, "withdrawn", at=clock.now()))

    at_once(northwind, deliver, withdraw)
    assert (outcomes[0].effective, outcomes[0].in_flight) == (False, 1)
