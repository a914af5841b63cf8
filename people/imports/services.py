"""The writes that begin an import. The work is a kernel job of kind "people.import" whose key is the import's id."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from kernel import jobs
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from people.imports.columns import check_headers, read_mapping
from people.imports.reading import BLOCK, form_of
from people.permissions import check_may_import
from sources.models import DataSource, ImportState, SourceImport
from trail.record import record

KIND = "people.import"


class FileGone(DomainError):
    """The file of an earlier import is not kept any more."""

    code = "file_gone"
    status = 410


@transaction.atomic
def start_import(
    *,
    source: DataSource,
    file: Any,
    mapping: dict[str, Any],
    dry_run: bool,
    by: Actor,
    at: datetime,
    file_name: str = "",
) -> SourceImport:
    """Keep a file of people (opened in binary) and promise to read it into `source`, or with `dry_run` only to report.

    `mapping` is {header: target} or {"columns": {header: target}, "defaults": {target: value}}, see `columns`. A dry
    run writes nothing about people. Raises UnusableMapping, UnreadableFile, UnknownPurpose, NotPermitted.
    """
    check_may_import(by, source.brand_id)
    columns = read_mapping(mapping)
    row = SourceImport(
        id=new_id(), brand_id=source.brand_id, source=source, mapping=mapping, dry_run=dry_run, created_at=at,
        started_by_id=by.user_id, file_sha256=_sha256(file),
        file_name=Path(file_name or str(getattr(file, "name", "")) or "people.csv").name[:200],
    )  # fmt: skip
    row.file.save(f"{source.brand_id}/{row.pk}.csv", File(file), save=False)
    path = Path(row.file.path)
    try:
        check_headers(columns, form_of(path).headers)
    except DomainError:
        path.unlink(missing_ok=True)
        raise
    return _promise(row, by, at)


@transaction.atomic
def repeat_import(
    *, of: SourceImport, dry_run: bool, by: Actor, at: datetime, mapping: dict[str, Any] | None = None
) -> SourceImport:
    """Read the file of an earlier import again, e.g. in earnest after a dry run, or with corrected columns.

    Raises FileGone, and what `start_import` raises.
    """
    check_may_import(by, of.brand_id)
    if not of.file or not Path(of.file.path).exists():
        raise FileGone(_("The file is not kept any more."), remedy=_("Upload it again."))
    chosen = of.mapping if mapping is None else mapping
    check_headers(read_mapping(chosen), form_of(Path(of.file.path)).headers)
    row = SourceImport(
        id=new_id(), brand_id=of.brand_id, source_id=of.source_id, mapping=chosen, dry_run=dry_run, created_at=at,
        started_by_id=by.user_id, file_sha256=of.file_sha256, file_name=of.file_name, file=of.file.name,
    )  # fmt: skip
    return _promise(row, by, at)


def headers_of(file: SourceImport) -> list[str]:
    """Return the headers of an import's file. Raises UnreadableFile, FileGone."""
    if not file.file or not Path(file.file.path).exists():
        raise FileGone(_("The file is not kept any more."), remedy=_("Upload it again."))
    return form_of(Path(file.file.path)).headers


def _promise(row: SourceImport, by: Actor, at: datetime) -> SourceImport:
    row.state = ImportState.WAITING
    row.save(force_insert=True)
    payload = {
        "import": str(row.pk),
        "by": {"kind": by.kind.value, "id": str(by.id) if by.id else None, "label": by.label},
    }
    jobs.enqueue(brand_id=row.brand_id, kind=KIND, key=str(row.pk), payload=payload, at=at)
    details = {"source": str(row.source_id), "sha256": row.file_sha256, "dry_run": row.dry_run}
    record("import.started", brand_id=row.brand_id, subject=("import", row.pk), by=by, at=at, details=details)
    return row


def _sha256(file: Any) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while block := file.read(BLOCK):
        digest.update(block)
    file.seek(0)
    return digest.hexdigest()
