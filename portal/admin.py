"""Lists that join several rooms."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audits.models import Case, CaseState
from campaigns.models import Campaign
from kernel import clock
from kernel.admin import RoomAdmin
from portal.templatetags.portal import badge
from portal.verdicts import draft_verdict


class StandingFilter(admin.SimpleListFilter):
    """Campaigns by where they stand."""

    title = _("where it stands")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("draft", _("Draft")), *CaseState.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "draft":
            return queryset.filter(case_state=None)
        return queryset.filter(case_state=self.value()) if self.value() else queryset


def _verdict(campaign: Any) -> dict[str, Any]:
    """Return the case's verdict where it judged what stands there now, else what the draft declares."""
    moved_on = campaign.case_frozen is None or campaign.changed_at > campaign.case_frozen
    found: dict[str, Any] = campaign.case_verdict or {}
    return draft_verdict(campaign, clock.today()) if moved_on or not found else found


@admin.register(Campaign)
class CampaignAdmin(RoomAdmin):
    """The register of campaigns, each with where it stands and what was judged of it."""

    list_display = ("name", "verdict", "should", "standing", "changed_at")
    list_filter = (StandingFilter,)
    list_select_related = ("brand",)
    list_per_page = 25
    search_fields = ("name", "key")
    ordering = ("-changed_at",)
    adders = frozenset({"owner", "marketer"})
    add_label = _("Register a campaign")
    empty_title = _("No campaign yet")
    empty_text = _(
        "Describe what you want to send, to whom and why, in plain answers. While you answer you see what you can do"
        " and what you should do; nothing is sent before an officer approved it."
    )
    empty_icon = "campaign"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """The brand's campaigns with the latest case of each."""
        cases = Case.objects.filter(brand_id=request.brand.pk, version__campaign=OuterRef("pk"))  # type: ignore[attr-defined]
        newest = cases.order_by("-submitted_at", "-id")
        found: QuerySet[Campaign] = super().get_queryset(request)
        return found.annotate(
            case_state=Subquery(newest.values("state")[:1]),
            case_verdict=Subquery(newest.values("verdict")[:1]),
            case_frozen=Subquery(newest.values("version__frozen_at")[:1]),
        )

    @admin.display(description=_("verdict"))
    def verdict(self, campaign: Any) -> SafeString:
        return badge(_verdict(campaign).get("verdict"), "verdict")

    @admin.display(description=_("light touch"))
    def should(self, campaign: Any) -> SafeString:
        found = _verdict(campaign).get("should") or {}
        return badge(found.get("verdict"), "should", str(found.get("score", "")))

    @admin.display(description=_("where it stands"), ordering="case_state")
    def standing(self, campaign: Any) -> SafeString:
        return badge(campaign.case_state or "draft", "case")
