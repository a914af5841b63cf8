"""On what a message to each person rests: the one record that permits it and the one source that she stands in."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Q

from people.explanation import Ground, means
from people.ledger import POSITIVE
from people.models import Basis, ConsentState, Person, SourceRecord, Visibility
from sources.models import DataSource, SourceState

# Of several bases the one is told that owes least to the person's own word.
LEAST_HER_OWN = (Basis.LEGITIMATE_INTERESTS, Basis.SOFT_OPT_IN, Basis.CONTRACT, Basis.CONSENT)


@dataclass(frozen=True, slots=True)
class _Permission:
    basis: str
    since: datetime
    source_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Record:
    source_id: UUID
    observed_at: datetime


def grounds(
    brand_id: UUID,
    person_ids: Collection[UUID],
    *,
    needs: Collection[tuple[str, str]],
    bases: Iterable[str],
    sources: Iterable[str],
    at: datetime,
) -> dict[UUID, Ground]:
    """Return what a message to each of these people rests on; who is absent cannot be told a true sentence.

    `needs` are the (use, channel) pairs that a campaign must have a record for, `bases` those it may rest on,
    `sources` its source keys. All needs must hold on one of the bases at the moment `at`; the record told is the latest
    of those on the basis that owes least to her own word. Of several sources the one told is that in which she
    agreed, else the one that has held her longest; it is active, shows her publicly, and says how it came by her.
    """
    ids = list(person_ids)
    permissions = _permissions(brand_id, ids, set(needs), set(bases), at)
    told = {
        source.pk: source
        for source in DataSource.objects.filter(brand_id=brand_id, key__in=list(sources), state=SourceState.ACTIVE)
        if source.facts.get("collected_by") in means() and source.name.strip()
    }
    records = _records(brand_id, ids, told)
    zones = _zones(brand_id, ids)
    found = {}
    for person_id, permission in permissions.items():
        record = _of(records.get(person_id, ()), permission.source_id)
        if record is not None and person_id in zones:
            zone, source = zones[person_id], told[record.source_id]
            found[person_id] = Ground(
                basis=permission.basis,
                since=_day(permission.since, zone),
                how=source.facts["collected_by"],
                source=source.name.strip(),
                observed=_day(record.observed_at, zone),
            )
    return found


def _permissions(
    brand_id: UUID, ids: list[UUID], needs: set[tuple[str, str]], bases: set[str], at: datetime
) -> dict[UUID, _Permission]:
    wanted = Q(pk__in=[])
    for use, channel in needs:
        wanted |= Q(purpose=use, channel=channel)
    rows = ConsentState.objects.filter(wanted, brand_id=brand_id, person_id__in=ids, state__in=POSITIVE)
    rows = rows.filter(Q(expires_at=None) | Q(expires_at__gt=at), basis__in=bases)
    held: dict[UUID, list[_Permission]] = {}
    for person, basis, since, source in rows.values_list("person_id", "basis", "happened_at", "event__source_id"):
        held.setdefault(person, []).append(_Permission(basis, since, source))
    return {person: min(all_of, key=_told_first) for person, all_of in held.items() if len(all_of) == len(needs)}


def _told_first(one: _Permission) -> tuple[int, float]:
    return LEAST_HER_OWN.index(Basis(one.basis)), -one.since.timestamp()


def _records(brand_id: UUID, ids: list[UUID], told: Mapping[UUID, DataSource]) -> dict[UUID, list[_Record]]:
    rows = SourceRecord.objects.filter(
        brand_id=brand_id, person_id__in=ids, source_id__in=list(told), visibility=Visibility.PUBLIC
    )
    found: dict[UUID, list[_Record]] = {}
    for person, source, observed_at in rows.order_by("created_at", "pk").values_list(
        "person_id", "source_id", "observed_at"
    ):
        found.setdefault(person, []).append(_Record(source, observed_at))
    return found


def _of(records: Iterable[_Record], agreed_in: UUID | None) -> _Record | None:
    ordered = list(records)
    return next((one for one in ordered if one.source_id == agreed_in), ordered[0] if ordered else None)


def _zones(brand_id: UUID, ids: list[UUID]) -> dict[UUID, ZoneInfo]:
    people = Person.objects.filter(brand_id=brand_id, pk__in=ids)
    return {
        person: _zone(own, brands) for person, own, brands in people.values_list("pk", "time_zone", "brand__time_zone")
    }


def _zone(own: str, brands: str) -> ZoneInfo:
    for name in (own, brands):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def _day(when: datetime, zone: ZoneInfo) -> date:
    return when.astimezone(zone).date()
