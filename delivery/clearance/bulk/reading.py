"""Gets people out of the database, column by column. Needs the brand's context."""

import io
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.csv
from django.db import connection

from delivery.clearance.bulk import words as w
from delivery.clearance.bulk.words import Words
from delivery.clearance.facts import COUNTED, ENQUIRIES
from kernel import clock

Numbers = Any
"""A numpy array of integers."""
AHEAD = timedelta(days=1)
"""How far ahead of this clock a counted day may be before the columns cannot tell it any more."""


def table_of(brand_id: UUID, among: str, values: Mapping[str, Any], words: Words, *, grow: bool = True) -> pa.Table:
    """Return the rows of people as they stand now, in the order of their numbers.

    `among` is SQL with the columns (id, number), with `values` as its parameters. New words are added to `words`; with
    `grow=False` no new uses, channels and sources are, and what is said about them is left out.
    """
    read = _Reader(brand_id, among, values)
    main = read.main()
    columns = _Columns(main["number"].to_numpy(), words, grow)
    columns.people(main)
    columns.consents(columns.known(read.consents()))
    columns.records(columns.known(read.records()))
    columns.messages(columns.known(read.messages()))
    columns.last(columns.known(read.last()))
    return columns.table()


def schema_of(columns: list[str]) -> pa.Schema:
    """Return the schema of these columns."""
    return pa.schema([pa.field(name, getattr(pa, w.type_of(name))(), nullable=False) for name in columns])


class _Reader:
    def __init__(self, brand_id: UUID, among: str, values: Mapping[str, Any]) -> None:
        self._among = among
        self._values = {
            **values,
            "brand": brand_id,
            "counted": [state.value for state in COUNTED],
            "enquiries": list(ENQUIRIES),
            "since": clock.today() - timedelta(days=w.SLOTS),
        }

    def main(self) -> pa.Table:
        texts = ("country", "time_zone", "kinds", "channels", "senders")
        return self._read(_MAIN, dict.fromkeys(texts, pa.dictionary(pa.int32(), pa.string())))

    def consents(self) -> pa.Table:
        texts = ("purpose", "channel", "state", "basis")
        return self._read(_CONSENTS, dict.fromkeys(texts, pa.dictionary(pa.int32(), pa.string())))

    def records(self) -> pa.Table:
        texts = ("source", "visibility", "path")
        return self._read(_RECORDS, dict.fromkeys(texts, pa.dictionary(pa.int32(), pa.string())))

    def messages(self) -> pa.Table:
        return self._read(_MESSAGES, {})

    def last(self) -> pa.Table:
        return self._read(_LAST, {})

    def _read(self, select: str, types: dict[str, Any]) -> pa.Table:
        statement = f"COPY ({select.format(among=self._among)}) TO STDOUT (FORMAT csv, HEADER, NULL '')"
        connection.ensure_connection()
        with (
            connection.wrap_database_errors,
            connection.connection.cursor() as cursor,
            cursor.copy(statement, self._values) as copy,
        ):
            told = b"".join(bytes(block) for block in copy)
        names = told[: told.index(b"\n")].decode().split(",")
        options = pyarrow.csv.ConvertOptions(
            column_types={**dict.fromkeys(names, pa.int64()), **types}, strings_can_be_null=True,
            quoted_strings_can_be_null=False, null_values=[""],
        )  # fmt: skip
        return pyarrow.csv.read_csv(io.BytesIO(told), convert_options=options)


class _Columns:
    """The columns of some people, filled one subject after the other."""

    def __init__(self, numbers: Numbers, words: Words, grow: bool) -> None:
        self._numbers, self._words, self._grow = numbers, words, grow
        self._found: dict[str, Numbers] = {"number": numbers}

    def people(self, main: pa.Table) -> None:
        for name in ("standing", "born", "reach", "weekly", "paused"):
            self._found[name] = main[name].to_numpy()
        flags = main["flags"].to_numpy().copy()
        for listed in ("kinds", "channels", "senders"):
            self._found[listed] = self._bits(main[listed], listed, flags)
        self._found["flags"] = flags
        self._found["place"] = self._places(main)

    def _bits(self, column: pa.ChunkedArray, listed: str, flags: Numbers) -> Numbers:
        codes, texts = _codes(column)
        masks, marks = np.zeros(len(texts) + 1, "int64"), np.zeros(len(texts) + 1, flags.dtype)
        for number, text in enumerate(texts, 1):
            told = json.loads(text)
            said = [one for one in told if isinstance(one, str)] if isinstance(told, list) else []
            if not isinstance(told, list) or len(said) < len(told):
                marks[number] |= w.FLAG["unreadable"]
            bits = self._words.bits(listed, said)
            if bits is None:
                marks[number] |= w.FLAG["unsure"]
            masks[number] = (bits or 0) | (
                w.SOMETHING if listed == "senders" and told and isinstance(told, list) else 0
            )
        flags |= marks[codes + 1]
        return masks[codes + 1]

    def _places(self, main: pa.Table) -> Numbers:
        country, countries = _codes(main["country"])
        zone, zones = _codes(main["time_zone"])
        quiet = [main[name].to_numpy() for name in ("quiet_from", "quiet_until")]
        seen, inverse = np.unique(np.stack([country, zone, *quiet]), axis=1, return_inverse=True)
        numbers = np.zeros(seen.shape[1], "int64")
        for column in range(seen.shape[1]):
            here, there, start, end = (int(one) for one in seen[:, column])
            place = (
                countries[here] if here >= 0 else "",
                zones[there] if there >= 0 else "",
                *((None, None) if start < 0 else (start, end)),
            )
            numbers[column] = self._words.place_of("places", place)
        return numbers[inverse.reshape(-1)]

    def consents(self, table: pa.Table) -> None:
        uses, channels = _codes(table["purpose"]), _codes(table["channel"])
        states = _mapped(table["state"], w.CONSENTS, w.NO_STATE)
        bases = _mapped(table["basis"], w.BASES, w.NO_BASIS)
        code = states << 4 | bases << 1 | table["enquiry"].to_numpy()
        values = {"c": code, "u": table["until"].to_numpy(), "h": table["happened"].to_numpy()}
        pair = uses[0] * max(1, len(channels[1])) + channels[0]
        for one in np.unique(pair):
            cell = uses[1][one // len(channels[1])], channels[1][one % len(channels[1])]
            self._put("cells", cell, table, pair == one, values)

    def records(self, table: pa.Table) -> None:
        codes, sources = _codes(table["source"])
        path_codes, paths = _codes(table["path"])
        known = np.array([0, *(self._words.place_of("paths", path) for path in paths)])
        seen = _mapped(table["visibility"], w.VISIBILITIES, w.NO_STATE)
        values = {"s": known[path_codes + 1] << 4 | seen, "o": table["observed"].to_numpy()}
        for number, source in enumerate(sources):
            self._put("sources", source, table, codes == number, values)

    def _put(self, listed: str, word: Any, table: pa.Table, where: Numbers, values: dict[str, Numbers]) -> None:
        if not self._grow and word not in getattr(self._words, listed):
            return
        number = self._words.place_of(listed, word)
        rows = self._rows(table)[where]
        for letter, told in values.items():
            column = f"{letter}{number}"
            self._found[column] = np.full(len(self._numbers), w.empty_value(column), w.type_of(column))
            self._found[column][rows] = told[where]

    def messages(self, table: pa.Table) -> None:
        """The last day with a message, and how many on it and on each of the eight days before it."""
        rows, days, counts = self._rows(table), table["day"].to_numpy(), table["messages"].to_numpy()
        last = np.zeros(len(self._numbers), "int64")
        np.maximum.at(last, rows, days)
        back = last[rows] - days
        held = back < w.SLOTS
        packed = np.zeros(len(self._numbers), "int64")
        most = (1 << w.SLOT_BITS) - 1
        np.bitwise_or.at(packed, rows[held], np.minimum(counts[held], most) << (back[held] * w.SLOT_BITS))
        today = w.micros(clock.now()) // 86_400_000_000
        unsure = (counts > most) | (last[rows] > today + AHEAD.days)
        self._found["flags"][rows[unsure]] |= w.FLAG["unsure"]
        self._found["day"], self._found["messages"] = last, packed

    def last(self, table: pa.Table) -> None:
        column = np.zeros(len(self._numbers), "int64")
        column[self._rows(table)] = table["last"].to_numpy()
        self._found["last"] = column

    def known(self, table: pa.Table) -> pa.Table:
        """Leave out lines of people who came in a moment ago: one statement sees them, the one before did not."""
        told = table["number"].to_numpy()
        rows = np.minimum(np.searchsorted(self._numbers, told), max(0, len(self._numbers) - 1))
        mine = self._numbers[rows] == told if len(self._numbers) else np.zeros(len(told), bool)
        return table if mine.all() else table.filter(pa.array(mine))

    def _rows(self, table: pa.Table) -> Numbers:
        """At which row each line belongs."""
        return np.searchsorted(self._numbers, table["number"].to_numpy())

    def table(self) -> pa.Table:
        schema = schema_of(self._words.columns())
        arrays = [self._array(name, schema.field(name).type) for name in schema.names]
        return pa.Table.from_arrays(arrays, schema=schema)

    def _array(self, name: str, kind: pa.DataType) -> pa.Array:
        if name in self._found:
            return pa.array(self._found[name].astype(w.type_of(name), copy=False), type=kind)
        return pa.array(np.full(len(self._numbers), w.empty_value(name), w.type_of(name)), type=kind)


def _codes(column: pa.ChunkedArray) -> tuple[Numbers, list[str]]:
    """Return the codes of a column of texts (-1 for none) and its texts."""
    if not len(column):
        return np.zeros(0, "int64"), []
    whole = column.unify_dictionaries().combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    return whole.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype("int64"), whole.dictionary.to_pylist()


def _mapped(column: pa.ChunkedArray, numbers: Mapping[str, int], other: int) -> Numbers:
    codes, texts = _codes(column)
    return np.array([other, *(numbers.get(text, other) for text in texts)])[codes + 1]


_MICROS = "(extract(epoch FROM {0}) * 1000000)::bigint"
_SECONDS = "extract(epoch FROM coalesce({0}, '00:00'))::int"
_AMONG = "WITH among AS MATERIALIZED ({among}) "
_MAIN = f"""{_AMONG}
SELECT a.number, CASE p.state WHEN 'active' THEN 0 WHEN 'erased' THEN 1 ELSE 2 END AS standing,
       p.country, p.time_zone, coalesce(p.birth_year, -1) AS born,
       CASE WHEN EXISTS (SELECT 1 FROM people_identifier i JOIN people_suppression x
                           ON x.brand_id = %(brand)s AND x.kind = i.kind AND x.pseudonym = i.pseudonym
                         WHERE i.brand_id = %(brand)s AND i.person_id = p.id) THEN 1 ELSE 0 END
       + CASE WHEN g.id IS NULL THEN 2 ELSE 0 END
       + CASE WHEN s.brand_muted THEN 8 ELSE 0 END + CASE WHEN s.no_retargeting THEN 16 ELSE 0 END
       + CASE WHEN s.no_personalisation THEN 32 ELSE 0 END + CASE WHEN s.no_inference THEN 64 ELSE 0 END
       + CASE WHEN EXISTS (
             SELECT 1 FROM people_signal u
              WHERE u.brand_id = %(brand)s AND u.person_id = p.id AND u.reliable IS NOT TRUE
                AND NOT EXISTS (SELECT 1 FROM people_signal l WHERE l.brand_id = %(brand)s AND l.person_id = p.id
                                   AND l.kind = u.kind AND (l.seen_at, l.id) > (u.seen_at, u.id))
         ) THEN 256 ELSE 0 END AS flags,
       coalesce((SELECT sum(DISTINCT CASE i.kind WHEN 'email' THEN 1 WHEN 'phone' THEN 2 WHEN 'device' THEN 4
                                     WHEN 'customer' THEN 8 ELSE 0 END)
                   FROM people_identifier i
                  WHERE i.brand_id = %(brand)s AND i.person_id = p.id AND i.sealed IS NOT NULL), 0) AS reach,
       s.kinds_refused AS kinds, s.channels_off AS channels, s.senders_muted AS senders,
       coalesce(s.messages_per_week, {w.NO_LIMIT}) AS weekly,
       coalesce({_MICROS.format("s.paused_until")}, 0) AS paused,
       CASE WHEN coalesce(s.quiet_from, s.quiet_until) IS NULL THEN -1 ELSE {_SECONDS.format("s.quiet_from")} END
           AS quiet_from,
       CASE WHEN coalesce(s.quiet_from, s.quiet_until) IS NULL THEN -1 ELSE {_SECONDS.format("s.quiet_until")} END
           AS quiet_until
  FROM among a
  JOIN people_person p ON p.brand_id = %(brand)s AND p.id = a.id
  LEFT JOIN people_persongate g ON g.brand_id = %(brand)s AND g.person_id = a.id
  LEFT JOIN people_privacysettings s ON s.brand_id = %(brand)s AND s.person_id = a.id
 ORDER BY a.number"""
_CONSENTS = f"""{_AMONG}
SELECT a.number, c.purpose, c.channel, c.state, c.basis,
       CASE WHEN c.basis IN ('soft_opt_in', 'legitimate_interests') AND EXISTS (
           SELECT 1 FROM people_consentevent e
            WHERE e.brand_id = %(brand)s AND e.id = c.event_id AND e.method = ANY(%(enquiries)s)
       ) THEN 1 ELSE 0 END AS enquiry,
       coalesce({_MICROS.format("c.expires_at")}, {w.NEVER}) AS until, {_MICROS.format("c.happened_at")} AS happened
  FROM among a JOIN people_consentstate c ON c.brand_id = %(brand)s AND c.person_id = a.id"""
_RECORDS = f"""{_AMONG}
SELECT a.number, r.source_id AS source, r.visibility, r.recognised_by AS path,
       {_MICROS.format("r.observed_at")} AS observed
  FROM among a JOIN people_sourcerecord r ON r.brand_id = %(brand)s AND r.person_id = a.id"""
_MESSAGES = f"""{_AMONG}
SELECT a.number, m.day - '1970-01-01'::date AS day, m.messages
  FROM among a JOIN delivery_messagecounter m ON m.brand_id = %(brand)s AND m.person_id = a.id
 WHERE m.day >= %(since)s AND m.messages > 0"""
_LAST = f"""{_AMONG}
SELECT a.number, {_MICROS.format("max(i.decided_at)")} AS last
  FROM among a JOIN delivery_intent i ON i.brand_id = %(brand)s AND i.person_id = a.id
 WHERE i.state = ANY(%(counted)s)
 GROUP BY a.number"""
