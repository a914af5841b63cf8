"""Made-up people in columns, as the decision state has them and as tables to be joined; both say the same of them."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOURCE = UUID(int=1)
EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
CONSENTS = 5
"""How many uses and channels each person was asked about; two of them are needed."""


def told(name: str, default: int) -> int:
    """Return a size given as --name=…, e.g. --people=2000000."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(f"--{name}", type=int, default=default)
    found: int = getattr(parser.parse_known_args(sys.argv)[0], name)
    return found


def django() -> None:
    """Load the settings; nothing here needs a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()


def asked() -> Any:
    """Return a question to everybody: a newsletter that is personalised, to two countries, by e-mail."""
    from delivery.clearance import Plan
    from delivery.clearance.bulk.expression import Asked
    from delivery.clearance.bulk.words import Words

    uses = ("direct_marketing", "profiling", "tracking", "ad_matching", "sharing")
    words = Words(
        cells=[(use, "email") for use in uses],
        sources=[str(SOURCE)],
        places=[("GB", "Europe/London", None, None), ("DE", "Europe/Berlin", None, None),
                ("BR", "America/Sao_Paulo", None, None), ("GB", "Europe/London", 43_200, 46_800)],
        kinds=["location_precise", "contact"],
        channels=["sms", "email"],
    )  # fmt: skip
    plan = Plan(
        brand_id=UUID(int=2), campaign_id=UUID(int=3), campaign="spring", channels=("email",),
        needs=(("direct_marketing", "email"), ("profiling", "email")), bases=frozenset({"consent"}),
        countries=frozenset({"GB", "DE"}), sources=frozenset({"list"}), kinds=frozenset({"contact", "purchases"}),
        identifiers=("email",), per_week=3, senders=frozenset({"hook"}), record_days={"list": 365},
        recognition="login",
    )  # fmt: skip
    return Asked(plan, AT, words, {"list": (SOURCE, True)})


@contextmanager
def folder(people: int) -> Iterator[Path]:
    """Make the files for so many people; they are gone afterwards."""
    import duckdb

    with TemporaryDirectory(prefix="bench-clearance-") as made:
        path = Path(made)
        with duckdb.connect(config={"memory_limit": "2GB", "temp_directory": str(path / "spill")}) as database:
            for statement in _statements(people, path):
                database.execute(statement)
        yield path


def _statements(people: int, path: Path) -> Iterator[str]:
    now = int(AT.timestamp() * 1_000_000)
    day = int(timedelta(days=1).total_seconds() * 1_000_000)
    # A number in the place of chance: the same person is the same in the state and in the tables.
    chance = "(hash(number * 31 + {0}) % 1000)::int"
    said = [
        f"CASE WHEN {chance.format(n)} < 60 THEN 4 WHEN {chance.format(n)} < 90 THEN 5"
        f" WHEN {chance.format(n)} < 200 THEN 0 ELSE 1 END AS said{n}"
        for n in range(CONSENTS)
    ]
    expires = [
        f"CASE WHEN {chance.format(20 + n)} < 100 THEN {now} + ({chance.format(40 + n)} - 300) * {day} END AS until{n}"
        for n in range(CONSENTS)
    ]
    yield f"""CREATE TEMP VIEW people AS SELECT number, {", ".join([*said, *expires])},
        CASE WHEN {chance.format(60)} < 10 THEN 2 ELSE 0 END AS standing,
        1940 + {chance.format(61)} % 72 AS born, {chance.format(62)} % 3 AS place0,
        {chance.format(63)} < 200 AS has_settings, {chance.format(64)} < 20 AS muted,
        {chance.format(65)} < 30 AS impersonal, {chance.format(66)} < 15 AS suppressed,
        {chance.format(67)} >= 20 AS has_email, {chance.format(68)} < 300 AS had_message,
        {chance.format(69)} % 9 AS ago, 1 + {chance.format(70)} % 4 AS messages FROM range({people}) t(number)"""
    cells = ", ".join(
        f"CASE said{n} WHEN 0 THEN 0 ELSE said{n} << 4 | 2 END::smallint AS c{n},"
        f" coalesce(until{n}, {2**62})::bigint AS u{n}, ({now} - 90 * {day})::bigint AS h{n}"
        for n in range(CONSENTS)
    )
    yield f"""COPY (SELECT number::bigint AS number, standing::tinyint AS standing,
        (suppressed::int + 8 * muted::int + 32 * impersonal::int)::smallint AS flags, born::smallint AS born,
        CASE WHEN has_settings AND place0 = 0 THEN 3 ELSE place0 END::int AS place, has_email::tinyint AS reach,
        CASE WHEN has_settings THEN 1 ELSE 0 END::bigint AS kinds,
        CASE WHEN has_settings THEN 1 ELSE 0 END::bigint AS channels, 0::bigint AS senders, 32767::smallint AS weekly,
        0::bigint AS paused, CASE WHEN had_message THEN {now} - (1 + ago) * {day} ELSE 0 END::bigint AS last,
        CASE WHEN had_message THEN {now // day} - ago ELSE 0 END::bigint AS day,
        CASE WHEN had_message THEN messages ELSE 0 END::bigint AS messages, {cells},
        17::smallint & 15 AS s0, ({now} - 100 * {day})::bigint AS o0 FROM people ORDER BY number)
        TO '{path}/state.parquet' (COMPRESSION snappy, ROW_GROUP_SIZE 65536)"""
    tables = {
        "person": "SELECT number, standing, born, place0 AS place FROM people",
        "settings": "SELECT number, muted, impersonal, 1 AS kinds, 1 AS channels FROM people WHERE has_settings",
        "identifier": "SELECT number, hash(number) AS pseudonym FROM people WHERE has_email",
        "suppression": "SELECT hash(number) AS pseudonym FROM people WHERE suppressed",
        "record": f"SELECT number, 1 AS source, 1 AS visibility, {now} - 100 * {day} AS observed FROM people",
        "message": f"SELECT number, {now // day} - ago AS day, messages FROM people WHERE had_message",
        "intent": f"SELECT number, {now} - (1 + ago) * {day} AS moment FROM people WHERE had_message",
        "consent": " UNION ALL ".join(
            f"SELECT number, {n} AS cell, said{n} AS state, until{n} AS until FROM people WHERE said{n} > 0"
            for n in range(CONSENTS)
        ),
    }
    for name, select in tables.items():
        yield f"COPY ({select}) TO '{path}/{name}.parquet' (COMPRESSION zstd)"


JOIN = """
SELECT count(*), count(s.number), count(i.number), count(x.pseudonym), count(r.number), count(m.messages),
       count(l.last), count(c0.number), count(c1.number)
  FROM '{path}/person.parquet' p
  LEFT JOIN '{path}/settings.parquet' s ON s.number = p.number
  LEFT JOIN '{path}/identifier.parquet' i ON i.number = p.number
  LEFT JOIN '{path}/suppression.parquet' x ON x.pseudonym = i.pseudonym
  LEFT JOIN '{path}/record.parquet' r ON r.number = p.number AND r.source = 1
  LEFT JOIN (SELECT number, sum(messages) AS messages FROM '{path}/message.parquet' WHERE day > {since}
              GROUP BY number) m ON m.number = p.number
  LEFT JOIN (SELECT number, max(moment) AS last FROM '{path}/intent.parquet' GROUP BY number) l ON l.number = p.number
  LEFT JOIN '{path}/consent.parquet' c0 ON c0.number = p.number AND c0.cell = 0
  LEFT JOIN '{path}/consent.parquet' c1 ON c1.number = p.number AND c1.cell = 1
"""
