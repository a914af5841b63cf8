"""How fast a file of people is read in: checked, given pseudonyms and sealed, into five tables and the consent ledger.

The floor parses the same file and inserts the same text by the same kind of statement (unnest) into one plain table. No
import can be faster; the distance is what keys, pseudonyms, the ledger and the gates cost.
"""

import csv
import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.harness import Comparison

ROWS = 10_000
CHUNK = 2_000
HEADER = ["email", "customer", "country", "birth_year", "language", "first_name", "newsletter", "opted_in_on"]
TARGETS = [
    "email", "customer", "country", "birth_year", "language", "field.first_name",
    "consent.direct_marketing.email", "consent.direct_marketing.email.at",
]  # fmt: skip


class _Stage:
    """A database of its own, one brand with one source, and a new file for every round."""

    def __init__(self) -> None:
        self.numbers = count()
        self.folder = Path()
        self.source: Any = None

    def file(self) -> Path:
        """Write a file of people who are not known yet, and return it."""
        number = next(self.numbers)
        path, draw = self.folder / f"{number}.csv", random.Random(number)
        day = datetime(2026, 1, 1, tzinfo=UTC)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            for row in range(ROWS):
                writer.writerow(
                    [f"p{number}.{row}@example.org", f"C-{number}-{row}", draw.choice(["GB", "DE", "FR"]),
                     draw.randint(1940, 2005), "en", "Dora", draw.choice(["yes", "yes", "yes", "no"]),
                     (day + timedelta(minutes=draw.randint(0, 300_000))).isoformat()]
                )  # fmt: skip
        return path


_stage = _Stage()


def comparisons() -> Iterable[Comparison]:
    """Reading a file of new people in, against one plain insert of the same rows."""
    yield Comparison(
        name="import of new people (CSV, 2 identifiers, 1 consent)",
        unit="rows/s",
        ours=_import,
        against_name="the same rows into one plain table",
        against=_plain,
        goal="above 3,000 rows/s",
        surroundings=_surroundings,
    )


@contextmanager
def _surroundings() -> Iterator[object]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from celery import current_app
    from django.conf import settings
    from django.db import connection

    from tests import database

    name = f"bench_lighttouch_{os.getpid()}"
    database.prepare(name)
    with TemporaryDirectory() as folder:
        _stage.folder, settings.MEDIA_ROOT = Path(folder), folder
        current_app.conf.update(broker_url="memory://")
        _stage.source = _make_source()
        try:
            yield _stage
        finally:
            connection.close()
            database.drop(name)


def _make_source() -> Any:
    from kernel import clock
    from kernel.actors import Actor
    from kernel.tenancy import brand_context
    from sources.models import DataSource
    from tenants.services import create_brand

    at = clock.now()
    brand = create_brand(slug="bench", name="Bench", by=Actor.system("bench"), at=at)
    with brand_context(brand.pk):
        return DataSource.objects.create(
            brand=brand, key="list", name="List", sha256="", state="active", created_at=at, changed_at=at
        )


def _import() -> float:
    from kernel import clock, jobs
    from kernel.actors import Actor
    from kernel.models import Job
    from kernel.tenancy import brand_context
    from people.imports.services import start_import

    source = _stage.source
    with brand_context(source.brand_id), _stage.file().open("rb") as file:
        row = start_import(
            source=source, file=file, mapping=dict(zip(HEADER, TARGETS, strict=True)), dry_run=False,
            by=Actor.system("bench"), at=clock.now(),
        )  # fmt: skip
        job = Job.objects.get(key=str(row.pk))
    jobs.run(source.brand_id, job.pk)
    with brand_context(source.brand_id):
        row.refresh_from_db()
    assert (row.state, row.counts["people_new"]) == ("done", ROWS), row.counts
    return ROWS


def _plain() -> float:
    from django.db import connection, transaction

    columns = ", ".join(f"{name} text" for name in HEADER)
    arrays = ", ".join(["%s::text[]"] * len(HEADER))
    with connection.cursor() as cursor, _stage.file().open(newline="", encoding="utf-8") as file:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS plain ({columns})")
        reader = csv.reader(file)
        next(reader)
        while chunk := list(islice(reader, CHUNK)):
            with transaction.atomic():
                cursor.execute(
                    f"INSERT INTO plain SELECT * FROM unnest({arrays})", [list(c) for c in zip(*chunk, strict=True)]
                )
    return ROWS
