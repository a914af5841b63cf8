"""The way back from a proposal that was applied: kept in the user's own session, for as long as nobody saves again."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from campaigns.models import Campaign

KEY = "light_touch_undo"


def keep(request: HttpRequest, campaign: Campaign, changes: Sequence[dict[str, Any]]) -> None:
    """Keep what brings the draft back to before."""
    request.session[KEY] = {"campaign": str(campaign.pk), "revision": campaign.revision, "changes": list(changes)}


def way_back(request: HttpRequest, campaign: Campaign) -> list[dict[str, Any]] | None:
    """Return the changes that bring the draft back, or None where there are none for it as it stands."""
    kept = request.session.get(KEY) or {}
    same = kept.get("campaign") == str(campaign.pk) and kept.get("revision") == campaign.revision
    return list(kept["changes"]) if same else None


def forget(request: HttpRequest) -> None:
    """Offer no way back any more."""
    request.session.pop(KEY, None)
