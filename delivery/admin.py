"""Lists of delivery."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from delivery.models import Release
from kernel.admin import RoomAdmin, shown_as


@admin.register(Release)
class ReleaseAdmin(RoomAdmin):
    """The releases of a brand, the last first."""

    list_display = ("campaign", "integration", "stands", "audience", "cleared", "handed_over", "created_at")
    list_filter = ("state",)
    search_fields = ("case__version__campaign__name",)
    list_select_related = ("case__version__campaign", "integration")
    ordering = ("-created_at",)
    empty_title = _("No release yet")
    empty_text = _("An approved campaign is released to an integration; each person is cleared first, one by one.")
    empty_icon = "send"

    @shown_as(
        description=_("state"),
        label={
            "clearing": "info",
            "ready": "success",
            "running": "info",
            "paused": "warning",
            "done": "success",
            "failed": "danger",
        },
        ordering="state",
    )
    def stands(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @admin.display(description=_("campaign"), ordering="case__version__campaign__name")
    def campaign(self, release: Release) -> str:
        return str(release.case.version.campaign.name)

    @admin.display(description=_("audience"), ordering="audience_size")
    def audience(self, release: Release) -> int | None:
        return release.audience_size

    @admin.display(description=_("cleared"))
    def cleared(self, release: Release) -> Any:
        return (release.counts.get("cleared_by") or {}).get("cleared")

    @admin.display(description=_("handed over"))
    def handed_over(self, release: Release) -> Any:
        return release.counts.get("handed_over")
