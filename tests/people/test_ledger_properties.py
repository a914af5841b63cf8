"""Properties of the ledger over all histories: order, repetition and delay change nothing; a no never opens a door."""

from datetime import timedelta
from itertools import count
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import clock
from people import services
from people.ledger import POSITIVE, STRICTNESS, ConsentRow, project
from people.models import ConsentState
from people.purposes import table
from tests.conftest import SYSTEM
from tests.people.conftest import SPRING, make_person

DORA = UUID(int=1)
USES = ["marketing", "direct_marketing", "profiling", "sensitive_targeting", "service"]
# Two days only, so that many events share their instant.
MOMENTS = [SPRING, SPRING + timedelta(days=1)]


@st.composite
def events(draw):
    state = draw(st.sampled_from(sorted(STRICTNESS)))
    channels = ["email", "sms"] + ([] if state in {"given", "renewed", "expired", "invalidated"} else ["any"])
    until = draw(st.sampled_from([None, SPRING + timedelta(days=300), SPRING + timedelta(days=900)]))
    return ConsentRow(
        DORA,
        draw(st.sampled_from(USES)),
        draw(st.sampled_from(channels)),
        state,
        draw(st.sampled_from(MOMENTS)),
        idempotency_key="",
        basis=draw(st.sampled_from(["consent", "soft_opt_in", "legitimate_interests", "contract"])),
        expires_at=until if state in POSITIVE else None,
    )


histories = st.lists(events(), max_size=8)


def allowed(states) -> set:
    return {cell for cell, held in states.items() if held.state in POSITIVE}


@given(histories, st.randoms())
def test_order_and_repetition_change_nothing(history, random):
    shuffled = history + [one for one in history if random.random() < 0.5]
    random.shuffle(shuffled)
    assert project(shuffled) == project(history)


@given(histories, histories)
def test_events_that_arrive_late_change_nothing(early, late):
    assert project(early + late) == project(late + early)


@given(histories, events().filter(lambda one: one.state not in POSITIVE))
def test_a_no_never_makes_anything_more_permissive(history, no):
    assert allowed(project([*history, no])) <= allowed(project(history))


@given(histories, events().filter(lambda one: one.state in POSITIVE))
def test_a_yes_opens_no_other_use_and_no_other_channel(history, yes):
    opened = allowed(project([*history, yes])) - allowed(project(history))
    assert opened <= {(DORA, yes.purpose, yes.channel)}


@given(histories)
def test_a_refusal_that_nothing_newer_answers_holds_for_every_use_below(history):
    no = ConsentRow(DORA, "marketing", "any", "objected", MOMENTS[-1], "")
    states = project([*history, no])
    below = {(DORA, use, channel) for use in table().uses if use != "service" for channel in table().channels}
    assert not allowed(states) & below


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, st.randoms())
def test_the_database_comes_to_the_same_states(at_northwind, history, random):
    person = make_person(at_northwind, f"p{next(_number)}@example.org")
    rows = [_about(person, one, n) for n, one in enumerate(history)]
    told = rows + [one for one in rows if random.random() < 0.5]
    random.shuffle(told)
    while told:
        part = [told.pop() for _n in range(min(len(told), random.randint(1, 4)))]
        services.record_consents(brand_id=at_northwind.pk, rows=part, by=SYSTEM, at=clock.now())
    kept = {
        (s.person_id, s.purpose, s.channel): (s.state, s.basis, s.happened_at, s.expires_at)
        for s in ConsentState.objects.filter(person=person)
    }
    expected = project(rows)
    assert kept == {cell: (h.state, h.basis, h.happened_at, h.expires_at) for cell, h in expected.items()}


_number = count()


def _about(person, one, number):
    from dataclasses import replace

    return replace(one, person_id=person.pk, idempotency_key=f"{person.pk} {number}")
