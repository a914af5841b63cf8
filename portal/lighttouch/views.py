"""The plane of a brand, the light touch of one campaign, and a proposal applied to its draft or taken back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.models import Campaign
from campaigns.permissions import may_edit
from campaigns.services import save_draft
from campaigns.services.drafts import PARTS
from kernel import clock
from kernel.errors import DomainError
from portal.campaigns import reading
from portal.campaigns import views as campaigns
from portal.lighttouch import plane, positions, proposals, telling, undoing
from portal.pages import actor_of, brand_of, for_roles, show
from portal.standing import standing_of
from portal.verdicts import draft_verdict, panel
from tenants.models import Brand, Role

TEAM = (Role.OWNER, Role.MARKETER)
MOST_DAYS = 6
FORM, OWN_PAGE = "admin:campaigns_campaign_change", "admin:campaign_light_touch"


@require_GET
@for_roles()
def picture(request: HttpRequest) -> HttpResponse:
    """Show every campaign of the brand on the plane of law and light touch, today or as it was on a day."""
    brand = brand_of(request)
    register = positions.register(brand.pk)
    day = _day(request.GET.get("on", ""))
    found = register.tracks(day)
    return show(
        request,
        "portal/light_touch/plane.html",
        _("Light touch"),
        plane=plane.draw(found, **brand.bands),
        tracks=list(enumerate(found, 1)),
        unjudged=[track for track in found if track.now is None],
        day=day,
        days=[plane.draw_small(register.tracks(one), one) for one in _few(register.days)],
        today=clock.today(),
    )


@require_GET
@for_roles()
def campaign_page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the light touch of one campaign: its score from 100 down, its ways to a lighter one, its earlier places."""
    campaign = _campaign(request, pk)
    verdict = draft_verdict(campaign, clock.today())
    (track,) = positions.register(campaign.brand_id, campaign.pk).tracks()
    return show(
        request,
        "portal/light_touch/campaign.html",
        _("Light touch: %(name)s") % {"name": campaign.name},
        crumbs=[
            (_("Campaigns"), reverse("admin:campaigns_campaign_changelist")),
            (campaign.name, reverse(FORM, args=[pk])),
        ],
        campaign=campaign,
        standing=standing_of(campaign),
        may_edit=may_edit(actor_of(request), campaign),
        verdict=verdict,
        panel=panel(verdict),
        track=track,
        plane=plane.draw([track], **campaign.brand.bands),
        telling=telling.told_to(campaign),
    )


@require_POST
@for_roles(*TEAM)
def apply(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Put a proposal into the draft, as any edit; with what stands on the form, where it was posted from there."""
    brand, campaign = brand_of(request), _campaign(request, pk) if pk else None
    on_form = "name" in request.POST
    posted = reading.read(brand, request.POST, campaign) if on_form else None
    if posted is not None and not posted.readable:
        again: HttpResponse = campaigns.change(request, pk) if pk else campaigns.add(request)
        return again
    parts = posted.parts if posted is not None else _parts(campaign)
    try:
        changes = proposals.read(request.POST.get("apply", ""))
        back = proposals.undoing(parts["facts"], changes)
        saved = _save(request, brand, campaign, parts | {"facts": proposals.applied(parts["facts"], changes)})
    except DomainError as error:
        messages.error(request, _("Not applied: %(why)s") % {"why": error})
        return redirect(_page_of(on_form), pk) if pk else redirect("admin:campaigns_campaign_add")
    undoing.keep(request, saved, back)
    messages.success(request, _("Applied to the draft."))
    return redirect(_page_of(on_form), saved.pk)


@require_POST
@for_roles(*TEAM)
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take back the proposal that this user applied last, unless the draft was saved since."""
    campaign = _campaign(request, pk)
    back = undoing.way_back(request, campaign)
    then = _page_of(request.POST.get("page") != "light_touch")
    if back is None:
        messages.error(request, _("There is nothing to take back: the draft was changed since."))
        return redirect(then, pk)
    parts = _parts(campaign)
    try:
        _save(request, campaign.brand, campaign, parts | {"facts": proposals.applied(parts["facts"], back)})
    except DomainError as error:
        messages.error(request, _("Not taken back: %(why)s") % {"why": error})
        return redirect(then, pk)
    undoing.forget(request)
    messages.success(request, _("Taken back: the draft is as it was before."))
    return redirect(then, pk)


def _save(request: HttpRequest, brand: Brand, campaign: Campaign | None, parts: dict[str, Any]) -> Campaign:
    revision = request.POST.get("revision", "")
    return save_draft(
        brand=brand,
        **parts,
        by=actor_of(request),
        at=clock.now(),
        campaign=campaign,
        revision=int(revision) if revision.isdecimal() else None,
    )


def _campaign(request: HttpRequest, pk: UUID) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("brand"), brand=brand_of(request), pk=pk)


def _parts(campaign: Campaign | None) -> dict[str, Any]:
    if campaign is None:
        raise proposals.UnusableProposal(_("There is no campaign yet to change."), place="campaign")
    return {part: getattr(campaign, part) for part in PARTS}


def _page_of(on_form: bool) -> str:
    return FORM if on_form else OWN_PAGE


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _few(days: list[date]) -> list[date]:
    """Return at most six of the days, evenly chosen, the first and the last among them."""
    if len(days) <= MOST_DAYS:
        return days
    last = len(days) - 1
    return [days[round(place * last / (MOST_DAYS - 1))] for place in range(MOST_DAYS)]
