"""Whatever happened whenever, and whoever dies: no message about it leaves outside of its window, and none twice."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.engine.light_touch.lag import window
from delivery import approval, gate, moments
from delivery.clearance import Verdict
from delivery.integrations.csv_file.transport import CsvFile
from delivery.models import ReleaseState, TriggerEvent
from delivery.services import waiting
from kernel import clock
from kernel.ids import new_id
from people.models import Person, PersonGate
from tests.conftest import NOW, acting
from tests.delivery import house
from tests.delivery.happening import after, basket, basket_case, running, stands, told, working_at
from tests.delivery.test_killed_in_the_middle import CUTS, killed_then_taken_over

KINDS = ["browse", "cart", "purchase", "inactivity", "birthday", "life_event", "partner_event", "account_notice"]
HOURS = st.one_of(
    st.floats(-200, 2300), st.sampled_from([0, 2, 4, 24, 48, 72, 168, 336, 720, 2160]).flatmap(
        lambda edge: st.sampled_from([edge - 0.0003, float(edge), edge + 0.0003])
    ),
)  # fmt: skip


@pytest.fixture
def release(northwind, held_clock, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return running(basket_case(northwind, people=4), house.csv_file(northwind))


def event(kind, hours, registered=0.0, person=None):
    happened = NOW - timedelta(hours=hours)
    first = moments.earliest(kind, happened, registered, NOW)
    return TriggerEvent(id=new_id(), kind=kind, happened_at=happened, not_before=first, due_at=first, person=person)


def as_if_no_window_was_known(event):
    """When it was posted: the gate asks the table anew."""
    event.not_before = event.happened_at
    return event


def inside(kind, hours):
    fits = window(kind, NOW.date())
    return fits is not None and fits.floor - 1e-6 <= hours <= fits.ceiling + 1e-6


@settings(max_examples=1500, deadline=None)
@given(kind=st.sampled_from([*KINDS, "unheard_of"]), hours=HOURS, registered=st.floats(0, 200))
def test_only_inside_of_the_window_and_after_the_delay_nothing_stands_against_it(kind, hours, registered):
    one = event(kind, hours, registered)
    until = moments.too_soon_until(one, NOW)
    verdict = moments.with_age(Verdict(()), one, NOW)
    fits = until is None and verdict.cleared
    assert not fits or (inside(kind, hours) and hours >= registered - 1e-6)
    assert until is None or until > NOW


@pytest.mark.django_db
def test_the_gate_hands_nothing_over_outside_of_the_window(northwind, release):
    with acting(northwind):
        person = Person.objects.order_by("number").first()
        plan = replace(approval.plan_for(release.case, release.integration), event_hours=10_000.0)
        permit = gate.Permit(release.sha256, 1, after(1))

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
        @given(kind=st.sampled_from(KINDS), hours=HOURS)
        def decide(kind, hours):
            with transaction.atomic():
                gated = gate.pass_or_withhold(
                    release=release, plan=plan, person_ids=[person.pk], permit=permit, at=NOW,
                    events={person.pk: as_if_no_window_was_known(event(kind, hours, person=person))},
                )  # fmt: skip
                transaction.set_rollback(True)
            release.counts = {}
            assert bool(gated.passed) == inside(kind, hours)
            late = hours > 0 and not gated.passed and not gated.deferred
            assert not late or gated.held_back == {"stale_event": 1}

        decide()


@pytest.mark.django_db
@pytest.mark.parametrize("where", CUTS)
def test_a_worker_that_dies_doubles_no_message(northwind, percy, release, monkeypatch, tmp_path, where):
    for number in range(4):
        basket(release, percy, who=f"spring-{number}@example.org", happened_at=after(-4))
    killed = killed_then_taken_over(northwind, release, monkeypatch, CsvFile, where)
    assert sorted(told(tmp_path)) == [f"spring-{number}@example.org" for number in range(4)]
    assert (killed.state, killed.counts["handed_over"]) == (ReleaseState.RUNNING, 4)
    assert killed.counts["events"] == {"waiting": 0, "decided": 4}
    with acting(northwind):
        assert set(PersonGate.objects.values_list("in_flight", flat=True)) == {0}


@pytest.mark.django_db
def test_an_event_posted_while_a_run_ends_is_not_forgotten(northwind, percy, release, monkeypatch, tmp_path):
    """The run looked, found nothing due, and is about to say when it looks again."""
    forget, posted = waiting.forget_data, []

    def meanwhile(release_):
        forget(release_)
        if not posted:
            posted.append(None)
            posted[0] = basket(release, percy, happened_at=after(-4))

    monkeypatch.setattr(waiting, "forget_data", meanwhile)
    house.work(northwind)
    assert stands(posted[0]) == "handed_over" and told(tmp_path) == ["spring-0@example.org"]


@pytest.mark.django_db
def test_the_release_looks_when_the_earliest_event_is_due_and_ends_with_its_period(northwind, percy, release):
    later = basket(release, percy)
    sooner = basket(release, percy, who="spring-1@example.org", happened_at=after(-2))
    working_at(northwind, after(1))
    assert (stands(later), stands(sooner)) == ("waiting", "handed_over")
    working_at(northwind, after(3))
    assert stands(later) == "handed_over"


@pytest.mark.django_db
def test_an_approved_period_that_is_over_ends_the_release_and_what_waits(
    northwind, percy, held_clock, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    case = basket_case(northwind, schedule={"from": "2026-11-01", "until": "2026-11-21"})
    short = running(case, house.csv_file(northwind))
    with clock.held(after(11)):
        posted = basket(short, percy)
    working_at(northwind, after(12.1))
    assert house.fresh(short).state == ReleaseState.STOPPED and stands(posted) == "expired"
