"""What is frozen of a campaign, and the one form in which it is hashed."""

from collections.abc import Mapping, Sequence
from typing import Any

from facts.document import normalise


def registration(
    *,
    brand: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]],
    campaign: Mapping[str, Any],
    content: Mapping[str, Any],
    schedule: Mapping[str, Any],
    integrations: Sequence[str],
) -> dict[str, Any]:
    """Return a registration document. Sources and integrations are sets: their order is always the same."""
    ordered = sorted(sources, key=lambda source: str(source["key"]))
    whole = {
        "registration": 1,
        "brand": brand,
        "sources": ordered,
        "campaign": {**campaign, "sources": [source["key"] for source in ordered]},
        "content": content,
        "schedule": schedule,
        "integrations": sorted(integrations) or None,
    }
    return normalise(whole)


def manifest(
    *, registered: Mapping[str, Any], audience: Mapping[str, Any], sources: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a version freezes: the registration, whom it reaches, and the fingerprint of each source."""
    return {"registration": dict(registered), "audience": dict(audience), "sources": dict(sources)}
