"""Reads of campaigns that others may use."""

import json
from typing import Any
from uuid import UUID

from campaigns import audience, document
from campaigns.models import Campaign, CampaignVersion
from kernel.canonical import fingerprint
from sources import queries as sources
from sources.models import DataSource


def by_key(brand_id: UUID, key: str) -> Campaign | None:
    """Return the brand's campaign of that key, or None."""
    return Campaign.objects.filter(brand_id=brand_id, key=key).select_related("brand").first()


def sources_of(campaign: Campaign) -> dict[str, DataSource]:
    """Return the data sources that the campaign draws on, by key."""
    return sources.by_keys(campaign.brand_id, campaign.sources)


def document_of(campaign: Campaign) -> dict[str, Any]:
    """Return the registration document of the present draft: its answers, those of its sources, and its brand's."""
    return _document(campaign, sources_of(campaign))


def _document(campaign: Campaign, found: dict[str, DataSource]) -> dict[str, Any]:
    brand = campaign.brand
    return document.registration(
        brand={"name": brand.name, "country": brand.country, "sector": brand.sector},
        sources=[sources.document_of(source) for source in found.values()],
        campaign={**campaign.facts, "key": campaign.key, "name": campaign.name},
        content=campaign.content,
        schedule=campaign.schedule,
        integrations=campaign.integrations,
    )


def audience_of(campaign: Campaign) -> dict[str, Any]:
    """Return whom the present draft reaches: {"sources": [key…], "where": [condition…]}, nothing left unsaid."""
    return audience.effective(campaign.audience, campaign.sources)


def present_manifest(campaign: Campaign) -> dict[str, Any]:
    """Return what would be frozen of the present draft."""
    found = sources_of(campaign)
    return document.manifest(
        registered=_document(campaign, found),
        audience=audience_of(campaign),
        sources={key: sources.sha256_of(source) for key, source in found.items()},
    )


def present_sha256(campaign: Campaign) -> str:
    """Return the fingerprint that a version frozen now would have; whatever else a version has was changed since."""
    return fingerprint(present_manifest(campaign))


def manifest(version: CampaignVersion) -> dict[str, Any]:
    """Return what a version froze: {"registration": document, "audience": definition, "sources": {key: sha256}}."""
    frozen: dict[str, Any] = json.loads(bytes(version.manifest))
    return frozen


def last_version(campaign: Campaign) -> CampaignVersion | None:
    """Return the campaign's latest version, or None where it was never frozen."""
    return CampaignVersion.objects.filter(brand_id=campaign.brand_id, campaign=campaign).order_by("-number").first()
