"""People who stand in the database: its own statement, the bulk engine, and keeping the copy current."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.clearance import synthetic

CHANGES = 100_000


class _Stage:
    brand: Any
    plan: Any
    folder: Path


_stage = _Stage()


@contextmanager
def stored(people: int) -> Iterator[object]:
    """Make a database of its own with so many people, and the decision state of them."""
    synthetic.django()
    from django.conf import settings
    from django.db import connection

    from delivery.clearance.bulk import keeping
    from tests import database

    name, before = f"bench_lighttouch_{os.getpid()}", settings.DECISION_STATE_DIR
    database.prepare(name)
    with TemporaryDirectory(prefix="bench-decisions-") as made:
        settings.DECISION_STATE_DIR = Path(made) / "decisions"
        try:
            _populate(name, people)
            _stage.folder = Path(made)
            keeping.refresh(_stage.brand.pk)
            yield _stage
        finally:
            settings.DECISION_STATE_DIR = before
            connection.close()
            database.drop(name)


def in_bulk() -> float:
    """Clear everybody in bulk, from the state on disk to Parquet."""
    from delivery.clearance.bulk import engine, files
    from kernel.tenancy import brand_context

    result = _stage.folder / "result.parquet"
    result.unlink(missing_ok=True)
    with brand_context(_stage.brand.pk):
        engine.write_decisions(_stage.plan, synthetic.AT, result)
    return float(files.Folder(_stage.brand.pk).load().people)


def in_database() -> float:
    """Clear everybody by our statement; the reasons are counted, not even fetched."""
    from django.db import connection

    from delivery.clearance.sql import statement_for
    from kernel.batches import over_many_rows
    from kernel.tenancy import brand_context

    with brand_context(_stage.brand.pk), over_many_rows(), connection.cursor() as cursor:
        members = "SELECT id FROM people_person WHERE brand_id = %(brand)s"
        statement, values = statement_for(_stage.plan, members, {}, synthetic.AT)
        cursor.execute(f"SELECT count(*), reason FROM ({statement}) AS told GROUP BY reason", values)
        return float(sum(count for count, _ in cursor.fetchall()))


def update() -> float:
    """Read 100,000 people who changed since the state's position, and write them to the disk."""
    from delivery.clearance.bulk import keeping

    keeping.refresh(_stage.brand.pk)
    return CHANGES


def read_plainly() -> float:
    """The floor of it: one line for each of as many people, copied out of one table."""
    from django.db import connection

    from kernel.tenancy import brand_context

    with brand_context(_stage.brand.pk), connection.connection.cursor() as cursor:
        statement = "COPY (SELECT * FROM people_consentstate WHERE brand_id = %s AND purpose = 'profiling' LIMIT %s)"
        with cursor.copy(f"{statement} TO STDOUT", [_stage.brand.pk, CHANGES]) as copied:
            assert sum(len(block) for block in copied)
    return CHANGES


def change() -> None:
    """Let 100,000 people change, each with an event's effect on one consent."""
    from django.db import connection

    from kernel.tenancy import brand_context

    with brand_context(_stage.brand.pk), connection.cursor() as cursor:
        cursor.execute(CHANGE, {"brand": _stage.brand.pk, "changes": CHANGES})


def _populate(name: str, people: int) -> None:
    from psycopg.sql import SQL, Identifier

    from bench.delivering import PEOPLE, TABLES
    from kernel.actors import Actor
    from kernel.tenancy import brand_context
    from sources.models import DataSource
    from tenants.services import create_brand
    from tests import database

    _stage.brand = create_brand(slug="bench", name="Bench", by=Actor.system("bench"), at=synthetic.AT)
    with brand_context(_stage.brand.pk):
        source = DataSource.objects.create(
            brand=_stage.brand, key="list", name="List", sha256="", state="active", created_at=synthetic.AT,
            changed_at=synthetic.AT,
        )  # fmt: skip
    _stage.plan = replace(synthetic.asked().plan, brand_id=_stage.brand.pk, closed_hours=None)
    values = {"brand": _stage.brand.pk, "source": source.pk, "people": people}
    with database.owner_connection(name) as owner:
        # The owner loads them, past triggers and policies: that is no part of what is measured.
        for table in (*TABLES, "delivery_messagecounter"):
            owner.execute(SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(Identifier(table)))
            owner.execute(SQL("ALTER TABLE {} NO FORCE ROW LEVEL SECURITY").format(Identifier(table)))
        for statement in [*PEOPLE, *ASKED_MORE]:
            owner.execute(statement, values)
        for table in (*TABLES, "delivery_messagecounter"):
            owner.execute(SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(Identifier(table)))
            owner.execute(SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(Identifier(table)))
            owner.execute(SQL("VACUUM ANALYZE {}").format(Identifier(table)))


# Three more uses that this campaign does not need: five consents a person.
ASKED_MORE = (
    """INSERT INTO people_consentstate (id, brand_id, person_id, purpose, channel, state, basis, happened_at, event_id)
       SELECT gen_random_uuid(), s.brand_id, s.person_id, u.use, s.channel, s.state, s.basis, s.happened_at, s.event_id
       FROM people_consentstate s, (VALUES ('tracking'), ('ad_matching'), ('sharing')) AS u(use)
       WHERE s.purpose = 'profiling'""",
    """INSERT INTO delivery_messagecounter (id, brand_id, person_id, day, messages)
       SELECT gen_random_uuid(), brand_id, id, '2026-11-20', 1 FROM people_person WHERE number %% 3 = 0""",
)
CHANGE = """
UPDATE people_consentstate SET happened_at = happened_at + interval '1 second'
 WHERE brand_id = %(brand)s AND purpose = 'profiling' AND channel = 'email'
   AND person_id IN (SELECT person_id FROM people_consentstate
                      WHERE brand_id = %(brand)s AND purpose = 'profiling' AND channel = 'email'
                      ORDER BY person_id LIMIT %(changes)s)
"""
