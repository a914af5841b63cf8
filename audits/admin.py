"""Lists of audits."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from audits.models import Case
from kernel.admin import RoomAdmin, shown_as

STATES = {
    "checking": "info",
    "in_review": "info",
    "approved": "success",
    "changes_asked": "warning",
    "refused": "danger",
    "voided": "warning",
    "failed": "danger",
}
VERDICTS = {
    "clear": ("clear", _("Clear")),
    "needs_human": ("needs_human", _("Needs a person")),
    "blocked": ("blocked", _("Blocked")),
}
LABELS = {"clear": "success", "needs_human": "warning", "blocked": "danger"}


@admin.register(Case)
class CaseAdmin(RoomAdmin):
    """The reviews of a brand, the last submitted first."""

    list_display = ("campaign", "version_number", "verdict_word", "score", "stands", "submitted_by", "submitted_at")
    list_filter = ("state",)
    search_fields = ("version__campaign__name", "version__campaign__key")
    list_select_related = ("version__campaign", "submitted_by")
    ordering = ("-submitted_at",)
    page_title = _("Reviews")
    empty_title = _("Nothing was submitted yet")
    empty_text = _("A campaign comes here when its team submits it. It is checked first, then an officer decides.")
    empty_icon = "fact_check"

    @admin.display(description=_("campaign"), ordering="version__campaign__name")
    def campaign(self, case: Case) -> str:
        return str(case.version.campaign.name)

    @admin.display(description=_("version"))
    def version_number(self, case: Case) -> int:
        return int(case.version.number)

    @shown_as(description=_("verdict"), label=LABELS)
    def verdict_word(self, case: Case) -> Any:
        return VERDICTS.get(case.verdict.get("verdict", ""), "")

    @shown_as(description=_("state"), label=STATES, ordering="state")
    def stands(self, case: Case) -> tuple[str, str]:
        return case.state, case.get_state_display()

    @admin.display(description=_("light touch"))
    def score(self, case: Case) -> Any:
        return (case.verdict.get("should") or {}).get("score")
