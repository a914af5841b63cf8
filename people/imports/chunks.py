"""A chunk of rows brought in, or only looked at; both count in the same words."""

import hashlib
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from kernel import crypto
from kernel.actors import Actor
from people import ledger, services
from people.imports.rows import Row, RowConsent
from people.services import Brought, ConsentRow
from people.services.bringing_in import PRECEDENCE, erased_among, known_people
from sources.models import DataSource
from tenants.services import PSEUDONYM, brand_key

NEW, KNOWN, LEFT_OUT = "people_new", "people_known", "rows_left_out"
CONSENTS_NEW, CONSENTS_KNOWN, VALUES_LEFT_OUT = "consents_new", "consents_known", "values_left_out"
ROWS = "rows"
COUNTS = (ROWS, NEW, KNOWN, LEFT_OUT, CONSENTS_NEW, CONSENTS_KNOWN, VALUES_LEFT_OUT)


def consent_key(source_id: UUID, person: UUID | str, consent: RowConsent) -> str:
    """Return the idempotency key of a consent in a file: the same words of the same person are the same event.

    A refusal without a date is dated by the day of reading, which is no part of the key: read again it is known.
    """
    told = (
        str(source_id), str(person), consent.purpose, consent.channel, consent.state,
        consent.happened_at.isoformat() if consent.dated else "undated",
        consent.expires_at.isoformat() if consent.expires_at else "",
        consent.basis, consent.method, consent.wording, consent.notice_version,
    )  # fmt: skip
    return "import:" + hashlib.sha256("\x1f".join(told).encode()).hexdigest()


class Bringing:
    """Brings chunks in, each inside the transaction that the caller opened."""

    def __init__(self, brand_id: UUID, source: DataSource, import_id: UUID, by: Actor) -> None:
        self.brand_id, self.source, self.import_id, self.by = brand_id, source, import_id, by

    def take(self, rows: Sequence[Row], at: datetime) -> Counter[str]:
        """Bring the rows in, add what cannot be used to their problems, and return the counts."""
        usable = [row for row in rows if row.person is not None]
        brought = services.upsert_persons(
            brand_id=self.brand_id, rows=[row.person for row in usable if row.person], source=self.source, at=at
        )
        counts: Counter[str] = Counter()
        consents: list[ConsentRow] = []
        for row, one in zip(usable, brought, strict=True):
            consents += self._consents(row, one)
            if not one.erased and not one.others:
                counts[NEW if one.new else KNOWN] += 1
            else:
                row.problems.append(("", _reason(erased=one.erased)))
                row.person = None
        if consents:
            done = services.record_consents(brand_id=self.brand_id, rows=consents, by=self.by, at=at)
            counts[CONSENTS_NEW], counts[CONSENTS_KNOWN] = done.new, done.known
        return counts

    def _consents(self, row: Row, one: Brought) -> list[ConsentRow]:
        if one.erased:
            return []
        # Whose row it is nobody can tell: a no is heard for all of them, a yes for none.
        said = [c for c in row.consents if not one.others or c.state not in ledger.POSITIVE]
        return [self._event(person_id, c, row.line) for person_id in (one.person_id, *one.others) for c in said]

    def _event(self, person_id: UUID, consent: RowConsent, line: int) -> ConsentRow:
        return ConsentRow(
            person_id=person_id,
            purpose=consent.purpose,
            channel=consent.channel,
            state=consent.state,
            happened_at=consent.happened_at,
            idempotency_key=consent_key(self.source.pk, person_id, consent),
            basis=consent.basis,
            expires_at=consent.expires_at,
            notice_version=consent.notice_version,
            wording=consent.wording,
            method=consent.method,
            source_id=self.source.pk,
            evidence={"import": str(self.import_id), "line": line},
        )


class Looking:
    """Counts what bringing in would do. What the file itself has said before is kept on disk, not in memory."""

    def __init__(self, brand_id: UUID, source: DataSource) -> None:
        self.brand_id, self.source = brand_id, source
        self.key = brand_key(brand_id, PSEUDONYM)
        self.folder = tempfile.TemporaryDirectory(prefix="import-")
        self.seen = sqlite3.connect(Path(self.folder.name) / "seen.sqlite3", isolation_level=None)
        self.seen.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000;"
            "CREATE TABLE owner (key BLOB PRIMARY KEY, person TEXT) WITHOUT ROWID;"
            "CREATE TABLE consent (key TEXT PRIMARY KEY) WITHOUT ROWID;"
        )

    def close(self) -> None:
        """Forget the file."""
        self.seen.close()
        self.folder.cleanup()

    def take(self, rows: Sequence[Row], at: datetime) -> Counter[str]:
        """Count; nothing is written."""
        keys = {
            row.line: [
                (kind, crypto.pseudonym(value, kind=kind, key=self.key))
                for kind, value in sorted(row.person.identifiers, key=lambda one: PRECEDENCE[one[0]])
            ]
            for row in rows
            if row.person is not None
        }
        every = list({one for found in keys.values() for one in found})
        known, erased = known_people(self.brand_id, every), erased_among(self.brand_id, every)
        counts: Counter[str] = Counter()
        events: list[tuple[str, bool]] = []
        for row in rows:
            if row.person is not None:
                events += self._look(row, keys[row.line], known, erased, counts)
        self._count_consents(events, counts)
        return counts

    def _look(
        self,
        row: Row,
        keys: list[tuple[str, bytes]],
        known: dict[tuple[str, bytes], UUID],
        erased: set[tuple[str, bytes]],
        counts: Counter[str],
    ) -> list[tuple[str, bool]]:
        if erased & set(keys):
            row.problems.append(("", _reason(erased=True)))
            row.person = None
            return []
        owners = list(dict.fromkeys(found for key in keys if (found := self._owner(key, known))))
        if len(owners) > 1:
            row.problems.append(("", _reason(erased=False)))
            row.person = None
            said = [one for one in row.consents if one.state not in ledger.POSITIVE]
        else:
            said = row.consents
            counts[KNOWN if owners else NEW] += 1
            owners = owners or [f"line {row.line}"]
            for kind, pseudonym in keys:
                self.seen.execute("INSERT OR IGNORE INTO owner VALUES (?, ?)", (kind.encode() + pseudonym, owners[0]))
        return [
            (consent_key(self.source.pk, owner, one), not owner.startswith("line ")) for owner in owners for one in said
        ]

    def _owner(self, key: tuple[str, bytes], known: dict[tuple[str, bytes], UUID]) -> str | None:
        if key in known:
            return str(known[key])
        row = self.seen.execute("SELECT person FROM owner WHERE key = ?", (key[0].encode() + key[1],)).fetchone()
        return str(row[0]) if row else None

    def _count_consents(self, events: list[tuple[str, bool]], counts: Counter[str]) -> None:
        held = _events_held(self.brand_id, [key for key, ask in events if ask])
        for key, _ask in events:
            new = key not in held
            if new:
                new = self.seen.execute("INSERT OR IGNORE INTO consent VALUES (?)", (key,)).rowcount == 1
            counts[CONSENTS_NEW if new else CONSENTS_KNOWN] += 1


def _events_held(brand_id: UUID, keys: list[str]) -> set[str]:
    if not keys:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idempotency_key FROM people_consentevent WHERE brand_id = %s AND idempotency_key = ANY(%s::text[])",
            [brand_id, keys],
        )
        return {key for (key,) in cursor.fetchall()}


def _reason(*, erased: bool) -> str:
    if erased:
        return _("this person asked to be erased")
    return _("its identifiers belong to different people; only what they refuse was taken over")


def sample_of(rows: Sequence[Row], at_most: int) -> list[dict[str, Any]]:
    """Return the first rows as they were understood, identifiers masked: a report is read by many."""
    shown = []
    for row in rows[:at_most]:
        person = row.person
        shown.append(
            {
                "line": row.line,
                "identifiers": {kind: mask(value) for kind, value in person.identifiers} if person else {},
                "attributes": dict(person.attributes) if person else {},
                "fields": sorted(person.fields) if person else [],
                "consents": [f"{one.purpose}:{one.channel} {one.state}" for one in row.consents],
                "problems": [reason for _column, reason in row.problems],
            }
        )
    return shown


def mask(value: str) -> str:
    """Return an identifier so that its owner's colleague can tell whether the column is right, and no more."""
    name, at, domain = value.partition("@")
    return f"{name[:1]}…{at}{domain}" if at else f"{value[:2]}…"
