"""What is held about one person, for her own eyes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from people.models import ConsentState, Identifier, Person, Signal, SourceRecord


@dataclass(frozen=True, slots=True)
class Holding:
    """What a brand holds about one person: kinds and dates, not the values themselves (a link may be forwarded).

    `identifiers` are (kind, since); `sources` are (name, since, newest date); `attributes` the names of what is
    filled in; `fields` the names of the values that a message may print.
    """

    since: datetime
    identifiers: list[tuple[str, datetime]]
    sources: list[tuple[str, datetime, datetime]]
    attributes: list[str]
    fields: list[str]


def held_about(person: Person) -> Holding:
    """Return what the brand holds about the person."""
    identifiers = Identifier.objects.filter(brand_id=person.brand_id, person=person).order_by("kind", "created_at")
    records = SourceRecord.objects.filter(brand_id=person.brand_id, person=person).select_related("source")
    return Holding(
        since=person.created_at,
        identifiers=list(identifiers.values_list("kind", "created_at")),
        sources=[(one.source.name, one.created_at, one.observed_at) for one in records.order_by("created_at")],
        attributes=[name for name in ("country", "birth_year", "time_zone", "language") if getattr(person, name)],
        fields=sorted(person.fields),
    )


def consents_of(brand_id: UUID, person_id: UUID) -> list[ConsentState]:
    """Return what holds for each use and channel, with the event behind it."""
    states = ConsentState.objects.filter(brand_id=brand_id, person_id=person_id)
    return list(states.select_related("event", "event__source").order_by("purpose", "channel"))


def signals_of(brand_id: UUID, person_id: UUID) -> list[Signal]:
    """Return a person's signals, newest first."""
    return list(Signal.objects.filter(brand_id=brand_id, person_id=person_id).order_by("-seen_at", "-pk"))
