"""The work of an import: chunk by chunk, each in one transaction with its place in the file: nothing twice."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from kernel import clock, jobs
from kernel.actors import Actor, ActorKind
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.jobs.run import MAX_ATTEMPTS, Run
from kernel.tenancy import brand_context
from people.imports import chunks
from people.imports.columns import check_headers, read_mapping
from people.imports.reading import Form, Record, form_of, records, rows_about
from people.imports.rows import Row, RowReader
from people.imports.services import KIND
from people.states import IMPORT, leads
from sources.models import ImportProblem, ImportState, SourceImport
from tenants.models import Brand
from trail.record import record

log = logging.getLogger(__name__)

CHUNK = 2_000
PROBLEMS_LISTED = 1_000
SAMPLE = 5


@jobs.handler(KIND)
def read_in(run: Run) -> None:
    """Read one file in, from where the last attempt stopped. What the file itself makes impossible ends the import."""
    import_id = UUID(run.payload["import"])
    if _is_done(run, import_id):
        return
    try:
        work = _Work(run, import_id)
    except DomainError as error:
        _end(run, import_id, ImportState.FAILED, error)
        return
    try:
        with work:
            work.do()
        _end(run, import_id, ImportState.DONE)
    except jobs.LeaseLost:
        raise
    except DomainError as error:
        _end(run, import_id, ImportState.FAILED, error)
    except Exception as error:
        if run.attempt >= MAX_ATTEMPTS:
            _end(run, import_id, ImportState.FAILED, error)
        raise


class _Work:
    """One attempt at one file."""

    def __init__(self, run: Run, import_id: UUID) -> None:
        self.run, self.brand_id, self.import_id = run, run.brand_id, import_id
        self.by = _actor(run.payload["by"])
        with brand_context(self.brand_id):
            row = _begin(run, import_id)
            self.path, self.dry_run, self.skip = Path(row.file.path), row.dry_run, int(row.resume_line)
            self.form: Form = form_of(self.path)
            columns = read_mapping(row.mapping)
            check_headers(columns, self.form.headers)
            zone = Brand.objects.values_list("time_zone", flat=True).get(pk=self.brand_id)
            told_at = _first_told(row)
            self.reader = RowReader(columns, self.form.headers, told_at=told_at, zone=zone, today=clock.today())
            self.way: chunks.Bringing | chunks.Looking = (
                chunks.Looking(self.brand_id, row.source)
                if self.dry_run
                else chunks.Bringing(self.brand_id, row.source, import_id, self.by)
            )
        self.total = rows_about(self.path)

    def __enter__(self) -> "_Work":
        return self

    def __exit__(self, *_exc: object) -> None:
        if isinstance(self.way, chunks.Looking):
            self.way.close()

    def do(self) -> None:
        """Read the file to its end: the next chunk is read while the database takes the last one."""
        with records(self.path, self.form, skip=self.skip) as found, ThreadPoolExecutor(1) as ahead:
            done, waiting = self.skip, ahead.submit(self._read, found)
            while rows := waiting.result():
                waiting = ahead.submit(self._read, found)
                done += len(rows)
                self._chunk(rows, done)

    def _read(self, found: Iterator[Record]) -> list[Row]:
        return [self.reader.read(one) for one in islice(found, CHUNK)]

    def _chunk(self, rows: Sequence[Row], done: int) -> None:
        with brand_context(self.brand_id):
            self.run.hold()
            at = clock.now()
            counts = self.way.take(rows, at)
            row = SourceImport.objects.select_for_update().get(brand_id=self.brand_id, pk=self.import_id)
            row.counts = _added(row.counts, counts, rows, self.form)
            _list_problems(row, rows)
            row.resume_line = done
            row.save(update_fields=["counts", "resume_line"])
            if not self.dry_run:
                self._tell(rows, counts, at)
            report = {key: row.counts[key] for key in chunks.COUNTS}
            self.run.progress(done=done, total=max(self.total, done), report=report)

    def _tell(self, rows: Sequence[Row], counts: Counter[str], at: datetime) -> None:
        details: dict[str, Any] = {"lines": [rows[0].line, rows[-1].line], **counts}
        subject = ("import", self.import_id)
        record("people.imported", brand_id=self.brand_id, subject=subject, by=self.by, at=at, details=details)


def _is_done(run: Run, import_id: UUID) -> bool:
    """Say whether an earlier attempt finished and only died before it could say so."""
    with brand_context(run.brand_id):
        state = SourceImport.objects.values_list("state", flat=True).get(brand_id=run.brand_id, pk=import_id)
    return not leads(IMPORT, ImportState(state), ImportState.RUNNING)


def _begin(run: Run, import_id: UUID) -> SourceImport:
    run.hold()
    imports = SourceImport.objects.select_for_update(of=("self",)).select_related("source")
    row = imports.get(brand_id=run.brand_id, pk=import_id)
    row.state = ImportState.RUNNING
    if row.dry_run or not row.counts:
        # A dry run that was cut off has changed nothing: it begins again.
        row.counts, row.resume_line = dict.fromkeys(chunks.COUNTS, 0), 0
        ImportProblem.objects.filter(brand_id=run.brand_id, source_import=row).delete()
    row.save(update_fields=["state", "counts", "resume_line"])
    return row


def _first_told(row: SourceImport) -> datetime:
    """Return when this very file was first read into the source: reading it again does not make it any younger."""
    before = SourceImport.objects.filter(
        brand_id=row.brand_id, source_id=row.source_id, file_sha256=row.file_sha256, dry_run=False
    )
    first = before.order_by("created_at").values_list("created_at", flat=True).first()
    return first or row.created_at


def _added(counts: dict[str, Any], more: Counter[str], rows: Sequence[Row], form: Form) -> dict[str, Any]:
    left_out = [row for row in rows if row.person is None]
    values = Counter(reason for row in rows if row.person is not None for _column, reason in row.problems)
    reasons = Counter(row.problems[0][1] for row in left_out if row.problems)
    more = more + Counter(
        {chunks.ROWS: len(rows), chunks.LEFT_OUT: len(left_out), chunks.VALUES_LEFT_OUT: values.total()}
    )
    told = {key: counts.get(key, 0) + more[key] for key in chunks.COUNTS}
    return told | {
        "rows_left_out_by_reason": _bounded(Counter(counts.get("rows_left_out_by_reason", {})) + reasons),
        "values_left_out_by_reason": _bounded(Counter(counts.get("values_left_out_by_reason", {})) + values),
        "sample": counts.get("sample") or chunks.sample_of(rows, SAMPLE),
        "encoding": form.encoding,
        "encoding_guessed": form.guessed,
        "delimiter": form.delimiter,
    }


def _bounded(reasons: Counter[str], at_most: int = 50) -> dict[str, int]:
    """Some reasons quote the value: the rest is summed up, so that no file can make the report grow."""
    kept = dict(reasons.most_common(at_most))
    rest = reasons.total() - sum(kept.values())
    other = _("other reasons")
    return {**kept, other: kept.get(other, 0) + rest} if rest else kept


def _list_problems(row: SourceImport, rows: Sequence[Row]) -> None:
    room = PROBLEMS_LISTED - ImportProblem.objects.filter(brand_id=row.brand_id, source_import=row).count()
    found = [
        ImportProblem(
            id=new_id(),
            brand_id=row.brand_id,
            source_import=row,
            line=one.line,
            column=column[:200],
            reason=reason[:300],
        )
        for one in rows
        for column, reason in {name: (name, reason) for name, reason in one.problems}.values()
    ]
    ImportProblem.objects.bulk_create(found[: max(room, 0)], ignore_conflicts=True)


def _end(run: Run, import_id: UUID, state: ImportState, error: Exception | None = None) -> None:
    at = clock.now()
    with brand_context(run.brand_id):
        run.hold()
        row = SourceImport.objects.select_for_update().get(brand_id=run.brand_id, pk=import_id)
        if error is not None:
            log.warning("import %s ended: %s", import_id, type(error).__name__)
            row.counts["error"] = str(error) if isinstance(error, DomainError) else _("an error of the platform")
        row.state, row.finished_at = state, at
        finished = state == ImportState.DONE and not row.dry_run
        name = row.file.name or ""
        if finished:
            row.file = ""
        row.save()
        details = {key: row.counts.get(key, 0) for key in chunks.COUNTS}
        subject = ("import", import_id)
        verb = f"import.{state.value}"
        record(verb, brand_id=run.brand_id, subject=subject, by=_actor(run.payload["by"]), at=at, details=details)
        if finished:
            _forget_file(run.brand_id, name)


def _forget_file(brand_id: UUID, name: str) -> None:
    """Remove a file of people once it was read in: what is needed of it stands sealed in the database."""
    others = SourceImport.objects.filter(brand_id=brand_id, file=name)
    unfinished = others.filter(state__in=(ImportState.WAITING, ImportState.RUNNING))
    if not unfinished.exists():
        others.update(file="")
        transaction.on_commit(partial(default_storage.delete, name))


def _actor(raw: dict[str, Any]) -> Actor:
    return Actor(ActorKind(raw["kind"]), UUID(raw["id"]) if raw["id"] else None, raw["label"])
