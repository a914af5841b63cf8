"""The form of a data source, and its life: activate, suspend, retire."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.models import Campaign
from facts.catalogue import load
from kernel import clock
from kernel.errors import DomainError
from people.models import SourceRecord
from portal import answers
from portal.inherited import alone
from portal.pages import actor_of, attempt, brand_of, for_roles, fragment, has_role, show
from portal.verdicts import Panel, judged, panel
from sources import services
from sources.models import DataSource, SourceImport, SourceKind
from sources.queries import document_of
from sources.states import LIFE
from tenants.models import Brand, Role
from tenants.permissions import MAY_REGISTER

TEAM = (Role.OWNER, Role.MARKETER)
CLOSERS = (*TEAM, Role.OFFICER)
LONGEST_KEY = 70
ACTS = {"activate": services.activate, "suspend": services.suspend, "retire": services.retire}


@for_roles(*TEAM)
def add(request: HttpRequest) -> HttpResponse:
    """Register a data source: an empty form, or what was posted."""
    if request.method == "POST":
        return _save(request, None)
    return _form(request, None, DataSource(brand=brand_of(request), kind=SourceKind.LIST))


@for_roles()
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go on with a data source, or look at it."""
    source = _source(request, pk)
    if request.method == "POST":
        if not has_role(request, MAY_REGISTER):
            return _form(request, source, source)
        return _save(request, source)
    return _form(request, source, source)


@for_roles()
def by_key(request: HttpRequest) -> HttpResponse:
    """Lead to the data source of that key: verdicts name sources by key."""
    source = get_object_or_404(DataSource, brand=brand_of(request), key=request.GET.get("key", ""))
    return redirect("admin:sources_datasource_change", source.pk)


@require_POST
@for_roles(*TEAM)
def verdict(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Judge the answers as they stand on the page; nothing is kept."""
    source = _source(request, pk) if pk else DataSource(brand=brand_of(request), key="new")
    source.facts = answers.read("source", request.POST, source.facts).facts
    return fragment(request, "portal/parts/verdict.html", **_judged(source))


@require_POST
@for_roles(*CLOSERS)
def turn(request: HttpRequest, pk: UUID, event: str) -> HttpResponse:
    """Activate, suspend or retire a data source."""
    source = _source(request, pk)
    then = reverse("admin:sources_datasource_change", args=[pk])
    if (act := ACTS.get(event)) is None:
        raise Http404
    return attempt(request, lambda: act(source=source, by=actor_of(request), at=clock.now()), _("Done."), then)


def _source(request: HttpRequest, pk: UUID) -> DataSource:
    return get_object_or_404(DataSource.objects.select_related("brand"), brand=brand_of(request), pk=pk)


def _save(request: HttpRequest, source: DataSource | None) -> HttpResponse:
    brand = brand_of(request)
    reading = answers.read("source", request.POST, source.facts if source else None)
    name = request.POST.get("name", "").strip()
    shown = DataSource(
        brand=brand,
        key=source.key if source else _free_key(brand, name),
        name=name,
        kind=request.POST.get("kind", SourceKind.LIST),
        facts=reading.facts,
    )
    if reading.errors:
        messages.error(request, _("Not saved: some answers below cannot be read."))
        return _form(request, source, shown, reading)
    try:
        saved = services.register(
            brand=brand,
            key=shown.key,
            name=name,
            kind=shown.kind,
            facts=reading.facts,
            by=actor_of(request),
            at=clock.now(),
        )
    except DomainError as error:
        messages.error(request, _("Not saved: %(why)s") % {"why": error})
        return _form(request, source, shown, reading)
    messages.success(request, _("Saved."))
    return redirect("admin:sources_datasource_change", saved.pk)


def _free_key(brand: Brand, name: str) -> str:
    stem = slugify(name)[:LONGEST_KEY] or "source"
    taken = set(DataSource.objects.filter(brand=brand, key__startswith=stem).values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 3) if (key := stem if n == 1 else f"{stem}-{n}") not in taken)


def _form(
    request: HttpRequest, source: DataSource | None, shown: DataSource, reading: answers.Reading | None = None
) -> HttpResponse:
    brand = brand_of(request)
    context: dict[str, Any] = {}
    if source is not None:
        context = {
            "people": SourceRecord.objects.filter(brand=brand, source=source).count(),
            "imports": SourceImport.objects.filter(brand=brand, source=source).order_by("-created_at")[:5],
            "used_by": Campaign.objects.filter(brand=brand, sources__contains=[source.key]).order_by("name"),
            "events": [event for event in LIFE[source.state] if has_role(request, CLOSERS)],  # type: ignore[index]
        }
    return show(
        request,
        "portal/sources/form.html",
        source.name if source else _("New data source"),
        status=422 if reading else 200,
        crumbs=[(_("Data sources"), reverse("admin:sources_datasource_changelist"))],
        source=source,
        draft=shown,
        kinds=SourceKind.choices,
        may_edit=has_role(request, MAY_REGISTER),
        groups=answers.groups("source", shown.facts, reading),
        **context,
        **_judged(shown),
    )


def _judged(source: DataSource) -> dict[str, Any]:
    found = panel(alone(_as_registered(source), _brand_of(source), _countries(source), clock.today()))
    newsletter = _in_a_plain_newsletter(source)
    known = {one.id for one in (*found.weighty, *found.unanswered)}
    besides = [one for one in (*newsletter.against, *newsletter.unanswered) if one.id not in known]
    return {
        "panel": found,
        "besides": besides,
        "reach": None,
        "visible": " ".join(answers.shown_paths("source", source.facts)),
        "source_link": "",
        "plain_newsletter": True,
    }


def _as_registered(source: DataSource) -> dict[str, Any]:
    key = source.key or "new"
    return {**document_of(source), "key": key, "name": source.name or key}


def _brand_of(source: DataSource) -> dict[str, Any]:
    return {"name": source.brand.name, "country": source.brand.country, "sector": source.brand.sector}


def _countries(source: DataSource) -> tuple[str, ...]:
    """Return where it is used: the countries of the campaigns that draw on it, and the brand's own."""
    using = Campaign.objects.filter(brand=source.brand, sources__contains=[source.key]) if source.key else []
    named = {country for campaign in using for country in campaign.facts.get("countries") or ()}
    return tuple(sorted(named | ({source.brand.country} - {""})))


def _in_a_plain_newsletter(source: DataSource) -> Panel:
    """Return what speaks against the source in a newsletter that answers everything else well."""
    key = source.key or "new"
    document = {
        "registration": 1,
        "brand": _brand_of(source),
        "sources": [_as_registered(source)],
        "campaign": {**load().clean("campaign"), "key": "plain-newsletter", "sources": [key]},
    }
    return panel(judged(document, clock.today(), source.brand_id), f"source:{key}")
