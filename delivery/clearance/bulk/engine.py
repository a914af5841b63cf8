"""Runs the decision: on DuckDB inside this process, or on Apache Spark where one machine is outgrown."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import ibis
import numpy as np
import pyarrow as pa
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from delivery import reasons
from delivery.clearance import Plan, sql
from delivery.clearance.bulk import notes
from delivery.clearance.bulk import words as w
from delivery.clearance.bulk.expression import UNDECIDED, Asked, columns_for, decision
from delivery.clearance.bulk.files import Folder, State
from delivery.clearance.bulk.words import Words
from delivery.clearance.facts import COUNTED
from sources.models import DataSource, SourceState

RESULT = pa.schema([("number", pa.int64()), ("reason", pa.string()), ("until", pa.int64())])
BY_DATABASE = "SELECT unnest(%(ids)s::uuid[])"
PART = 10_000
CODES = (reasons.CLEARED, *reasons.ORDER, UNDECIDED)


class Engine(Protocol):
    """What runs Ibis expressions."""

    def rows(self, path: Path) -> Any:
        """Return the rows of a Parquet file as an Ibis table."""

    def fetch(self, told: Any) -> pa.Table:
        """Run, and return the result."""

    def write(self, told: Any, path: Path) -> None:
        """Run, and write the result to a Parquet file (Spark: a folder of them) that does not exist yet."""


class DuckDB:
    """The embedded engine: inside this process, with a limit on memory, and without asking the network for anything."""

    def __init__(self) -> None:
        self._connection = ibis.duckdb.connect(
            memory_limit=settings.CLEARANCE_MEMORY,
            temp_directory=str(Path(settings.DECISION_STATE_DIR) / "spill"),
            autoinstall_known_extensions=False,
            autoload_known_extensions=False,
            preserve_insertion_order=False,
        )

    def rows(self, path: Path) -> Any:
        """Return the rows of a Parquet file as an Ibis table."""
        return self._connection.read_parquet(path)

    def fetch(self, told: Any) -> pa.Table:
        """Run, and return the result."""
        return self._connection.to_pyarrow(told)

    def write(self, told: Any, path: Path) -> None:
        """Run, and write the result to a Parquet file."""
        self._connection.to_parquet(told, path, compression="snappy")

    def close(self) -> None:
        """Let go of the memory."""
        self._connection.disconnect()


@contextmanager
def duckdb() -> Iterator[Engine]:
    """Give the embedded engine for one block."""
    engine = DuckDB()
    try:
        yield engine
    finally:
        engine.close()


def chosen() -> Any:
    """Return the engine that the installation chose (settings.CLEARANCE_ENGINE), as a context manager."""
    return import_string(settings.CLEARANCE_ENGINE)()


@dataclass(frozen=True)
class Decided:
    """A decision on everybody of a brand, as dense arrays by number.

    `position` is the ledger position that it was made at: what later transactions changed is not in it.
    """

    position: int
    codes: Any
    until: Any

    def of(self, number: int) -> tuple[str, datetime | None] | None:
        """Return the reason for one person and until when, or None where the database is to be asked."""
        if number >= len(self.codes):
            return None
        code = CODES[self.codes[number]]
        if code == UNDECIDED:
            return None
        until = int(self.until[number])
        return code, (w.EPOCH + np.timedelta64(until, "us").item() if until else None)


def decide_brand(plan: Plan, at: datetime) -> Decided:
    """Decide about everybody of the plan's brand. Needs the brand's context. Raises files.Unusable, files.Busy."""
    with Folder(plan.brand_id).reading() as state, chosen() as engine:
        table = engine.fetch(decision(rows_of(engine, state, plan), asked_of(plan, at, state.words)))
    codes = np.full(state.people, CODES.index(UNDECIDED), "int8")
    until = np.zeros(state.people, "int64")
    numbers = table["number"].to_numpy()
    codes[numbers] = _codes(table["reason"])
    until[numbers] = table["until"].fill_null(0).to_numpy()
    return Decided(state.position, codes, until)


def write_decisions(plan: Plan, at: datetime, path: Path) -> int:
    """Decide about everybody of the plan's brand and write (number, reason, until, position) to `path` as Parquet.

    `until` is in microseconds since 1970 (UTC), or null.
    Whom transactions after the state's position changed, and who does not fit into columns, the database decides.
    Returns the position. Needs the brand's context. Raises files.Unusable, files.Busy.
    """
    with Folder(plan.brand_id).reading() as state, chosen() as engine:
        told = decision(rows_of(engine, state, plan), asked_of(plan, at, state.words))
        rest = by_database(plan, at, state, engine)
        if rest.num_rows:
            decided = ibis.memtable(rest)
            told = told.anti_join(decided, "number").union(decided)
        engine.write(told.mutate(position=ibis.literal(state.position, "int64")), path)
    return state.position


def rows_of(engine: Engine, state: State, plan: Plan) -> Any:
    """Return the rows that count, with the columns that the plan asks for."""
    wanted = columns_for(Asked(plan, w.EPOCH, state.words, _sources(plan)))
    base = _selected(engine.rows(state.base.path), wanted)
    if state.delta is None:
        return base
    delta = _selected(engine.rows(state.delta.path), wanted)
    return base.anti_join(delta, "number").union(delta)


def asked_of(plan: Plan, at: datetime, words: Words) -> Asked:
    """Return the question, with what the database says now of the sources and of the campaign's messages."""
    return Asked(plan, at, words, _sources(plan), _used_up(plan))


def by_database(plan: Plan, at: datetime, state: State, engine: Engine) -> pa.Table:
    """Return what the database decides of those whom the columns do not speak for."""
    rows = rows_of(engine, state, plan)
    unsure = rows.filter((rows.flags & w.FLAG["unsure"]) != 0).select("number")
    numbers = engine.fetch(unsure)["number"].to_pylist()
    found: dict[str, list[Any]] = {name: [] for name in RESULT.names}
    for ids, number_of in _changed(plan.brand_id, state, numbers):
        for row in sql.decide_all(plan, BY_DATABASE, {"ids": ids}, at):
            found["number"].append(number_of[row.person_id])
            found["reason"].append(row.reason)
            found["until"].append(row.until and w.micros(row.until))
    return pa.table(found, schema=RESULT)


def _changed(brand_id: UUID, state: State, numbers: Iterable[int]) -> Iterator[tuple[list[UUID], Mapping[UUID, int]]]:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"brand": brand_id, "position": str(state.position), "numbers": list(numbers)}
        cursor.execute(
            f"SELECT id, number FROM people_person WHERE brand_id = %(brand)s AND id IN ({notes.CHANGED})"
            " UNION SELECT id, number FROM people_person WHERE brand_id = %(brand)s AND number = ANY(%(numbers)s)",
            values,
        )
        people = cursor.fetchall()
    for start in range(0, len(people), PART):
        part = dict(people[start : start + PART])
        yield list(part), part


def _selected(rows: Any, wanted: list[str]) -> Any:
    known = set(rows.columns)
    return rows.select(
        **{name: rows[name] if name in known else ibis.literal(w.empty_value(name), w.type_of(name)) for name in wanted}
    )


def _sources(plan: Plan) -> dict[str, tuple[UUID, bool]]:
    rows = DataSource.objects.filter(brand_id=plan.brand_id, key__in=plan.sources)
    return {key: (pk, state == SourceState.ACTIVE) for key, pk, state in rows.values_list("key", "pk", "state")}


def _used_up(plan: Plan) -> list[int]:
    if plan.in_all is None:
        return []
    with connection.cursor() as cursor:
        counted = [state.value for state in COUNTED]
        cursor.execute(_USED_UP, [plan.brand_id] * 4 + [plan.campaign_id, counted, plan.in_all])
        return [number for (number,) in cursor.fetchall()]


def _codes(column: pa.ChunkedArray) -> Any:
    whole = column.dictionary_encode().unify_dictionaries().combine_chunks()
    places = np.array([CODES.index(code) for code in whole.dictionary.to_pylist()] or [0], "int8")
    return places[whole.indices.to_numpy()]


_USED_UP = """
SELECT p.number
  FROM delivery_intent i
  JOIN delivery_release e ON e.brand_id = %s AND e.id = i.release_id
  JOIN audits_case k ON k.brand_id = %s AND k.id = e.case_id
  JOIN campaigns_campaignversion v ON v.brand_id = %s AND v.id = k.version_id
  JOIN people_person p ON p.brand_id = i.brand_id AND p.id = i.person_id
 WHERE i.brand_id = %s AND v.campaign_id = %s AND i.state = ANY(%s)
 GROUP BY p.number HAVING count(*) >= %s
"""
