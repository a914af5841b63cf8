"""What was stopped, where and when: per integration, what left about her, what was held back, and why."""

from dataclasses import dataclass, field
from datetime import datetime

from delivery.models import Clearance, Intent, IntentState
from delivery.reasons import CLEARED
from people.models import Person
from portal.preferences import words
from tenants.models import Brand

NEWEST = 20


@dataclass(frozen=True, slots=True)
class Stopped:
    """One message that was not sent to her: of which campaign, when, and why."""

    campaign: str
    when: datetime
    why: str


@dataclass(slots=True)
class Place:
    """One system this brand delivers to, with what left for it about her and what was held back (the newest)."""

    name: str
    kind: str
    handed_over: int = 0
    last: datetime | None = None
    on_its_way: int = 0
    stopped: list[Stopped] = field(default_factory=list)


def by_integration(brand: Brand, person: Person) -> list[Place]:
    """Return every integration that a message of hers was meant for, by name."""
    places: dict[object, Place] = {}
    for intent in _intents(brand, person):
        place = _place(places, intent)
        if intent.state == IntentState.WITHHELD:
            _add(place, intent.release.case.version.campaign.name, intent.decided_at, intent.reason)
        elif intent.state == IntentState.IN_FLIGHT:
            place.on_its_way += 1
        elif intent.state in (IntentState.HANDED_OVER, IntentState.UNKNOWN):
            place.handed_over += 1
            place.last = max(filter(None, (place.last, intent.settled_at or intent.decided_at)))
    for clearance in _withheld(brand, person):
        release = clearance.release
        _add(_place(places, clearance), release.case.version.campaign.name, release.created_at, clearance.reason)
    for place in places.values():
        place.stopped = sorted(place.stopped, key=lambda one: one.when, reverse=True)[:NEWEST]
    return sorted(places.values(), key=lambda one: one.name)


def _intents(brand: Brand, person: Person) -> list[Intent]:
    rows = Intent.objects.filter(brand_id=brand.pk, person=person)
    return list(rows.select_related("release__case__version__campaign", "release__integration"))


def _withheld(brand: Brand, person: Person) -> list[Clearance]:
    rows = Clearance.objects.filter(brand_id=brand.pk, person=person).exclude(reason=CLEARED)
    return list(rows.select_related("release__case__version__campaign", "release__integration"))


def _place(places: dict[object, Place], row: Intent | Clearance) -> Place:
    integration = row.release.integration
    if integration.pk not in places:
        places[integration.pk] = Place(integration.name, words.integration(integration.kind))
    return places[integration.pk]


def _add(place: Place, campaign: str, when: datetime, reason: str) -> None:
    place.stopped.append(Stopped(campaign, when, words.why_stopped(reason)))
