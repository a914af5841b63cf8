"""Keeps a brand's decision state current from the notes of who changed (people.models.PersonChange).

What is read of a person is always how she stands now, never what happened: so order, repetition and a crash in between
change nothing. What changed after the state's position is decided by the database (`notes`).
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection

from delivery.clearance.bulk import notes, reading
from delivery.clearance.bulk import words as w
from delivery.clearance.bulk.files import Folder, Part, State, Unusable
from delivery.clearance.bulk.words import Words
from kernel.batches import over_many_rows
from kernel.ids import new_id
from kernel.tenancy import brand_context

log = logging.getLogger(__name__)

ROWS = 65_536
"""How many people are read, and held in memory, at once."""
SHARE_OF_DELTA = 0.1
"""Newer rows than this share of all are worked into the base."""
SHARE_OF_SCAN = 0.05
"""Where more people than this share changed, the tables are read through instead of looked up."""
SHARE_OF_CHANGED = 0.5
"""Where more people than this share changed, everything is read anew."""


def refresh(brand_id: UUID, *, beat: Callable[[], None] = lambda: None) -> State:
    """Bring the brand's state up to now, or build it where there is none that holds. Returns it.

    `beat` is called now and then while it works. Call it outside a brand's context. Raises files.Busy.
    """
    folder = Folder(brand_id)
    with folder.writing(), brand_context(brand_id):
        position, server = notes.position_now()
        try:
            state = folder.load()
            _must_follow(brand_id, state, position, server)
            changed = notes.count_changed(brand_id, state.position)
            if changed > max(ROWS, SHARE_OF_CHANGED * state.people):
                raise Unusable(f"{changed} of {state.people} people changed")
        except Unusable as why:
            log.info("the decision state of brand %s is built: %s", brand_id, why)
            state = _build(folder, position, server, beat)
        else:
            state = _update(folder, state, position, changed, beat)
        folder.replace(state)
        notes.follow(brand_id, follower(), state.position, state.people)
    return state


def _must_follow(brand_id: UUID, state: State, position: int, server: str) -> None:
    """A state of another database, or one whose notes may have been forgotten, is of no use. Raises Unusable."""
    if state.server != server or state.position > position:
        raise Unusable("it was read from another database, or from a later state of this one")
    if notes.position_of(brand_id, follower()) != state.position:
        raise Unusable("notes after its position may have been forgotten")


def follower() -> str:
    """Return under which name this data folder follows the notes."""
    path = Path(settings.DECISION_STATE_DIR) / "name"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError), path.open("x", encoding="ascii") as file:
        file.write(str(new_id()))
    return str(UUID(path.read_text(encoding="ascii")))


def _build(folder: Folder, position: int, server: str, beat: Callable[[], None]) -> State:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(number), -1) + 1 FROM people_person WHERE brand_id = %s", [folder.brand_id])
        (numbers,) = cursor.fetchone()
        cursor.execute(_CELLS, [folder.brand_id])
        words = Words(cells=[(use, channel) for use, channel in cursor.fetchall()])
        cursor.execute("SELECT id FROM sources_datasource WHERE brand_id = %s ORDER BY id", [folder.brand_id])
        words.sources = [str(source) for (source,) in cursor.fetchall()]

    def tables() -> Iterator[pa.Table]:
        for first in range(0, numbers, ROWS):
            beat()
            values = {"brand": folder.brand_id, "first": first, "end": min(first + ROWS, numbers)}
            yield reading.table_of(folder.brand_id, _RANGE, values, words, grow=False)

    base = _write(folder, "base", words, tables())
    return State(position, server, words, base, None, numbers)


def _update(folder: Folder, state: State, position: int, changed: int, beat: Callable[[], None]) -> State:
    if not changed:
        return replace(state, position=position)
    words, values = state.words, {"brand": folder.brand_id, "position": str(state.position)}
    # The notes are not in the planner's statistics: it takes them for a handful, and goes through them one by one.
    with over_many_rows() if changed > SHARE_OF_SCAN * state.people else nullcontext():
        newer = reading.table_of(folder.brand_id, _CHANGED_PEOPLE, values, words)
    beat()
    if not newer.num_rows:
        return replace(state, position=position)
    if state.delta:
        newer = _merged(pq.read_table(state.delta.path), newer, words)
    # What is erased must be gone from the disk, not only be covered by something newer.
    erased = pc.any(pc.equal(newer["standing"], w.ERASED)).as_py()
    if erased or newer.num_rows > max(ROWS, SHARE_OF_DELTA * state.base.rows):
        base = _write(folder, "base", words, _with(state.base.path, newer, words, beat))
        return State(position, state.server, words, base, None, base.rows)
    delta = _write(folder, "delta", words, iter([newer]))
    return State(position, state.server, words, state.base, delta, max(state.people, newer["number"][-1].as_py() + 1))


def _with(base: Path, newer: pa.Table, words: Words, beat: Callable[[], None]) -> Iterator[pa.Table]:
    """The rows of a file with newer ones in their places, group by group."""
    file = pq.ParquetFile(base)
    numbers, start = newer["number"].to_numpy(), 0
    for group in range(file.num_row_groups):
        beat()
        rows = file.read_row_group(group)
        end = numbers.searchsorted(rows["number"][-1].as_py(), side="right") if rows.num_rows else start
        yield _merged(rows, newer.slice(start, end - start), words)
        start = int(end)
    yield newer.slice(start)


def _merged(old: pa.Table, newer: pa.Table, words: Words) -> pa.Table:
    """Both, in the order of their numbers; a newer row takes an older one's place."""
    stays = pc.invert(pc.is_in(old["number"], value_set=newer["number"].combine_chunks()))
    both = [_widened(old.filter(stays), words), _widened(newer, words)]
    return pa.concat_tables(both).sort_by("number") if both[0].num_rows else both[1]


def _widened(table: pa.Table, words: Words) -> pa.Table:
    """The rows with all columns there are by now."""
    columns = words.columns()
    known = set(table.column_names)
    return pa.Table.from_arrays(
        [
            table[name]
            if name in known
            else pa.repeat(pa.scalar(w.empty_value(name), getattr(pa, w.type_of(name))()), table.num_rows)
            for name in columns
        ],
        schema=reading.schema_of(columns),
    )


def _write(folder: Folder, kind: str, words: Words, tables: Iterator[pa.Table]) -> Part:
    path, rows = folder.new_file(kind), 0
    with pq.ParquetWriter(path, reading.schema_of(words.columns()), compression="snappy") as writer:
        for table in tables:
            if table.num_rows:
                writer.write_table(table, row_group_size=ROWS)
                rows += table.num_rows
    return folder.part(path, rows)


_CHANGED_PEOPLE = f"""
SELECT id, number FROM people_person WHERE brand_id = %(brand)s AND id IN ({notes.CHANGED})
"""
_RANGE = """
SELECT id, number FROM people_person WHERE brand_id = %(brand)s AND number >= %(first)s AND number < %(end)s
"""
_CELLS = """
SELECT DISTINCT purpose, channel FROM people_consentstate WHERE brand_id = %s ORDER BY purpose, channel
"""
