"""While a release runs: a withdrawal stops that person, a pause holds all, an ended approval stops the rest."""

from datetime import timedelta

import pytest

from delivery import gate, services
from delivery.approval import plan_for
from delivery.integrations import Outcome, Result
from delivery.integrations.webhook.transport import Webhook
from delivery.models import Intent, MessageCounter, ReleaseState
from delivery.services import releases, watching
from delivery.services.schedule import schedule
from kernel import clock, jobs
from kernel.models import Job, JobState
from people import services as people
from people.models import Person, PersonGate
from tenants.models import Integration
from tests import factories
from tests.conftest import SYSTEM, acting
from tests.delivery import house

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(Webhook, "batch_size", 1)


def withdraws(person):
    with acting(person.brand):
        return people.withdraw(
            brand_id=person.brand_id, person=person, purpose="direct_marketing", channel="email",
            idempotency_key=f"w{person.pk}{clock.now()}", by=SYSTEM, at=clock.now(),
        )  # fmt: skip


def everybody(brand):
    with acting(brand):
        return list(Person.objects.select_related("brand").order_by("number"))


def after_first(monkeypatch, action):
    """Let something happen right after the first message has left."""
    post, done = Webhook._post, []

    def posted(self, batch, message):
        result = post(self, batch, message)
        if not done:
            done.append(action(message))
        return result

    monkeypatch.setattr(Webhook, "_post", posted)
    return done


def test_a_withdrawal_during_the_run_stops_that_person(northwind, settings, small_batches, monkeypatch):
    case = house.approved(northwind, people=3)
    last = max(everybody(northwind), key=lambda one: one.pk)
    outcomes = after_first(monkeypatch, lambda _: withdraws(last))
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
    assert outcomes[0].effective, "nothing of hers was in flight"
    assert len(other.messages()) == 2 and release.counts["withheld_by"] == {"withdrawn": 1}
    assert release.state == ReleaseState.DONE


def test_a_withdrawal_while_her_message_is_in_flight_is_recorded_and_effective_when_it_is_settled(
    northwind, settings, small_batches, monkeypatch
):
    case = house.approved(northwind, people=1)
    (ann,) = everybody(northwind)
    outcomes = after_first(monkeypatch, lambda _: withdraws(ann))
    with house.hook(northwind, settings) as (hook, other):
        house.delivered(case, hook)
    assert (outcomes[0].new, outcomes[0].effective, outcomes[0].in_flight) == (True, False, 1)
    with acting(northwind):
        assert PersonGate.objects.get(person=ann).in_flight == 0
    assert len(other.messages()) == 1


def test_whoever_withdraws_while_her_batch_leaves_is_left_out_of_it(northwind, settings, monkeypatch):
    monkeypatch.setattr(watching, "WATCH_SECONDS", 0.0)
    case = house.approved(northwind, people=3)
    last = max(everybody(northwind), key=lambda one: one.pk)
    outcomes = after_first(monkeypatch, lambda _: withdraws(last))
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        house.work(northwind)
    assert not outcomes[0].effective and len(other.messages()) == 2
    assert house.fresh(release).counts["withheld_by"] == {"withdrawn": 1}


def test_a_pause_holds_the_rest_and_resuming_goes_on_without_repeats(northwind, settings, small_batches, monkeypatch):
    case = house.approved(northwind, people=3)
    with house.hook(northwind, settings) as (hook, other):
        release = house.gone(case, hook)
        after_first(monkeypatch, lambda _: house.step(release, "pause", note="Let us look."))
        house.work(northwind)
        held = house.fresh(release)
        assert (held.state, held.note, len(other.messages())) == (ReleaseState.PAUSED, "Let us look.", 1)
        house.step(release, "resume")
        house.work(northwind)
        assert (len(other.messages()), other.repeats) == (3, 0)
    assert house.fresh(release).state == ReleaseState.DONE


def test_an_edit_stops_the_running_release_and_says_so(northwind, alice, settings, small_batches, monkeypatch):
    case = house.approved(northwind, people=3)

    def edit(_):
        with acting(northwind, alice) as by:
            factories.edited(case.version.campaign, by=by, content={"subject": "Another"})

    after_first(monkeypatch, edit)
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
    assert (release.state, len(other.messages())) == (ReleaseState.STOPPED, 1)
    assert (release.note.startswith("The approval ended: ") and "Alice" in release.note) or "alice" in release.note


def test_a_tampered_approval_stops_the_release(northwind, settings, small_batches, monkeypatch):
    from delivery.models import Release

    case = house.approved(northwind, people=3)

    def tamper(_):
        with acting(northwind):
            Release.objects.update(sha256="0" * 64)

    after_first(monkeypatch, tamper)
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
    assert (release.state, len(other.messages())) == (ReleaseState.STOPPED, 1)


def test_gone_pauses_the_integration_and_the_release(northwind, settings):
    case = house.approved(northwind, people=3)
    with house.hook(northwind, settings, status=410) as (hook, _):
        release = house.delivered(case, hook)
        assert (release.state, release.counts["waiting"]) == (ReleaseState.PAUSED, 3)
        with acting(northwind):
            assert Integration.objects.get(pk=hook.pk).state == "paused"
        with pytest.raises(services.IntegrationPaused):
            house.step(release, "resume")


def test_a_paused_integration_pauses_the_release(northwind, settings, small_batches, monkeypatch):
    case = house.approved(northwind, people=2)

    def pause(_):
        with acting(northwind):
            Integration.objects.update(state="paused")

    after_first(monkeypatch, pause)
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
    assert (release.state, len(other.messages())) == (ReleaseState.PAUSED, 1)


def due_again(brand):
    """The time has come for whatever was put off."""
    with acting(brand):
        past = clock.now() - timedelta(seconds=1)
        Intent.objects.filter(run_after__isnull=False).update(run_after=past)
        Job.objects.filter(state=JobState.WAITING).update(run_after=past)


def test_what_failed_is_tried_again_under_the_same_id(northwind, settings):
    case = house.approved(northwind, people=3)
    with house.hook(northwind, settings, status=503) as (hook, other):
        release = house.delivered(case, hook)
        assert release.state == ReleaseState.RUNNING and release.counts["waiting"] == 3
        other.status = 200
        due_again(northwind)
        house.work(northwind)
        with acting(northwind):
            known = {str(pk) for pk in Intent.objects.values_list("pk", flat=True)}
        assert {one.id for one in other.messages()} == known and len(known) == 3
    assert house.fresh(release).counts["handed_over"] == 3
    with acting(northwind):
        assert set(MessageCounter.objects.values_list("messages", flat=True)) == {1}


def test_every_retry_passes_the_gate_again(northwind, settings):
    case = house.approved(northwind, people=2)
    with house.hook(northwind, settings, status=503) as (hook, other):
        release = house.delivered(case, hook)
        withdraws(everybody(northwind)[0])
        other.status = 200
        due_again(northwind)
        house.work(northwind)
        assert len(other.messages()) == 1
    assert sorted(house.states(release)) == ["handed_over", "withheld"]


def test_after_ten_attempts_it_has_failed(northwind, settings):
    case = house.approved(northwind, people=1)
    with house.hook(northwind, settings, status=503) as (hook, _):
        release = house.delivered(case, hook)
        for _attempt in range(9):
            due_again(northwind)
            house.work(northwind)
    done = house.fresh(release)
    assert (done.state, done.counts["failed"], done.counts["waiting"]) == (ReleaseState.DONE, 1, 0)
    with acting(northwind):
        assert Intent.objects.get().attempts == 10


def test_the_waits_are_those_of_standard_webhooks():
    assert sum(gate.RETRY_AFTER, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


def test_what_may_have_arrived_and_is_then_withheld_stays_unknown(northwind, settings):
    """The receiver got it and its answer was lost; then she withdrew: nobody may say that she was not reached."""
    case = house.approved(northwind, people=1)
    with house.hook(northwind, settings, status=503) as (hook, other):
        release = house.delivered(case, hook)
        with acting(northwind):
            Intent.objects.update(permit={**Intent.objects.get().permit, "uncertain": True})
        withdraws(everybody(northwind)[0])
        other.status = 200
        due_again(northwind)
        house.work(northwind)
    assert house.states(release) == ["unknown"] and house.fresh(release).counts["unknown"] == 1


def test_quiet_hours_put_a_person_off_and_she_gets_it_later(northwind, settings, monkeypatch):
    case = house.approved(northwind, people=2)
    ann = everybody(northwind)[0]
    now = clock.now()
    with acting(northwind):
        Person.objects.filter(pk=ann.pk).update(time_zone="UTC")
        quiet = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
        people.save_settings(person=ann, values=quiet, by=SYSTEM, at=now)
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        assert release.counts["cleared_by"] == {"cleared": 1, "quiet_hours": 1}
        assert (release.state, len(other.messages())) == (ReleaseState.RUNNING, 1)
        with acting(northwind):
            waiting = Job.objects.get(state=JobState.WAITING)
            assert timedelta(minutes=59) < waiting.run_after - now < timedelta(minutes=61)
            nothing_quiet = {"quiet_from": None, "quiet_until": None}
            people.save_settings(person=ann, values=nothing_quiet, by=SYSTEM, at=now)
            release.clearances.filter(person=ann).update(until=now)
        due_again(northwind)
        house.work(northwind)
        assert len(other.messages()) == 2
    assert house.fresh(release).state == ReleaseState.DONE


def test_outside_of_the_approved_period_nothing_leaves(northwind, settings):
    later = (clock.now() + timedelta(days=3)).date().isoformat()
    case = house.approved(northwind, people=1, schedule={"from": later, "until": later})
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        assert (release.state, other.messages()) == (ReleaseState.RUNNING, [])
        with acting(northwind):
            assert Job.objects.get(state=JobState.WAITING).run_after.date().isoformat() == later


@pytest.mark.parametrize(
    ("told", "opens", "closes"),
    [
        ({}, None, None),
        ({"from": "2026-12-01", "until": "2026-12-02"}, "2026-12-01T00:00:00+00:00", "2026-12-03T00:00:00+00:00"),
        ({"until": "2026-12-02T10:00:00+01:00"}, None, "2026-12-02T10:00:00+01:00"),
    ],
)
def test_the_approved_period(told, opens, closes):
    assert [one and one.isoformat() for one in schedule(told)] == [opens, closes]


def test_an_old_run_ends_when_a_new_one_was_started(northwind, settings):
    case = house.approved(northwind, people=2)
    with house.hook(northwind, settings) as (hook, other):
        release = house.gone(case, hook)
        with acting(northwind):
            old = Job.objects.get(kind=releases.RUN, state=JobState.WAITING)
            services.releases.run_again(release=release, at=clock.now(), when=clock.now() + timedelta(hours=1))
        jobs.run(northwind.pk, old.pk)
        assert other.messages() == []


def test_settling_twice_changes_nothing(northwind):
    case = house.approved(northwind, people=1)
    release = house.gone(case, house.webhook(northwind, "https://shop.example/"))
    (ann,) = everybody(northwind)
    with acting(northwind):
        held, at = releases.lock(release), clock.now()
        permit = gate.Permit(release.sha256, 1, at + timedelta(minutes=1))
        plan = plan_for(case, None)
        gated = gate.pass_or_withhold(release=held, plan=plan, person_ids=[ann.pk], permit=permit, at=at)
        again = gate.pass_or_withhold(release=held, plan=plan, person_ids=[ann.pk], permit=permit, at=at)
        assert (len(gated.passed), again.passed) == (1, [])
        assert PersonGate.objects.get(person=ann).in_flight == 1
        result = Result(gated.passed[0].pk, Outcome.HANDED_OVER)
        for _ in range(2):
            gate.settle(release=held, results=[result], at=at, repeatable=True)
        assert PersonGate.objects.get(person=ann).in_flight == 0
        assert held.counts["handed_over"] == 1
