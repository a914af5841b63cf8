"""How fast a large audience is cleared in bulk, with its reasons written as Parquet, and how much memory it takes.

`--people=2000000` sets how many people there are in columns, `--stored=2000000` how many in the database (loading
them takes a minute per 200,000). The floor is the bare join of the same people's tables in DuckDB, without a reason.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

from bench.clearance import once, stored, synthetic
from bench.harness import Comparison

PEOPLE, STORED = 1_000_000, 120_000
RESULT = "result.parquet"


class _Stage:
    folder: Path
    smaller: Path
    people: int


_stage = _Stage()


def comparisons() -> Iterable[Comparison]:
    """The bulk engine against the bare join, against itself on a tenth, and against the database's statement."""
    people, held = synthetic.told("people", PEOPLE), synthetic.told("stored", STORED)
    yield Comparison(
        name=f"clearance in bulk of {people:,}: reasons, Parquet written",
        unit="people/s",
        ours=_decide,
        against_name="the same people's tables joined in DuckDB, without reasons",
        against=_join,
        goal="at least 0.67",
        surroundings=_surroundings(people),
    )
    yield Comparison(
        name="the same, beside a tenth of the people",
        unit="people/s",
        ours=_decide,
        against_name=f"{people // 10:,} people",
        against=_decide_smaller,
        goal="at least 1",
        surroundings=_surroundings(people, smaller=people // 10),
    )
    yield Comparison(
        name=f"clearance in bulk of {held:,} from the database's state, Parquet written",
        unit="people/s",
        ours=stored.in_bulk,
        against_name="our statement in PostgreSQL, reasons counted",
        against=stored.in_database,
        goal="at least 20",
        surroundings=lambda: stored.stored(held),
    )
    yield Comparison(
        name="decision state: 100,000 changes noted, read, written",
        unit="changes/s",
        ours=_update,
        against_name="as many rows of one table copied out",
        against=stored.read_plainly,
        goal="50,000/s for the reading and writing",
        surroundings=lambda: stored.stored(max(held, 250_000)),
    )


def _surroundings(people: int, smaller: int = 0) -> Callable[[], AbstractContextManager[object]]:
    @contextmanager
    def prepared() -> Iterator[object]:
        synthetic.django()
        with ExitStack() as stack:
            _stage.people, _stage.folder = people, stack.enter_context(synthetic.folder(people))
            if smaller:
                _stage.smaller = stack.enter_context(synthetic.folder(smaller))
            else:
                _tell_memory()
            yield _stage

    return prepared


def _decide() -> float:
    once.decide(_stage.folder / "state.parquet", _stage.folder / RESULT)
    return _stage.people


def _decide_smaller() -> float:
    once.decide(_stage.smaller / "state.parquet", _stage.smaller / RESULT)
    return _stage.people // 10


def _join() -> float:
    import duckdb
    from django.conf import settings

    since = synthetic.AT.toordinal() - synthetic.EPOCH_DAY - 7
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.CLEARANCE_MEMORY,
        "temp_directory": str(_stage.folder / "spill"),
    }
    with duckdb.connect(config=config) as database:
        found = database.execute(synthetic.JOIN.format(path=_stage.folder, since=since)).fetchone()
    assert found is not None and found[0] == _stage.people
    return _stage.people


def _update() -> float:
    """The change itself is made by the database; it is no part of what is kept current, and is told apart."""
    import time

    stored.change()
    began = time.perf_counter()
    done = stored.update()
    print(f"100,000 changes read and written in {time.perf_counter() - began:.2f} s (goal under 2 s)", file=sys.stderr)
    return done


def _tell_memory() -> None:
    """Decide once in a process of its own, and print the most memory that it held."""
    state, result = _stage.folder / "state.parquet", _stage.folder / RESULT
    told = subprocess.run(
        [sys.executable, "-m", "bench.clearance.once", str(state), str(result)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    size = state.stat().st_size / 1e6
    print(
        f"clearance in bulk of {_stage.people:,}: {told.stdout.strip()} MB at most (goal under 1,024 MB);"
        f" their state is {size:,.0f} MB on disk",
        file=sys.stderr,
    )
