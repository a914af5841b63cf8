"""Events that wait for their time: found when they are due, stopped by what happened since, decided, ended.

Call all of it with the release's row locked; a person's gate row is locked where something is decided about her.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from delivery import counting
from delivery.gate import Gated
from delivery.models import EventState, Intent, IntentState, Release, TriggerEvent
from delivery.states import EVENT, INTENT
from kernel.actors import Actor
from people.models import PersonGate
from people.queries import audience
from trail.record import record

BY = Actor.system("release")
EVENTS, STOPPED_BY = "events", "stopped_by"
LEFT_AUDIENCE = "left_audience"
"""What stops an event where its person does not belong to the approved audience (any more)."""
POSTED_STOPS = frozenset({"purchase", "refusal", "complaint", "life_event_change"})
"""Which of `campaign.trigger.stops_on` somebody can post; an end date is the schedule's."""


def stopping_kinds(trigger: Mapping[str, Any]) -> frozenset[str]:
    """Return the kinds of event that stop a campaign's messages; what sets them off never stops them."""
    return POSTED_STOPS.intersection(trigger.get("stops_on") or ()) - {trigger.get("kind")}


def next_due(release: Release, manifest: Mapping[str, Any], at: datetime, most: int) -> dict[UUID, TriggerEvent]:
    """Return the events that the gate is to decide now, one per person: to be tried again first, then by their time.

    What was stopped meanwhile, or whose person left the audience, is written as stopped and left out.
    """
    trigger = manifest["registration"]["campaign"].get("trigger") or {}
    while events := _due(release, at, most):
        _lock_gates(release.brand_id, events)
        reasons = stopped(release.brand_id, events.values(), stopping_kinds(trigger))
        inside = set(
            audience(release.brand_id, manifest.get("audience") or {})
            .filter(pk__in=events)
            .values_list("pk", flat=True)
        )
        reasons |= {event.pk: LEFT_AUDIENCE for person_id, event in events.items() if person_id not in inside}
        stop_events(release, [event for event in events.values() if event.pk in reasons], reasons, at)
        left = {person_id: event for person_id, event in events.items() if event.pk not in reasons}
        if left:
            return left
    return {}


def stopped(brand_id: UUID, events: Iterable[TriggerEvent], kinds: frozenset[str]) -> dict[UUID, str]:
    """Return what stops each of these events: the kind of something that happened to its person at its time or later.

    It counts for whichever campaign of the brand it was posted.
    """
    waiting = list(events)
    later = TriggerEvent.objects.filter(
        brand_id=brand_id, person_id__in={event.person_id for event in waiting}, kind__in=kinds
    ).order_by("happened_at", "pk")
    told = list(later.values_list("pk", "person_id", "kind", "happened_at")) if kinds else []
    found: dict[UUID, str] = {}
    for event in waiting:
        for pk, person_id, kind, happened_at in told:
            if person_id == event.person_id and pk != event.pk and happened_at >= event.happened_at:
                found.setdefault(event.pk, kind)
    return found


def stop_events(release: Release, events: Sequence[TriggerEvent], reasons: Mapping[UUID, str], at: datetime) -> None:
    """Stop events that wait, or whose message waits to be tried again; reasons by the event's id."""
    if not events:
        return
    _take_back(release, [event for event in events if event.state == EventState.DECIDED], at)
    before = Counter(str(event.state) for event in events)
    for event in events:
        event.state = EVENT[EventState(event.state)]["stop"]
        event.reason, event.decided_at, event.data = reasons[event.pk], at, {}
        subject, details = ("event", event.pk), {"release": str(release.pk), "reason": event.reason}
        record("event.stopped", brand_id=release.brand_id, subject=subject, by=BY, at=at, details=details)
    TriggerEvent.objects.bulk_update(events, ["state", "reason", "decided_at", "data"])
    counting.add(release, STOPPED_BY, Counter(event.reason for event in events))
    _count(release, before, EventState.STOPPED)


def _take_back(release: Release, events: Sequence[TriggerEvent], at: datetime) -> None:
    """Messages that failed are not tried again; what may have arrived stays unknown."""
    intents = list(
        Intent.objects.select_for_update(no_key=True).filter(
            brand_id=release.brand_id, release=release, event__in=[event.pk for event in events],
            state=IntentState.FAILED, run_after__isnull=False,
        )
    )  # fmt: skip
    before = [counting.bucket(intent) for intent in intents]
    for intent in intents:
        if intent.permit.get("uncertain"):
            intent.state = INTENT[IntentState.FAILED]["lose"]
        intent.run_after, intent.settled_at, intent.error = None, at, _("What happened since stopped it.")
    Intent.objects.bulk_update(intents, ["state", "run_after", "settled_at", "error"])
    counting.moved(release, before, map(counting.bucket, intents))


def write_decided(release: Release, events: Mapping[UUID, TriggerEvent], gated: Gated, at: datetime) -> None:
    """Write what the gate said: decided, or to be asked again later."""
    waiting = [event for event in events.values() if event.state == EventState.WAITING]
    decided = []
    for event in waiting:
        if event.person_id in gated.deferred:
            event.reason, event.due_at = gated.deferred[event.person_id]
        else:
            event.state, event.reason, event.decided_at = EVENT[EventState.WAITING]["decide"], "", at
            decided.append(event)
    TriggerEvent.objects.bulk_update(waiting, ["state", "reason", "due_at", "decided_at"])
    _count(release, Counter({str(EventState.WAITING): len(decided)}), EventState.DECIDED)


def expire(release: Release, at: datetime) -> None:
    """End what waits when its release has ended."""
    rows = TriggerEvent.objects.filter(brand_id=release.brand_id, release=release, state=EventState.WAITING)
    ended = rows.update(state=EVENT[EventState.WAITING]["expire"], decided_at=at, data={})
    _count(release, Counter({str(EventState.WAITING): ended}), EventState.EXPIRED)


def forget_data(release: Release) -> None:
    """Let go of what events told once their messages are settled."""
    brand = {"brand_id": release.brand_id, "release": release}
    open_intents = Intent.objects.filter(**brand, state__in=[IntentState.IN_FLIGHT, IntentState.FAILED])
    told = TriggerEvent.objects.filter(**brand, state=EventState.DECIDED).exclude(data={})
    told.exclude(pk__in=open_intents.exclude(event=None).values("event")).update(data={})


def next_time(release: Release) -> datetime | None:
    """Return when the next event is due."""
    rows = TriggerEvent.objects.filter(brand_id=release.brand_id, release=release, state=EventState.WAITING)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()


def count_new(release: Release, event: TriggerEvent) -> None:
    """Count an event that was just received."""
    _count(release, Counter(), EventState(event.state), arrived=1)


def _count(release: Release, before: Counter[str], after: EventState, arrived: int = 0) -> None:
    change = Counter({str(after): before.total() + arrived})
    change.subtract(before)
    counting.add(release, EVENTS, change)
    release.save(update_fields=["counts"])


def _due(release: Release, at: datetime, most: int) -> dict[UUID, TriggerEvent]:
    brand = {"brand_id": release.brand_id, "release": release}
    again = Intent.objects.filter(**brand, state=IntentState.FAILED, run_after__lte=at, event__isnull=False)
    ids = [pk for pk in again.order_by("run_after", "pk").values_list("event", flat=True)[:most] if pk is not None]
    # The release's lock is enough, and an erasure holds the person's row before it writes the event's: never both ways.
    rows = TriggerEvent.objects.filter(**brand)
    if ids:
        return _one_each(rows.filter(pk__in=ids))
    return _one_each(rows.filter(state=EventState.WAITING, due_at__lte=at).order_by("due_at", "pk")[:most])


def _one_each(events: Iterable[TriggerEvent]) -> dict[UUID, TriggerEvent]:
    found: dict[UUID, TriggerEvent] = {}
    for event in events:
        found.setdefault(event.person_id, event)
    return found


def _lock_gates(brand_id: UUID, people: Iterable[UUID]) -> None:
    rows = PersonGate.objects.select_for_update().filter(brand_id=brand_id, person_id__in=sorted(people))
    list(rows.order_by("person_id").values_list("person_id"))
