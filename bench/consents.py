"""How fast consent events come in: as a stream over the API's own reader, projected, with gates and the trail.

The floor copies the same rows, decoded already, into a table with the ledger's columns and its primary key alone: no
other index, no fence, no person looked up, nothing projected.
"""

import json
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bench.harness import Comparison

EVENTS = 20_000
PEOPLE = 10_000
COLUMNS = (
    "id", "brand_id", "person_id", "purpose", "channel", "state", "basis", "happened_at", "notice_version", "wording",
    "method", "evidence", "idempotency_key",
)  # fmt: skip
DAY = datetime(2026, 1, 1, tzinfo=UTC)


class _Stage:
    """A database of its own and one client of one brand."""

    numbers = count()
    client: Any = None


_stage = _Stage()


def comparisons() -> Iterable[Comparison]:
    """A stream of events about people who are known, against one COPY of the same rows."""
    yield Comparison(
        name="consent events (NDJSON stream, projection included)",
        unit="events/s",
        ours=_stream,
        against_name="COPY of the same rows",
        against=_copy,
        goal="0.4",
        surroundings=_surroundings,
    )


@contextmanager
def _surroundings() -> Iterator[object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.db import connection

    from kernel import clock
    from kernel.actors import Actor
    from kernel.tenancy import brand_context
    from tenants.services import create_brand, create_client
    from tests import database

    name = f"bench_lighttouch_{os.getpid()}"
    database.prepare(name)
    try:
        by, at = Actor.system("bench"), clock.now()
        brand = create_brand(slug="bench", name="Bench", by=by, at=at)
        with brand_context(brand.pk):
            _stage.client, _secret = create_client(brand=brand, name="Bench", scopes="consent", by=by, at=at)
        yield _stage
    finally:
        connection.close()
        database.drop(name)


def _said() -> list[dict[str, Any]]:
    number = next(_stage.numbers)
    draw = random.Random(number)
    return [
        {
            "id": f"{number}-{n}",
            "identifier": {"kind": "email", "value": f"p{draw.randrange(PEOPLE)}@example.org"},
            "purpose": "direct_marketing",
            "channel": "email",
            "state": draw.choice(["given", "given", "given", "withdrawn"]),
            "happened_at": (DAY + timedelta(minutes=draw.randrange(400_000))).isoformat(),
            "notice_version": "2026-1",
        }
        for n in range(EVENTS)
    ]


def _stream() -> float:
    from kernel import clock
    from people import api, streams

    lines = [json.dumps(one).encode() for one in _said()]
    client = _stage.client
    parts = streams.answer(lines, brand_id=client.brand_id, take=lambda bodies: api.take(bodies, client, clock.now()))
    *_parts, last = [json.loads(part) for part in parts]
    assert last["complete"] and last["recorded"] == EVENTS, last
    return EVENTS


def _copy() -> float:
    from django.db import connection

    from kernel.ids import new_id

    brand, people = _stage.client.brand_id, [new_id() for _n in range(PEOPLE)]
    rows = [
        (new_id(), brand, people[n % PEOPLE], one["purpose"], one["channel"], one["state"], "consent",
         one["happened_at"], one["notice_version"], "", "", "{}", one["id"])
        for n, one in enumerate(_said())
    ]  # fmt: skip
    names = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS copied AS SELECT * FROM people_consentevent WITH NO DATA")
        cursor.execute("ALTER TABLE copied DROP CONSTRAINT IF EXISTS one, ADD CONSTRAINT one PRIMARY KEY (id)")
        with cursor.copy(f"COPY copied ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return EVENTS
