"""The two-sided time lag at the gate: when a message about what happened to a person fits, and when not yet.

The windows are those of the light-touch table (audits/engine/light_touch): the newest list in force on the day counts.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from audits.engine.light_touch.lag import lag, window
from delivery import reasons
from delivery.clearance import Found, Verdict
from delivery.models import TriggerEvent

TOO_SOON = "too_soon"
"""By what the gate defers a message whose event is too fresh. It is no reason against the person."""
STALE = "stale_event"


def earliest(kind: str, happened_at: datetime, delay_hours: float, at: datetime) -> datetime:
    """Return when a message about it may leave: after the registered delay, never before the window opens."""
    fits = window(kind, at.date())
    floor = fits.floor if fits is not None else 0.0
    return happened_at + timedelta(hours=max(delay_hours, floor))


def too_soon_until(event: TriggerEvent, at: datetime) -> datetime | None:
    """Return until when a message about the event has to wait, None where it is late enough."""
    if lag(event.kind, event.happened_at, at) == "too_soon":
        return max(event.not_before, earliest(event.kind, event.happened_at, 0.0, at))
    return event.not_before if at < event.not_before else None


def with_age(verdict: Verdict | None, event: TriggerEvent | None, at: datetime) -> Verdict | None:
    """Return the verdict, with `stale_event` among its reasons where the window of the event has closed."""
    if verdict is None or event is None or lag(event.kind, event.happened_at, at) != "too_late":
        return verdict
    found = {one.code: one for one in (Found(STALE), *verdict.found)}
    return Verdict(tuple(sorted(found.values(), key=lambda one: reasons.ORDER[one.code])))


def printable(fields: Mapping[str, str], event: TriggerEvent | None) -> Mapping[str, str]:
    """Return the values that a message may print about a person: what the event told goes before what is known."""
    return {**fields, **event.data} if event is not None else fields


def of_these(events: Mapping[UUID, TriggerEvent]) -> Q:
    """Return the condition for intents that belong to these events, or to none where none are given."""
    return Q(event__in=[event.pk for event in events.values()]) if events else Q(event__isnull=True)
