"""The ledger: what people said comes to one state, in whatever order, how often and how late it is told."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from kernel import clock
from kernel.actors import Actor
from kernel.errors import NotPermitted
from people import services
from people.models import ConsentEvent, ConsentState, PersonGate
from people.purposes import UnknownPurpose
from people.signals import permission_lowered
from tests.conftest import SYSTEM
from tests.people.conftest import DAY, SPRING, make_person, say
from trail.models import Entry


def state_of(person, purpose="direct_marketing", channel="email"):
    found = ConsentState.objects.filter(person=person, purpose=purpose, channel=channel)
    return found.values_list("state", flat=True).first()


def test_what_was_given_holds_for_the_exact_use_and_channel(dora):
    say(dora, "given")
    assert [(s.purpose, s.channel) for s in ConsentState.objects.all()] == [("direct_marketing", "email")]


def test_agreeing_to_a_use_says_nothing_about_the_uses_below_it(dora):
    say(dora, "given", purpose="profiling")
    assert state_of(dora, "sensitive_targeting") is None


def test_the_same_event_told_twice_is_one_event(dora):
    first, second = say(dora, "given"), say(dora, "given")
    assert first.new and not second.new and first.event == second.event
    assert ConsentEvent.objects.count() == 1


def test_a_withdrawal_that_is_heard_of_late_still_beats_the_older_consent(dora):
    say(dora, "withdrawn", at=SPRING + DAY)
    say(dora, "given", at=SPRING)
    assert state_of(dora) == "withdrawn"


def test_whoever_agrees_again_later_has_agreed(dora):
    say(dora, "withdrawn", at=SPRING)
    say(dora, "given", at=SPRING + DAY)
    assert state_of(dora) == "given"


@pytest.mark.parametrize("stricter", ["refused", "withdrawn", "objected", "invalidated", "expired"])
@pytest.mark.parametrize("milder_first", [True, False])
def test_at_the_same_instant_the_stricter_wins(dora, stricter, milder_first):
    for state in ["given", stricter] if milder_first else [stricter, "given"]:
        say(dora, state)
    assert state_of(dora) == stricter


def test_among_the_noes_of_one_instant_the_gravest_is_kept(dora):
    for state in ("objected", "expired", "withdrawn", "invalidated", "refused"):
        say(dora, state)
    assert state_of(dora) == "objected"


def test_of_two_consents_of_the_same_instant_the_shorter_holds(dora):
    say(dora, "given", expires_at=SPRING + 10 * DAY, idempotency_key="short")
    say(dora, "given", idempotency_key="for ever")
    assert ConsentState.objects.get().expires_at == SPRING + 10 * DAY


def test_a_refusal_flows_down_to_every_use_below(dora):
    say(dora, "given", purpose="sensitive_targeting")
    say(dora, "refused", at=SPRING + DAY, purpose="profiling")
    assert state_of(dora, "sensitive_targeting") == "refused"
    assert state_of(dora, "location") == "refused"


def test_a_refusal_does_not_flow_up_or_sideways(dora):
    say(dora, "given", purpose="direct_marketing")
    say(dora, "objected", at=SPRING + DAY, purpose="profiling")
    assert state_of(dora, "direct_marketing") == "given"
    assert state_of(dora, "profiling", "sms") is None


def test_agreeing_to_the_use_above_does_not_bring_back_what_was_refused_below(dora):
    say(dora, "given", purpose="sensitive_targeting")
    say(dora, "refused", at=SPRING + DAY, purpose="profiling")
    say(dora, "given", at=SPRING + 2 * DAY, purpose="profiling")
    assert state_of(dora, "profiling") == "given"
    assert state_of(dora, "sensitive_targeting") == "refused"


def test_an_objection_on_any_channel_holds_on_all_of_them(dora):
    say(dora, "given", channel="sms")
    say(dora, "objected", at=SPRING + DAY, purpose="marketing", channel="any")
    assert state_of(dora, "direct_marketing", "sms") == "objected"
    assert state_of(dora, "political", "post") == "objected"


def test_objecting_to_marketing_never_stops_what_a_customer_needs(dora):
    say(dora, "given", purpose="service", basis="contract")
    say(dora, "objected", at=SPRING + DAY, purpose="marketing", channel="any")
    assert state_of(dora, "service") == "given"


def test_consent_is_never_given_for_any_channel(dora):
    with pytest.raises(services.UnusableEvent):
        say(dora, "given", channel="any")


@pytest.mark.parametrize("wrong", [{"purpose": "world_peace"}, {"channel": "pigeon"}])
def test_a_use_or_channel_that_does_not_exist_is_refused(dora, wrong):
    with pytest.raises(UnknownPurpose):
        say(dora, "given", **wrong)


@pytest.mark.parametrize("wrong", [{"state": "perhaps"}, {"basis": "habit"}])
def test_a_state_or_basis_that_does_not_exist_is_refused(dora, wrong):
    with pytest.raises(services.UnusableEvent):
        say(dora, **{"state": "given", **wrong})


def test_a_consent_from_the_future_is_refused(dora):
    with pytest.raises(services.ConsentFromTheFuture):
        say(dora, "given", at=clock.now() + DAY)


def test_a_refusal_dated_in_the_future_holds_now(dora):
    say(dora, "given", at=clock.now())
    say(dora, "withdrawn", at=clock.now() + DAY)
    assert state_of(dora) == "withdrawn"
    assert ConsentState.objects.get(purpose="direct_marketing").happened_at <= clock.now()


def test_a_withdrawal_takes_back_what_a_clock_ahead_of_ours_had_dated(dora, held_clock):
    say(dora, "given", at=clock.now() + timedelta(minutes=4))
    with clock.held(held_clock - timedelta(minutes=2)):
        services.withdraw(
            brand_id=dora.brand_id, person=dora, purpose="direct_marketing", channel="email",
            idempotency_key="w", by=Actor.person(dora.pk), at=clock.now(),
        )  # fmt: skip
    assert state_of(dora) == "withdrawn"


def test_a_withdrawal_lifts_the_epoch_and_tells_the_other_rooms(dora):
    told = []

    def hear(**what):
        told.append(what["person_id"])

    permission_lowered.connect(hear)
    try:
        say(dora, "given")
        assert PersonGate.objects.get(person=dora).epoch == 0
        say(dora, "withdrawn", at=SPRING + DAY)
    finally:
        permission_lowered.disconnect(hear)
    assert PersonGate.objects.get(person=dora).epoch == 1
    assert told == [dora.pk]


def test_a_withdrawal_is_effective_when_nothing_is_on_its_way(dora):
    assert say(dora, "withdrawn").effective


def test_a_withdrawal_says_what_was_on_its_way_already(dora):
    PersonGate.objects.filter(person=dora).update(in_flight=2)
    outcome = say(dora, "withdrawn")
    assert (outcome.effective, outcome.in_flight) == (False, 2)
    assert state_of(dora) == "withdrawn"


def test_many_events_are_recorded_at_once_and_again_without_effect(at_northwind):
    people = [make_person(at_northwind, f"p{n}@example.org") for n in range(5)]
    rows = [
        services.ConsentRow(p.pk, "direct_marketing", "email", "given", SPRING, f"key {n}")
        for n, p in enumerate(people)
    ]
    first = services.record_consents(brand_id=at_northwind.pk, rows=rows, by=SYSTEM, at=clock.now())
    again = services.record_consents(brand_id=at_northwind.pk, rows=rows, by=SYSTEM, at=clock.now())
    assert (first.new, first.known, again.new, again.known) == (5, 0, 0, 5)
    assert ConsentState.objects.filter(state="given").count() == 5


def test_one_unusable_event_among_many_stops_them_all(at_northwind, dora):
    rows = [
        services.ConsentRow(dora.pk, "direct_marketing", "email", "given", SPRING, "good"),
        services.ConsentRow(dora.pk, "direct_marketing", "pigeon", "given", SPRING, "bad"),
    ]
    with pytest.raises(UnknownPurpose):
        services.record_consents(brand_id=at_northwind.pk, rows=rows, by=SYSTEM, at=clock.now())
    assert not ConsentEvent.objects.exists()


def test_the_states_can_be_built_anew_from_the_events(dora):
    say(dora, "given")
    say(dora, "objected", at=SPRING + DAY, purpose="profiling", channel="any")
    before = set(ConsentState.objects.values_list("purpose", "channel", "state", "happened_at"))
    services.rebuild_states(brand_id=dora.brand_id, person_id=dora.pk)
    assert set(ConsentState.objects.values_list("purpose", "channel", "state", "happened_at")) == before


def test_events_cannot_be_changed_by_the_application(dora):
    say(dora, "withdrawn")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
        c.execute("UPDATE people_consentevent SET state = 'given'")


def test_every_event_leaves_a_trail_entry_that_names_nobody(dora):
    say(dora, "given", evidence={"import": 7})
    entry = Entry.objects.get(verb="consent.recorded")
    assert entry.subject_id == dora.pk and "example.org" not in str(entry.details)


def test_a_reader_may_not_record_consents(dora, northwind):
    from tenants.models import Role
    from tests.conftest import make_member

    viewer = make_member(northwind, "Vera", Role.VIEWER)
    with pytest.raises(NotPermitted):
        services.record_consent(
            brand_id=dora.brand_id, person=dora, purpose="direct_marketing", channel="email", state="given",
            happened_at=SPRING, idempotency_key="x", by=Actor.user(viewer), at=clock.now(),
        )  # fmt: skip


def test_nobody_speaks_for_somebody_else(dora, at_northwind):
    other = make_person(at_northwind, "emil@example.org")
    with pytest.raises(NotPermitted):
        services.withdraw(
            brand_id=dora.brand_id, person=dora, purpose="direct_marketing", channel="email",
            idempotency_key="x", by=Actor.person(other.pk), at=clock.now(),
        )  # fmt: skip
