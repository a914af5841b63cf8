"""The form of a campaign with the verdict beside it, its submission, its history."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audits.models import Case, CaseState
from audits.services import submit as submit_campaign
from campaigns import permissions
from campaigns.models import Campaign, CampaignVersion
from campaigns.queries import audience_of, document_of
from campaigns.services import save_draft
from delivery.models import Release
from kernel import clock
from kernel.errors import DomainError
from people import queries as people
from portal import answers
from portal.campaigns import reading
from portal.inherited import from_sources
from portal.pages import actor_of, brand_of, for_roles, fragment, has_role, show
from portal.standing import standing_of
from portal.verdicts import draft_verdict, panel
from sources.models import DataSource, SourceState
from tenants.models import Brand, Integration, Role
from tenants.permissions import MAY_REGISTER
from trail.models import Entry

FORM = "portal/campaigns/form.html"
TEAM = (Role.OWNER, Role.MARKETER)
BLANK_ROWS = 2
EMPTY_ROW = {"field": "", "name": "", "is": "in", "value": ""}
HISTORY = 200
FEW = 8
"""Up to so many data sources are offered at once; of more, those that are picked come first."""


@for_roles(*TEAM)
def add(request: HttpRequest) -> HttpResponse:
    """Register a campaign: an empty form, or the draft that was posted."""
    if request.method == "POST":
        return _save(request, None)
    return _form(request, None, Campaign(brand=brand_of(request)))


@for_roles()
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go on with a campaign, or look at it where one may not edit it."""
    campaign = _campaign(request, pk)
    if request.method == "POST":
        return _save(request, campaign)
    return _form(request, campaign, campaign)


@require_POST
@for_roles(*TEAM)
def verdict(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Judge the form as it stands on the page; nothing is kept."""
    brand, campaign = brand_of(request), _campaign(request, pk) if pk else None
    posted = reading.read(brand, request.POST, campaign)
    draft = reading.unsaved(brand, posted.parts, campaign)
    return fragment(request, "portal/parts/verdict.html", campaign=campaign, may_edit=True, **_judged(draft))


@require_POST
@for_roles(*TEAM)
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lay the saved draft before an officer; it is checked first."""
    campaign = _campaign(request, pk)
    try:
        case = submit_campaign(campaign=campaign, by=actor_of(request), at=clock.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("admin:campaigns_campaign_change", pk)
    return redirect("admin:audits_case_change", case.pk)


@require_GET
@for_roles()
def history(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what happened to a campaign: its versions, their cases, and the trail's entries about all of them."""
    campaign = _campaign(request, pk)
    versions = CampaignVersion.objects.filter(brand=campaign.brand, campaign=campaign).order_by("-number")
    cases = list(Case.objects.filter(brand=campaign.brand, version__campaign=campaign).select_related("submitted_by"))
    releases = Release.objects.filter(brand=campaign.brand, case__in=cases).values_list("pk", flat=True)
    about = [campaign.pk, *(case.pk for case in cases), *releases, *(version.pk for version in versions)]
    entries = Entry.objects.filter(brand_id=campaign.brand_id, subject_id__in=about).order_by("-id")[:HISTORY]
    by_version = {case.version_id: case for case in cases}
    return show(
        request,
        "portal/campaigns/history.html",
        _("History"),
        crumbs=_crumbs(campaign),
        campaign=campaign,
        versions=[(version, by_version.get(version.pk)) for version in versions],
        entries=entries,
    )


@require_GET
@for_roles()
def by_key(request: HttpRequest) -> HttpResponse:
    """Lead to the campaign of that key: examples name each other by key."""
    campaign = get_object_or_404(Campaign, brand=brand_of(request), key=request.GET.get("key", ""))
    return redirect("admin:campaigns_campaign_change", campaign.pk)


def _campaign(request: HttpRequest, pk: UUID) -> Campaign:
    brand = brand_of(request)
    return get_object_or_404(Campaign.objects.select_related("brand"), brand=brand, pk=pk)


def _crumbs(campaign: Campaign | None) -> list[tuple[str, str]]:
    found = [(_("Campaigns"), reverse("admin:campaigns_campaign_changelist"))]
    if campaign is not None:
        found.append((campaign.name, reverse("admin:campaigns_campaign_change", args=[campaign.pk])))
    return found


def _save(request: HttpRequest, campaign: Campaign | None) -> HttpResponse:
    brand = brand_of(request)
    posted = reading.read(brand, request.POST, campaign)
    draft = reading.unsaved(brand, posted.parts, campaign)
    if not posted.readable:
        messages.error(request, _("Not saved: some answers below cannot be read."))
        return _form(request, campaign, draft, posted)
    revision = request.POST.get("revision", "")
    try:
        saved = save_draft(
            brand=brand,
            **posted.parts,
            by=actor_of(request),
            at=clock.now(),
            campaign=campaign,
            revision=int(revision) if revision.isdecimal() else None,
        )
    except DomainError as error:
        messages.error(request, _("Not saved: %(why)s") % {"why": error})
        return _form(request, campaign, draft, posted)
    if request.POST.get("then") == "submit":
        submitted: HttpResponse = submit(request, saved.pk)
        return submitted
    messages.success(request, _("Saved."))
    return redirect("admin:campaigns_campaign_change", saved.pk)


def _form(
    request: HttpRequest, campaign: Campaign | None, draft: Campaign, posted: reading.Posted | None = None
) -> HttpResponse:
    brand = brand_of(request)
    standing = standing_of(campaign) if campaign else None
    rows = posted.conditions if posted else reading.rows_of(draft.audience)
    may_edit = permissions.may_edit(actor_of(request), campaign) if campaign else has_role(request, MAY_REGISTER)
    return show(
        request,
        FORM,
        campaign.name if campaign else _("New campaign"),
        status=422 if posted else 200,
        crumbs=_crumbs(None),
        campaign=campaign,
        draft=draft,
        standing=standing,
        may_edit=may_edit,
        groups=answers.groups("campaign", draft.facts, posted.reading if posted else None),
        errors=posted.errors if posted else {},
        rows=[*rows, *([EMPTY_ROW] * BLANK_ROWS)],
        warn_void=standing is not None and standing.case is not None and standing.state in _HOLDING,
        **_choices(brand, draft),
        **_judged(draft),
    )


_HOLDING = (CaseState.APPROVED, CaseState.IN_REVIEW, CaseState.CHECKING)


def _choices(brand: Brand, draft: Campaign) -> dict[str, Any]:
    """Return the sources and integrations to pick from: retired ones only where they are picked already."""
    sources = DataSource.objects.filter(brand=brand).order_by("name")
    reached = (draft.audience or {}).get("sources") or []
    offered = [
        (source, source.key in draft.sources, source.key in reached)
        for source in sources
        if source.state != SourceState.RETIRED or source.key in draft.sources
    ]
    return {
        "sources": offered,
        "few_sources": len(offered) <= FEW,
        "integrations": [
            (one, one.key in draft.integrations) for one in Integration.objects.filter(brand=brand).order_by("name")
        ],
    }


def _judged(draft: Campaign) -> dict[str, Any]:
    """Return the verdict on a draft, saved or not, and how many people it reaches."""
    shown = Campaign(
        brand=draft.brand,
        **{part: getattr(draft, part) for part in ("facts", "content", "schedule", "sources", "integrations")},
        key=draft.key or "new",
        name=draft.name or _("New campaign"),
    )
    document, found = document_of(shown), draft_verdict(shown, clock.today())
    return {
        "panel": panel(found),
        "inherited": from_sources(document, found),
        "reach": _reach(draft),
        "visible": " ".join(answers.shown_paths("campaign", draft.facts)),
        "source_link": reverse("admin:source_by_key"),
        "takes_offers": True,
    }


def _reach(draft: Campaign) -> int | None:
    """Return how many people the audience holds; None where its definition cannot be used yet."""
    if not draft.sources:
        return 0
    try:
        return people.audience(draft.brand_id, audience_of(draft)).count()
    except DomainError:
        return None
