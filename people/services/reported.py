"""Consent events as partners report them: each names the person by an identifier, and gets an answer of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.actors import Actor
from kernel.errors import DomainError, Invalid
from people import normalise, purposes
from people.ledger import ConsentRow
from people.models import Basis
from people.permissions import check_may_import
from people.services.bringing_in import Incoming
from people.services.bulk import execute
from people.services.consent import PersonErased, record_consents
from people.services.persons import TwoPeople, upsert_persons
from sources import queries as sources
from sources.models import DataSource
from trail.record import record


class UnknownSource(Invalid):
    """The event names a data source that the brand has not registered."""

    code = "unknown_source"


_EVENTS = (
    "SELECT idempotency_key, id FROM people_consentevent WHERE brand_id = %s AND idempotency_key = ANY(%b::text[])"
)
_IN_FLIGHT = "SELECT person_id, in_flight FROM people_persongate WHERE brand_id = %s AND person_id = ANY(%b::uuid[])"


@dataclass(frozen=True, slots=True)
class Reported:
    """One event as it was reported. `key` is the reporter's own name for it; `source` the key of a data source."""

    key: str
    kind: str
    value: str
    purpose: str
    channel: str
    state: str
    happened_at: datetime
    country: str = ""
    basis: str = Basis.CONSENT.value
    expires_at: datetime | None = None
    source: str = ""
    method: str = ""
    notice_version: str = ""
    wording: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Report:
    """What came of one event: `event` is its id, or `refusal` says why there is none.

    A withdrawal that is not `effective` yet waits for `in_flight` messages to be settled.
    """

    event: UUID | None = None
    new: bool = False
    in_flight: int = 0
    refusal: DomainError | None = None

    @property
    def effective(self) -> bool:
        """Whether what was reported holds from now on, for whatever is sent."""
        return self.event is not None and self.in_flight == 0


@dataclass(slots=True)
class _Taken:
    place: int
    event: Reported
    source: DataSource | None
    who: tuple[str, str]
    person_id: UUID | None = None


@transaction.atomic
def report_consents(*, brand_id: UUID, events: Sequence[Reported], by: Actor, at: datetime) -> list[Report]:
    """Record what was reported, event by event in the order given; a person not known yet is brought in.

    Somebody who says no before the brand knows her is brought in too: a list that comes later must find her no. The
    same key again changes nothing. Raises NotPermitted; what is wrong with one event stands in its report.
    """
    check_may_import(by, brand_id)
    reports = [Report() for _event in events]
    taken = _take(brand_id, events, reports)
    _bring_in(brand_id, taken, reports, by, at)
    rows = {one.place: _row(one, one.person_id) for one in taken if one.person_id is not None}
    new = _record(brand_id, rows, reports, by, at)
    _tell(brand_id, rows, new, reports)
    return reports


def _take(brand_id: UUID, events: Sequence[Reported], reports: list[Report]) -> list[_Taken]:
    registered = sources.by_keys(brand_id, sorted({event.source for event in events if event.source}))
    taken = []
    for place, event in enumerate(events):
        try:
            purposes.check([event.purpose], [event.channel])
            if event.source and event.source not in registered:
                raise UnknownSource(_("No such data source is registered."), place="source")
            who = (event.kind, normalise.identifier(event.kind, event.value, event.country))
            taken.append(_Taken(place, event, registered.get(event.source), who))
        except DomainError as error:
            reports[place].refusal = error
    return taken


def _bring_in(brand_id: UUID, taken: list[_Taken], reports: list[Report], by: Actor, at: datetime) -> None:
    new = 0
    for source in {one.source.pk if one.source else None: one.source for one in taken}.values():
        group = [one for one in taken if one.source == source]
        rows = [Incoming(identifiers=(one.who,), observed_at=min(one.event.happened_at, at)) for one in group]
        for one, brought in zip(group, upsert_persons(brand_id=brand_id, rows=rows, source=source, at=at), strict=True):
            new += brought.new
            if brought.erased:
                reports[one.place].refusal = PersonErased(_("This person was erased; nothing is recorded about her."))
            elif brought.others:
                reports[one.place].refusal = TwoPeople(_("The identifier belongs to different people."))
            else:
                one.person_id = brought.person_id
    if new:
        record("people.added", brand_id=brand_id, subject=("brand", brand_id), by=by, at=at, details={"new": new})


def _row(one: _Taken, person_id: UUID) -> ConsentRow:
    event = one.event
    return ConsentRow(
        person_id=person_id,
        purpose=event.purpose,
        channel=event.channel,
        state=event.state,
        happened_at=event.happened_at,
        idempotency_key=event.key,
        basis=event.basis,
        expires_at=event.expires_at,
        notice_version=event.notice_version,
        wording=event.wording,
        method=event.method,
        source_id=one.source.pk if one.source else None,
        evidence=dict(event.evidence),
    )


def _record(
    brand_id: UUID, rows: dict[int, ConsentRow], reports: list[Report], by: Actor, at: datetime
) -> dict[str, UUID]:
    """All at once; where one of them cannot be recorded, one by one, so that it alone is refused.

    Returns the ids of the events that were new, by their keys.
    """
    try:
        with transaction.atomic():
            return dict(record_consents(brand_id=brand_id, rows=list(rows.values()), by=by, at=at).events)
    except DomainError:
        pass
    new: dict[str, UUID] = {}
    for place, row in rows.items():
        try:
            with transaction.atomic():
                new |= record_consents(brand_id=brand_id, rows=[row], by=by, at=at).events
        except DomainError as error:
            reports[place].refusal = error
    return new


def _tell(brand_id: UUID, rows: dict[int, ConsentRow], new: dict[str, UUID], reports: list[Report]) -> None:
    before = _known(brand_id, [row.idempotency_key for row in rows.values() if row.idempotency_key not in new])
    lowering = [row.person_id for row in rows.values() if row.lowers]
    in_flight = dict(execute(_IN_FLIGHT, [brand_id, lowering])) if lowering else {}
    told: set[str] = set()
    for place, row in rows.items():
        report, key = reports[place], row.idempotency_key
        if report.refusal is not None:
            continue
        report.event, report.new = new.get(key) or before[key], key in new and key not in told
        report.in_flight = in_flight.get(row.person_id, 0) if row.lowers else 0
        told.add(key)


def _known(brand_id: UUID, keys: list[str]) -> dict[str, UUID]:
    return dict(execute(_EVENTS, [brand_id, keys])) if keys else {}
