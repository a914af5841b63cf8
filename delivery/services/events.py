"""A partner posts what happened to a person: it sets a message off at its time, or stops one that waits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from audits.engine.light_touch.lag import lag
from campaigns.models import Campaign
from delivery import approval, moments
from delivery.clearance import Plan
from delivery.models import EventState, IntentState, Release, ReleaseMode, ReleaseState, TriggerEvent
from delivery.permissions import check_may_post_events
from delivery.services import releases, waiting
from delivery.services.schedule import schedule
from kernel.actors import Actor
from kernel.errors import DomainError, Invalid
from kernel.ids import new_id
from kernel.models import Job, JobState
from people.models import IdentifierKind, Person, PersonGate
from people.queries import audience
from trail.record import record


class NotRunning(DomainError):
    """No release of the campaign takes events now."""

    code = "not_running"


class WrongKind(Invalid):
    """The campaign has no use for what happened."""

    code = "wrong_kind_of_event"


class EventFromTheFuture(Invalid):
    """The event is said to happen later than now."""

    code = "event_from_the_future"


class EventTooOld(Invalid):
    """What happened is too long ago for a message about it."""

    code = "stale_event"


class DataNotRequested(Invalid):
    """The event tells more than the campaign asked for."""

    code = "data_not_requested"


class NobodyToReach(Invalid):
    """Nobody of the approved audience has this address: not known, or not of the audience, which is not told apart."""

    code = "nobody_to_reach"


@dataclass(frozen=True, slots=True)
class Happened:
    """What a partner tells: `name` is her own for it, `data` what the message may print of it."""

    name: str
    kind: str
    happened_at: datetime
    data: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Posted:
    """The event as it stands. `new` is False where it was known; `status` says what became of it."""

    event: TriggerEvent
    new: bool
    status: str


@transaction.atomic
def post_event(*, campaign: Campaign, person: Person | None, happened: Happened, by: Actor, at: datetime) -> Posted:
    """Take one event for a campaign's running release; the gate decides about its message when it is due.

    Known again by the partner's name for it, it changes nothing. Raises NotPermitted, NotRunning, NotApproved,
    WrongKind, EventFromTheFuture, EventTooOld, DataNotRequested, NobodyToReach.
    """
    brand_id = campaign.brand_id
    check_may_post_events(by, brand_id)
    if known := _known(brand_id, by, happened.name):
        return Posted(known, False, status_of(known))
    release = _release_of(campaign)
    approval.check(release)
    manifest = approval.manifest_of(release.case)
    trigger = manifest["registration"]["campaign"].get("trigger") or {}
    stops = happened.kind in waiting.stopping_kinds(trigger)
    _check_kind(happened, trigger, stops=stops)
    _check_running(release, manifest, at, stops=stops)
    if happened.happened_at > at:
        raise EventFromTheFuture(_("What has not happened yet sets nothing off."), place="happened_at")
    if not stops:
        plan = approval.plan_for(release.case, release.integration)
        _check_age(happened, plan, at)
    _check_data(happened, manifest, stops=stops)
    person = _of_audience(person, manifest)
    event, new = _keep(release, person, happened, trigger, stops, by, at)
    if new:
        _act(release, event, trigger, at)
        details = {"campaign": campaign.key, "release": str(release.pk), "kind": event.kind, "state": event.state}
        record("event.received", brand_id=brand_id, subject=("event", event.pk), by=by, at=at, details=details)
    return Posted(event, new, status_of(event))


def status_of(event: TriggerEvent) -> str:
    """Return what became of an event: its state, or that of its message where the gate has decided."""
    from delivery.models import Intent

    if event.state != EventState.DECIDED:
        return str(event.state)
    found = Intent.objects.filter(brand_id=event.brand_id, release=event.release_id, event=event.pk).first()
    if found is None:
        return str(event.state)
    again = found.state == IntentState.FAILED and found.run_after is not None
    return str(EventState.WAITING if again else found.state)


def _known(brand_id: UUID, by: Actor, name: str) -> TriggerEvent | None:
    return TriggerEvent.objects.filter(brand_id=brand_id, client=_client(by), name=name).first()


def _client(by: Actor) -> str:
    return str(by.id or by.label)[:64]


def _release_of(campaign: Campaign) -> Release:
    found = Release.objects.filter(
        brand_id=campaign.brand_id,
        case__version__campaign=campaign,
        mode=ReleaseMode.EVENTS,
        state__in=[ReleaseState.RUNNING, ReleaseState.PAUSED],
    ).order_by("-created_at").first()  # fmt: skip
    if found is None:
        raise _not_running(_("The campaign takes no events now."))
    return releases.lock(found)


def _not_running(why: str) -> NotRunning:
    remedy = _("Have the campaign approved and released, and its release started.")
    return NotRunning(why, place="campaign", remedy=remedy)


def _check_running(release: Release, manifest: Mapping[str, Any], at: datetime, *, stops: bool) -> None:
    """What stops a message is taken also while the release is paused: lowering is never turned away."""
    allowed = {ReleaseState.RUNNING, ReleaseState.PAUSED} if stops else {ReleaseState.RUNNING}
    _opens, closes = schedule(manifest["registration"].get("schedule") or {})
    if release.state not in allowed or (closes is not None and at >= closes):
        raise _not_running(_("The release of the campaign does not run now."))


def _check_kind(happened: Happened, trigger: Mapping[str, Any], *, stops: bool) -> None:
    if not stops and happened.kind != trigger.get("kind"):
        told = ", ".join(sorted({str(trigger.get("kind")), *waiting.stopping_kinds(trigger)}))
        raise WrongKind(
            _("The campaign takes no event of the kind “%(kind)s”.") % {"kind": happened.kind[:40]},
            place="kind",
            remedy=_("It was approved for: %(kinds)s.") % {"kinds": told},
        )


def _check_age(happened: Happened, plan: Plan, at: datetime) -> None:
    age = at - happened.happened_at
    registered = timedelta(hours=plan.event_hours or 0.0)
    if lag(happened.kind, happened.happened_at, at) == "too_late" or age >= registered:
        raise EventTooOld(_("What happened is too long ago for a message about it."), place="happened_at")


def _check_data(happened: Happened, manifest: Mapping[str, Any], *, stops: bool) -> None:
    asked = (manifest["registration"]["campaign"].get("data_used") or {}).get("requested") or ()
    allowed = set() if stops else set(asked) - set(IdentifierKind.values)
    if more := sorted(happened.data.keys() - allowed):
        raise DataNotRequested(
            _("The campaign did not ask for: %(names)s.") % {"names": ", ".join(more)[:200]},
            place="data",
            remedy=_("Leave out what the campaign does not use."),
        )


def _of_audience(person: Person | None, manifest: Mapping[str, Any]) -> Person:
    """One answer for whoever is not known and whoever is not of the audience: it tells nothing about either."""
    definition = manifest.get("audience") or {}
    if person is None or not audience(person.brand_id, definition).filter(pk=person.pk).exists():
        raise NobodyToReach(_("Nobody of this campaign's audience has this address."), place="identifier")
    return person


def _keep(
    release: Release,
    person: Person,
    happened: Happened,
    trigger: Mapping[str, Any],
    stops: bool,
    by: Actor,
    at: datetime,
) -> tuple[TriggerEvent, bool]:
    # Whoever decides about her messages holds this row: what stops one is before it, or after it, never beside it.
    PersonGate.objects.select_for_update().filter(brand_id=release.brand_id, person=person).first()
    delay = float(trigger.get("delay_hours") or 0.0)
    first = at if stops else moments.earliest(happened.kind, happened.happened_at, delay, at)
    return TriggerEvent.objects.get_or_create(
        brand_id=release.brand_id,
        client=_client(by),
        name=happened.name,
        defaults={
            "id": new_id(),
            "release": release,
            "person": person,
            "kind": happened.kind,
            "happened_at": happened.happened_at,
            "not_before": first,
            "due_at": first,
            "data": dict(happened.data),
            "state": EventState.NOTED if stops else EventState.WAITING,
            "received_at": at,
        },
    )


def _act(release: Release, event: TriggerEvent, trigger: Mapping[str, Any], at: datetime) -> None:
    """Stop what the event stops, or stop the event where something did already, or promise to look when it is due."""
    waiting.count_new(release, event)
    kinds = waiting.stopping_kinds(trigger)
    mine = TriggerEvent.objects.select_for_update(no_key=True).filter(
        brand_id=release.brand_id, release=release, person=event.person_id
    )
    held = list(mine.filter(state=EventState.WAITING)) + [
        one for one in mine.filter(state=EventState.DECIDED) if status_of(one) == EventState.WAITING
    ]
    found = waiting.stopped(release.brand_id, held, kinds)
    waiting.stop_events(release, [one for one in held if one.pk in found], found, at)
    event.refresh_from_db()
    if event.state == EventState.WAITING:
        promise(release, event.due_at, at)


@transaction.atomic
def forget_person(*, brand_id: UUID, person_id: UUID) -> None:
    """Let go of what events tell of an erased person: what the message would print, and the partners' names for them.

    Called within her erasure, which writes the trail. No release's row is locked: hers is held already.
    """
    rows = TriggerEvent.objects.filter(brand_id=brand_id, person_id=person_id)
    rows.update(data={}, name=Cast(F("pk"), CharField()))


def promise(release: Release, when: datetime, at: datetime) -> None:
    """Promise a run for `when`, unless one comes earlier or is under way: that looks again before it ends."""
    job = Job.objects.filter(brand_id=release.brand_id, pk=release.runner).first() if release.runner else None
    comes = job is not None and (
        job.state == JobState.RUNNING or (job.state == JobState.WAITING and job.run_after <= when)
    )
    if not comes:
        releases.run_again(release=release, at=at, when=when)


__all__ = ["Happened", "Posted", "post_event", "status_of"]
