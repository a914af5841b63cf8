"""Bringing many people in at once: who is known already, who is new, and what changes.

One attribute's newest word holds, by the date of what the source says, so that an older file read later changes
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel import crypto
from kernel.ids import new_id
from people.services import bringing_in_sql as sql
from people.services.bulk import execute
from sources.models import DataSource

# Which identifier speaks first where several could: what the brand assigned itself, then what a person holds alone.
PRECEDENCE = {"customer": 0, "email": 1, "phone": 2, "device": 3}
TYPED = ("country", "birth_year", "time_zone", "language")


@dataclass(slots=True)
class Incoming:
    """One person as a source tells of her; everything normalised. `observed_at` is the age of what it says."""

    identifiers: tuple[tuple[str, str], ...]
    observed_at: datetime
    attributes: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    visibility: str = "public"


@dataclass(slots=True)
class Brought:
    """What came of one row: `others` are further people whom its identifiers belong to (then nothing changed)."""

    person_id: UUID
    new: bool = False
    changed: bool = False
    erased: bool = False
    others: tuple[UUID, ...] = ()


@dataclass(slots=True)
class _Person:
    """A person while a batch is worked on."""

    id: UUID
    new: bool
    values: dict[str, Any]
    key: bytes | None = None
    wrapped: bytes | None = None
    changed: bool = False
    record: tuple[datetime, str] | None = None


_Key = tuple[str, bytes]


@dataclass(slots=True)
class _Batch:
    brand_id: UUID
    pseudonyms: list[list[_Key]]
    known: dict[_Key, UUID]
    erased: set[_Key]
    people: dict[UUID, _Person]
    identifiers: list[tuple[UUID, UUID, str, bytes, bytes]]


def bring_in(
    *, brand_id: UUID, rows: Sequence[Incoming], source: DataSource | None, at: datetime, key: bytes
) -> list[Brought]:
    """Do it, inside a transaction. See `people.services.upsert_persons`."""
    ordered = [sorted(row.identifiers, key=lambda one: PRECEDENCE[one[0]]) for row in rows]
    pseudonyms = [[(kind, crypto.pseudonym(value, kind=kind, key=key)) for kind, value in one] for one in ordered]
    batch = _Batch(brand_id, pseudonyms, {}, set(), {}, [])
    _look_up(batch)
    if any(one not in batch.known for row in pseudonyms for one in row):
        # Whoever adds identifiers at this brand waits here for the other, then looks again.
        _lock_counter(brand_id)
        _look_up(batch)
    _load(batch, rows)
    brought = [_place(batch, row, values) for row, values in zip(pseudonyms, ordered, strict=True)]
    for row, one in zip(rows, brought, strict=True):
        if not one.erased and not one.others:
            one.changed |= _merge(batch.people[one.person_id], row, source)
    _write(batch, source, at)
    return brought


def known_people(brand_id: UUID, keys: Sequence[_Key]) -> dict[_Key, UUID]:
    """Return who is known by these (kind, pseudonym) pairs."""
    rows = execute(sql.KNOWN, [[kind for kind, _p in keys], [pseudonym for _k, pseudonym in keys], brand_id])
    return {(kind, bytes(pseudonym)): person_id for kind, pseudonym, person_id in rows}


def erased_among(brand_id: UUID, keys: Sequence[_Key]) -> set[_Key]:
    """Return which of these (kind, pseudonym) pairs belonged to somebody who was erased."""
    rows = execute(sql.ERASED, [[kind for kind, _p in keys], [pseudonym for _k, pseudonym in keys], brand_id])
    return {(kind, bytes(pseudonym)) for kind, pseudonym in rows}


def _look_up(batch: _Batch) -> None:
    keys = list({one for row in batch.pseudonyms for one in row})
    batch.known = known_people(batch.brand_id, keys)
    batch.erased = erased_among(batch.brand_id, keys)


def _lock_counter(brand_id: UUID) -> None:
    execute(sql.LOCK_COUNTER, [new_id(), brand_id], fetch=False)


def _load(batch: _Batch, rows: Sequence[Incoming]) -> None:
    """Fetch whom the rows may change; of those who are only named, nothing is needed but who they are."""
    wanted = set()
    for row, keys in zip(rows, batch.pseudonyms, strict=True):
        owners = {batch.known[key] for key in keys if key in batch.known}
        if row.attributes or row.fields or any(key not in batch.known for key in keys):
            wanted |= owners
        else:
            batch.people |= {one: _Person(one, False, {"fields": {}, "provenance": {}}) for one in owners}
    found = execute(sql.LOAD, [batch.brand_id, list(wanted)]) if wanted else []
    for person_id, wrapped, fields, provenance, *typed in found:
        values = {name: value for name, value in zip(TYPED, typed, strict=True) if value not in (None, "")}
        values |= {"fields": sql.from_json(fields), "provenance": sql.from_json(provenance)}
        batch.people[person_id] = _Person(person_id, False, values, wrapped=wrapped and bytes(wrapped))


def _place(batch: _Batch, keys: list[_Key], values: list[tuple[str, str]]) -> Brought:
    """Find the row's person, or make her; give her the identifiers that nobody has."""
    if any(key in batch.erased for key in keys):
        return Brought(batch.known.get(keys[0]) or new_id(), erased=True)
    owners = list(dict.fromkeys(batch.known[key] for key in keys if key in batch.known))
    if len(owners) > 1:
        return Brought(owners[0], others=tuple(owners[1:]))
    person = batch.people[owners[0]] if owners else _new_person(batch)
    added = False
    for key, (_kind, value) in zip(keys, values, strict=True):
        if key not in batch.known:
            batch.known[key] = person.id
            batch.identifiers.append(_sealed(batch.brand_id, person, key, value))
            added = True
    return Brought(person.id, new=not owners, changed=added)


def _new_person(batch: _Batch) -> _Person:
    person_id, key = new_id(), crypto.new_key()
    wrapped = crypto.wrap(key, at=crypto.place(batch.brand_id, "people_person", "wrapped_key", person_id))
    person = _Person(person_id, True, {"fields": {}, "provenance": {}}, key=key, wrapped=wrapped)
    batch.people[person_id] = person
    return person


def _sealed(brand_id: UUID, person: _Person, key: _Key, value: str) -> tuple[UUID, UUID, str, bytes, bytes]:
    if person.key is None:
        if person.wrapped is None:
            raise crypto.CannotOpen("the person has no key any more")
        place = crypto.place(brand_id, "people_person", "wrapped_key", person.id)
        person.key = crypto.unwrap(person.wrapped, at=place)
    row_id = new_id()
    at = crypto.place(brand_id, "people_identifier", "sealed", row_id)
    return row_id, person.id, key[0], key[1], crypto.seal(value.encode(), key=person.key, at=at)


def _merge(person: _Person, row: Incoming, source: DataSource | None) -> bool:
    """Take over what is newer than what is held. Returns whether anything changed."""
    changed = False
    told = row.observed_at.isoformat()
    provenance: dict[str, list[str]] = person.values["provenance"]
    for name, value in (*row.attributes.items(), *((f"fields.{n}", v) for n, v in row.fields.items())):
        before = provenance.get(name)
        if before is not None and before[1] > told:
            continue
        at, key = (person.values["fields"], name[7:]) if name.startswith("fields.") else (person.values, name)
        if at.get(key) == value:
            continue
        if before is not None and before[1] == told and str(at.get(key)) > str(value):
            continue
        at[key] = value
        provenance[name] = [source.key if source else "", told]
        changed = True
    person.changed |= changed
    if source is not None:
        stamp = (row.observed_at, row.visibility)
        if person.record is None or _newer(stamp, person.record):
            person.record = stamp
    return changed


def _newer(one: tuple[datetime, str], other: tuple[datetime, str]) -> bool:
    return (one[0], sql.VISIBILITY_STRICTNESS[one[1]]) > (other[0], sql.VISIBILITY_STRICTNESS[other[1]])


def _write(batch: _Batch, source: DataSource | None, at: datetime) -> None:
    new = [person for person in batch.people.values() if person.new]
    changed = [person for person in batch.people.values() if person.changed and not person.new]
    if new:
        ((first,),) = execute(sql.TAKE_NUMBERS, [len(new), batch.brand_id, len(new)])
        numbers = list(range(first, first + len(new)))
        execute(sql.ADD_PEOPLE, [batch.brand_id, at, *sql.columns_of(new, numbers)], fetch=False)
        gates = [[new_id() for _one in new], [one.id for one in new]]
        execute(sql.ADD_GATES, [batch.brand_id, *gates], fetch=False)
    if changed:
        execute(sql.CHANGE_PEOPLE, [batch.brand_id, *sql.changes_of(changed)], fetch=False)
    if batch.identifiers:
        columns = [list(column) for column in zip(*batch.identifiers, strict=True)]
        execute(sql.ADD_IDENTIFIERS, [batch.brand_id, at, *columns], fetch=False)
    seen = [person for person in batch.people.values() if person.record is not None]
    if source is not None and seen:
        execute(sql.SEE_IN_SOURCE, [batch.brand_id, source.pk, at, *sql.records_of(seen)], fetch=False)
