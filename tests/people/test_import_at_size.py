"""100,000 rows in flat memory: what is held does not grow with the file."""

import csv
import resource

import pytest

from kernel import clock, jobs
from kernel.models import Job
from people.imports import job
from people.imports.services import start_import
from people.models import Person
from tests.conftest import SYSTEM
from tests.people.conftest import make_source

ROWS = 100_000
GROWTH_KILOBYTES = 48 * 1024
COLUMNS = {
    "email": "email", "customer": "customer", "country": "country",
    "yes": "consent.direct_marketing.email", "on": "consent.direct_marketing.email.at",
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("dry_run", [True, False], ids=["looked at", "read in"])
def test_a_hundred_thousand_rows_are_read_in_flat_memory(at_northwind, settings, tmp_path, monkeypatch, dry_run):
    settings.MEDIA_ROOT = tmp_path
    path = tmp_path / "people.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([f"p{n}@example.org", f"C-{n}", "GB", "yes", "2026-03-01"] for n in range(ROWS))
    with path.open("rb") as file:
        row = start_import(
            source=make_source(at_northwind), file=file, mapping=COLUMNS, dry_run=dry_run, by=SYSTEM, at=clock.now()
        )
    peaks, whole = [], job._Work._chunk

    def measured(self, rows, done):
        whole(self, rows, done)
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)

    monkeypatch.setattr(job._Work, "_chunk", measured)
    jobs.run(row.brand_id, Job.objects.get(key=str(row.pk)).pk)
    row.refresh_from_db()
    assert (row.state, row.counts["people_new"], row.counts["consents_new"]) == ("done", ROWS, ROWS)
    assert Person.objects.count() == (0 if dry_run else ROWS)
    # The first chunks fill caches; after them nothing may pile up.
    assert peaks[-1] - peaks[4] < GROWTH_KILOBYTES, (peaks[4], peaks[-1])
