"""Uploading a file of people, the report of what would happen, and the import itself."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel import clock
from kernel.errors import DomainError
from kernel.models import Job
from people.imports import chunks
from people.imports.columns import IDENTIFIERS, suggest_mapping
from people.imports.reading import form_of
from people.imports.services import KIND, headers_of, repeat_import, start_import
from portal.imports import columns
from portal.pages import actor_of, brand_of, for_roles, fragment, has_role, show
from sources.models import DataSource, ImportProblem, ImportState, SourceImport, SourceState
from tenants.models import Role

TEAM = (Role.OWNER, Role.MARKETER)
PAGE = "admin:sources_sourceimport_change"
PROBLEMS = 200
OPEN = (ImportState.WAITING, ImportState.RUNNING)


@for_roles(*TEAM)
def upload(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a file and look at it first: nothing about anybody is written before the team says so."""
    source = get_object_or_404(DataSource, brand=brand_of(request), pk=pk)
    file = request.FILES.get("file")
    if request.method == "POST" and isinstance(file, UploadedFile):
        try:
            mapping = _first_mapping(request, _headers(file))
            row = start_import(
                source=source, file=file, mapping=mapping, dry_run=True, by=actor_of(request), at=clock.now(),
                file_name=file.name or "",
            )  # fmt: skip
        except DomainError as error:
            messages.error(request, str(error))
        else:
            return redirect(PAGE, row.pk)
    elif request.method == "POST":
        messages.error(request, _("Choose a file first."))
    crumbs = [
        (_("Data sources"), reverse("admin:sources_datasource_changelist")),
        (source.name, reverse("admin:sources_datasource_change", args=[source.pk])),
    ]
    earlier = SourceImport.objects.filter(brand=source.brand, source=source).order_by("-created_at")[:10]
    retired = source.state == SourceState.RETIRED
    return show(
        request, "portal/imports/upload.html", _("Import people"), crumbs=crumbs, source=source, earlier=earlier,
        retired=retired,
    )  # fmt: skip


@require_GET
@for_roles(*TEAM, Role.OFFICER)
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an import: how far it is, what came of the rows, how the columns are understood."""
    row = _import(request, pk)
    context = _state(row)
    try:
        headers = headers_of(row)
    except DomainError:
        headers = []
    mapping = row.mapping.get("columns", row.mapping)
    crumbs = [
        (_("Data sources"), reverse("admin:sources_datasource_changelist")),
        (row.source.name, reverse("admin:sources_datasource_change", args=[row.source_id])),
    ]
    assigned = [(header, mapping.get(header, "")) for header in headers or mapping]
    return show(
        request, "portal/imports/page.html", row.file_name, crumbs=crumbs, headers=headers,
        assigned=[(header, target, columns.in_words(target)) for header, target in assigned],
        choices=columns.choices(headers, mapping), may_import=has_role(request, TEAM),
        later=SourceImport.objects.filter(
            brand=row.brand, source=row.source, file_sha256=row.file_sha256, created_at__gt=row.created_at
        ).order_by("-created_at").first(),
        **context,
    )  # fmt: skip


@require_GET
@for_roles(*TEAM, Role.OFFICER)
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far an import is, for the script that asks again until it is done."""
    return fragment(request, "portal/imports/progress.html", **_state(_import(request, pk)))


@require_POST
@for_roles(*TEAM)
def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read the same file again: with other columns, or for real."""
    row = _import(request, pk)
    try:
        mapping = columns.read(request.POST, headers_of(row)) if "column.0" in request.POST else None
        made = repeat_import(
            of=row, dry_run=request.POST.get("how") != "real", mapping=mapping, by=actor_of(request), at=clock.now()
        )
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(PAGE, pk)
    return redirect(PAGE, made.pk)


def _import(request: HttpRequest, pk: UUID) -> SourceImport:
    return get_object_or_404(SourceImport.objects.select_related("source"), brand=brand_of(request), pk=pk)


def _headers(file: UploadedFile) -> list[str]:
    """Return the headers of an upload. Raises UnreadableFile."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as copy:
        for block in file.chunks():
            copy.write(block)
        copy.flush()
        file.seek(0)
        return form_of(Path(copy.name)).headers


def _first_mapping(request: HttpRequest, headers: list[str]) -> dict[str, str]:
    """Return what the headers suggest; where none says who a person is, the first column is taken for that."""
    mapping = suggest_mapping(headers)
    if headers and not set(mapping.values()) & set(IDENTIFIERS):
        mapping[headers[0]] = "customer"
        messages.warning(
            request,
            _("No column says by itself who a person is. “%(name)s” is taken for the customer number: change it below.")
            % {"name": headers[0]},
        )
    return mapping


def _state(row: SourceImport) -> dict[str, Any]:
    job = Job.objects.filter(brand_id=row.brand_id, kind=KIND, key=str(row.pk)).first()
    counts = row.counts or {}
    names = [
        (chunks.NEW, _("People who are new")),
        (chunks.KNOWN, _("People known already")),
        (chunks.LEFT_OUT, _("Rows left out")),
        (chunks.CONSENTS_NEW, _("Consents that are new")),
        (chunks.CONSENTS_KNOWN, _("Consents known already")),
        (chunks.VALUES_LEFT_OUT, _("Values left out")),
    ]
    return {
        "row": row,
        "open": row.state in OPEN,
        "done": job.done if job else 0,
        "total": job.total if job else None,
        "error": counts.get("error", ""),
        "figures": [(name, counts[key]) for key, name in names if key in counts],
        "problems": ImportProblem.objects.filter(brand_id=row.brand_id, source_import=row).order_by("line")[:PROBLEMS],
        "reasons": {**counts.get("rows_left_out_by_reason", {}), **counts.get("values_left_out_by_reason", {})},
        "guessed": counts.get("encoding", "") if counts.get("encoding_guessed") else "",
    }
