"""The pieces of the light touch that other pages show: waterfall, proposals, the way back from one."""

from typing import Any

from django import template

from portal.lighttouch import proposals, undoing, waterfall

register = template.Library()


@register.inclusion_tag("portal/light_touch/_waterfall.html", name="waterfall")
def waterfall_of(verdict: Any) -> dict[str, Any]:
    """Draw how the score of a verdict comes about."""
    should = (verdict or {}).get("should") or {}
    return {"steps": waterfall.steps_of(should) if should else [], "bands": proposals.bands_of(should)}


@register.inclusion_tag("portal/light_touch/_proposals.html", name="proposals", takes_context=True)
def proposals_of(context: Any, verdict: Any, campaign: Any, on_form: bool = False) -> dict[str, Any]:
    """Show what would make a campaign light or unblock it; `on_form`: within the campaign's form, whose fields count.

    Whoever may edit (the context's `may_edit`) can apply each with one click.
    """
    told = verdict or {}
    return {
        "lighten": proposals.to_lighten(told),
        "unblock": proposals.to_unblock(told),
        "mend_note": (told.get("should") or {}).get("mend_note", ""),
        "unblock_note": (told.get("can") or {}).get("unblock_note", ""),
        "campaign": campaign or None,
        "on_form": on_form,
        "may_apply": bool(context.get("may_edit")),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("portal/light_touch/_undo.html", name="undo_proposal", takes_context=True)
def undo_of(context: Any, campaign: Any, page: str = "form") -> dict[str, Any]:
    """Offer the way back from the proposal that was applied last."""
    request = context.get("request")
    offered = bool(request and campaign) and undoing.way_back(request, campaign) is not None
    return {"offered": offered, "campaign": campaign, "page": page, "csrf_token": context.get("csrf_token")}


@register.filter
def evidence(grade: str) -> str:
    """Return an evidence grade in words."""
    return waterfall.evidence_in_words(grade)
