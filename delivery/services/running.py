"""The job that delivers a release: batch by batch through the gate, to the integration, and settled.

Nothing is held in memory that a kill could lose: an intent is committed before anything leaves, and whoever takes the
job over settles what its predecessor left in flight before doing anything new.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from delivery import approval, gate, messages, reasons
from delivery.clearance import Plan
from delivery.integrations import Batch, Outcome, Result, Transport, TransportError, transport_for
from delivery.models import Clearance, Intent, IntentState, Release, ReleaseMode, ReleaseState
from delivery.services import releases, waiting
from delivery.services.schedule import schedule
from delivery.services.watching import Watch
from kernel import clock
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.jobs import LeaseLost, Run, handler
from kernel.tenancy import brand_context
from people.purposes import UnknownPurpose
from tenants.models import IntegrationState
from tenants.services import credentials_of, set_integration_state

BY = Actor.system("release")


@dataclass(slots=True)
class _Step:
    """What one look at the release found to do: a batch to hand over, or nothing until `wait`, or nothing any more."""

    batch: Batch | None = None
    intents: Sequence[Intent] = ()
    looked_at: int = 0
    wait: datetime | None = None
    over: bool = False


@handler(releases.RUN)
def deliver(run: Run) -> None:
    """Deliver until nothing is left, or until somebody holds or stops the release, or its approval ends."""
    release_id = UUID(run.payload["release"])
    try:
        _deliver(run, release_id)
    except LeaseLost:
        raise
    except Exception as error:
        if run.is_last:
            _give_up(run, release_id, error)
        raise


def _give_up(run: Run, release_id: UUID, error: Exception) -> None:
    """The job ends for good: the release stands still and says why, instead of seeming to run."""
    with brand_context(run.brand_id):
        run.hold()
        release = releases.lock_by_id(run.brand_id, release_id)
        if release.state == ReleaseState.RUNNING:
            note = _("Delivering failed several times: %(why)s") % {"why": f"{type(error).__name__}: {error}"[:300]}
            releases.pause(release=release, by=BY, at=clock.now(), note=note)


def _deliver(run: Run, release_id: UUID) -> None:
    transport = _open(run, release_id)
    if transport is None:
        return
    with transport:
        _recover(run, release_id, transport)
        runner = _Runner(run, release_id, transport)
        while runner.step():
            pass


def _open(run: Run, release_id: UUID) -> Transport | None:
    with brand_context(run.brand_id):
        release = releases.lock_by_id(run.brand_id, release_id)
        if release.state != ReleaseState.RUNNING or release.runner != run.job_id:
            return None
        integration = release.integration
        try:
            return transport_for(
                integration.kind,
                brand_id=run.brand_id,
                config=integration.config,
                credentials=credentials_of(integration),
            )
        except TransportError as error:
            if not error.permanent:
                raise
            releases.pause(release=release, by=BY, at=clock.now(), note=str(error))
            return None


def _recover(run: Run, release_id: UUID, transport: Transport) -> None:
    """Settle what was in flight when another worker died; its time to send is over."""
    with brand_context(run.brand_id):
        run.hold()
        release = releases.lock_by_id(run.brand_id, release_id)
        left = Intent.objects.filter(brand_id=run.brand_id, release=release, state=IntentState.IN_FLIGHT)
        by_batch: dict[int, list[UUID]] = {}
        for intent_id, permit in left.values_list("pk", "permit"):
            if datetime.fromisoformat(permit["not_after"]) <= clock.now():
                by_batch.setdefault(permit["batch"], []).append(intent_id)
        results = []
        for number, intent_ids in by_batch.items():
            arrived = transport.arrived(release_id, number)
            results += [_recovered(intent_id, arrived) for intent_id in intent_ids]
        gate.settle(release=release, results=results, at=clock.now(), repeatable=transport.idempotent)


def _recovered(intent_id: UUID, arrived: frozenset[UUID] | None) -> Result:
    if arrived is None:
        return Result(intent_id, Outcome.NOT_SENT, _("The worker stopped before it knew."), uncertain=True)
    return Result(intent_id, Outcome.HANDED_OVER if intent_id in arrived else Outcome.NOT_SENT)


class _Runner:
    """One run: goes through those who are cleared in the order of their ids, and whoever is due again first."""

    def __init__(self, run: Run, release_id: UUID, transport: Transport) -> None:
        self._run, self._release_id, self._transport = run, release_id, transport
        self._after: UUID | None = None
        self._done = 0

    def step(self) -> bool:
        """Do one batch. Returns whether there may be more to do now."""
        step = self._pass()
        if step.over:
            return False
        self._done += step.looked_at
        if step.batch is not None:
            results = self._hand_over(step.batch, step.intents)
            return self._settle(results)
        return step.looked_at > 0 or self._end(step.wait)

    def _pass(self) -> _Step:
        with brand_context(self._run.brand_id):
            # In one transaction: the lease lasts longer than anything that is let pass may take to leave.
            self._run.progress(done=self._done)
            release = releases.lock_by_id(self._run.brand_id, self._release_id)
            if release.state != ReleaseState.RUNNING or release.runner != self._run.job_id:
                return _Step(over=True)
            plan = self._still_approved(release)
            if plan is None:
                return _Step(over=True)
            at = clock.now()
            events = None
            if release.mode == ReleaseMode.EVENTS:
                manifest = approval.manifest_of(release.case)
                events = waiting.next_due(release, manifest, at, self._transport.batch_size)
            people = list(events) if events is not None else self._next(release, at)
            if not people:
                return _Step(wait=self._next_time(release))
            release.batch += 1
            release.save(update_fields=["batch"])
            permit = gate.Permit(release.sha256, release.batch, at + _time_to_send())
            gated = gate.pass_or_withhold(
                release=release, plan=plan, person_ids=people, permit=permit, at=at, events=events
            )
            if events is not None:
                waiting.write_decided(release, events, gated, at)
            batch = _batch(release, plan, permit, gated.passed) if gated.passed else None
            return _Step(batch, gated.passed, looked_at=len(people))

    def _still_approved(self, release: Release) -> Plan | None:
        """Return the plan, or None after holding or stopping the release and saying why."""
        at = clock.now()
        try:
            approval.check(release)
            manifest = approval.manifest_of(release.case)
            plan = approval.plan_for(release.case, release.integration)
        except (DomainError, ValueError, UnknownPurpose) as error:
            releases.stop(release=release, by=BY, at=at, note=str(error))
            return None
        if release.integration.state != IntegrationState.ACTIVE:
            releases.pause(release=release, by=BY, at=at, note=_("The integration was paused."))
            return None
        opens, closes = schedule(manifest["registration"].get("schedule") or {})
        if closes is not None and at >= closes:
            releases.stop(release=release, by=BY, at=at, note=_("The approved period is over."))
            return None
        if opens is not None and at < opens:
            releases.run_again(release=release, at=at, when=opens)
            return None
        return plan

    def _next(self, release: Release, at: datetime) -> list[UUID]:
        size = self._transport.batch_size
        due = Intent.objects.filter(
            brand_id=release.brand_id, release=release, state=IntentState.FAILED, run_after__lte=at
        )
        people = list(due.order_by("run_after", "pk").values_list("person_id", flat=True)[:size])
        if people:
            return people
        cleared = self._untouched(release).filter(Q(reason=reasons.CLEARED))
        if self._after is not None:
            cleared = cleared.filter(person_id__gt=self._after)
        people = list(cleared.order_by("person_id").values_list("person_id", flat=True)[:size])
        if people:
            self._after = people[-1]
            return people
        later = self._untouched(release).filter(reason__in=reasons.DEFERRING, until__lte=at)
        return list(later.order_by("person_id").values_list("person_id", flat=True)[:size])

    def _untouched(self, release: Release) -> Any:
        has_intent = Intent.objects.filter(brand_id=release.brand_id, release=release, person_id=OuterRef("person_id"))
        return Clearance.objects.filter(~Exists(has_intent), brand_id=release.brand_id, release=release)

    def _next_time(self, release: Release) -> datetime | None:
        brand = {"brand_id": release.brand_id, "release": release}
        again = Intent.objects.filter(**brand, state=IntentState.FAILED, run_after__isnull=False)
        times = [
            again.order_by("run_after").values_list("run_after", flat=True).first(),
            self._untouched(release).filter(reason__in=reasons.DEFERRING, until__isnull=False)
            .order_by("until").values_list("until", flat=True).first(),
        ]  # fmt: skip
        in_flight = Intent.objects.filter(**brand, state=IntentState.IN_FLIGHT).values_list("permit", flat=True)
        if release.mode == ReleaseMode.EVENTS:
            times.append(waiting.next_time(release))
        times += [datetime.fromisoformat(permit["not_after"]) for permit in in_flight[:1000]]
        return min((one for one in times if one is not None), default=None)

    def _hand_over(self, batch: Batch, intents: Sequence[Intent]) -> list[Result]:
        still = Watch(self._run, self._release_id, intents, self._done)
        results = self._transport.hand_over(batch, still=still)
        # Whoever no message could be made for is no part of the batch, yet must be settled.
        told, why = {result.message_id for result in results}, _("No message could be made for this person.")
        return results + [Result(one.pk, Outcome.REFUSED, why) for one in intents if one.pk not in told]

    def _settle(self, results: list[Result]) -> bool:
        with brand_context(self._run.brand_id):
            self._run.hold()
            release = releases.lock_by_id(self._run.brand_id, self._release_id)
            told = gate.settle(release=release, results=results, at=clock.now(), repeatable=self._transport.idempotent)
            if told.get(Outcome.GONE):
                self._close(release)
                return False
        return True

    def _close(self, release: Release) -> None:
        """The other side wants nothing more: nothing goes there until somebody takes the integration up again."""
        at = clock.now()
        set_integration_state(integration=release.integration, state=IntegrationState.PAUSED, by=BY, at=at)
        if release.state == ReleaseState.RUNNING:
            note = _("The integration answered that it wants nothing more (HTTP 410); it was paused.")
            releases.pause(release=release, by=BY, at=at, note=note)

    def _end(self, wait: datetime | None) -> bool:
        """Finish, or promise the next run for when somebody is due again."""
        with brand_context(self._run.brand_id):
            self._run.hold()
            release = releases.lock_by_id(self._run.brand_id, self._release_id)
            if release.state != ReleaseState.RUNNING:
                return False
            if release.mode == ReleaseMode.EVENTS:
                self._rest(release)
            elif wait is None:
                releases.finish(release=release, by=BY, at=clock.now())
            else:
                releases.run_again(release=release, at=clock.now(), when=wait)
        return False

    def _rest(self, release: Release) -> None:
        """Events may come until the release is stopped: look again when the next is due, at the latest at the end."""
        waiting.forget_data(release)
        # Under the lock: an event that was posted since this run last looked is seen here, or promises its own run.
        when = self._next_time(release)
        _opens, closes = schedule(approval.manifest_of(release.case)["registration"].get("schedule") or {})
        when = min((one for one in (when, closes) if one is not None), default=None)
        if when is None:
            releases.rest(release=release)
        else:
            releases.run_again(release=release, at=clock.now(), when=when)


def _time_to_send() -> timedelta:
    """A part of the lease: whoever takes the job over begins when it is over for certain."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS * 0.75)


def _batch(release: Release, plan: Plan, permit: gate.Permit, intents: Sequence[Intent]) -> Batch:
    return Batch(
        brand_id=release.brand_id,
        release_id=release.pk,
        number=permit.batch,
        campaign=plan.campaign,
        channels=plan.channels,
        sha256=permit.sha256,
        not_after=permit.not_after,
        messages=messages.for_intents(plan, intents),
    )
