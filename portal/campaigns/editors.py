"""Who may edit one campaign: the owner lets a colleague of the team, and takes it back."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.models import Campaign
from campaigns.permissions import editors_of, grant_edit, revoke_edit
from kernel import clock
from portal.pages import actor_of, attempt, brand_of, for_roles, has_role, show
from portal.standing import standing_of
from tenants.models import Membership, Role
from tenants.permissions import MAY_MANAGE
from trail.models import Entry

PAGE = "admin:campaign_editors"
VERBS = ("campaign.edit_granted", "campaign.edit_revoked")
MOST_ENTRIES = 50


@require_GET
@for_roles()
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show who may edit the campaign and, to an owner, whom she could let besides."""
    campaign = _campaign(request, pk)
    team = editors_of(campaign)
    about = Entry.objects.filter(brand_id=campaign.brand_id, subject_id=campaign.pk, verb__in=VERBS)
    return show(
        request,
        "portal/campaigns/editors.html",
        _("Who may edit"),
        crumbs=[
            (_("Campaigns"), reverse("admin:campaigns_campaign_changelist")),
            (campaign.name, reverse("admin:campaigns_campaign_change", args=[campaign.pk])),
        ],
        campaign=campaign,
        standing=standing_of(campaign),
        editors=[(member, member.role != Role.OWNER) for member, allowed in team.items() if allowed],
        others=[member for member, allowed in team.items() if not allowed],
        may_grant=has_role(request, MAY_MANAGE),
        entries=about.order_by("-id")[:MOST_ENTRIES],
    )


@require_POST
@for_roles()
def turn(request: HttpRequest, pk: UUID, how: str) -> HttpResponse:
    """Let a member edit the campaign (`let`), or no longer (`stop`); whether one may say so, the service decides."""
    campaign = _campaign(request, pk)
    write = {"let": grant_edit, "stop": revoke_edit}.get(how)
    if write is None:
        raise Http404
    team = Membership.objects.select_related("user").filter(brand=campaign.brand)
    member = get_object_or_404(team, pk=_id(request.POST.get("member", "")))
    sentence = _("%(who)s may edit it now.") if how == "let" else _("%(who)s may no longer edit it.")
    by, at = actor_of(request), clock.now()
    done, then = sentence % {"who": member.called}, reverse(PAGE, args=[pk])
    return attempt(request, lambda: write(campaign, member.user, by, at), done, then)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _campaign(request: HttpRequest, pk: UUID) -> Campaign:
    return get_object_or_404(Campaign.objects.select_related("brand"), brand=brand_of(request), pk=pk)
