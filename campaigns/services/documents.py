"""Registering a whole document: its data sources and its campaign, or nothing of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import queries
from campaigns.models import Campaign
from campaigns.services.drafts import save_and_tell
from facts.document import Registration
from kernel.actors import Actor
from sources import queries as sources_queries
from sources import services as sources
from sources.answers import InvalidAnswers, checked
from sources.services import Outcome
from tenants.models import Brand

BRAND_FACTS = ("name", "country", "sector")


class NotThisBrand(InvalidAnswers):
    """The document speaks of another brand, or otherwise of this one than the brand is registered."""

    code = "not_this_brand"


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a document: its campaign, and for every entry ("source" or "campaign", key, outcome)."""

    campaign: Campaign
    entries: tuple[tuple[str, str, Outcome], ...]

    @property
    def changed(self) -> bool:
        """Whether anything in the register is other than before."""
        return any(outcome is not Outcome.UNCHANGED for _kind, _key, outcome in self.entries)


def register_document(*, brand: Brand, document: Mapping[str, Any] | Registration, by: Actor, at: datetime) -> Campaign:
    """Register a document's data sources and campaign in one transaction; the same again changes nothing.

    What a document can say is as it says afterwards: what it leaves out is unanswered. The audience definition, which
    it cannot say, stays. Raises InvalidAnswers, NotThisBrand, UnknownKey, SourceRetired, NotPermitted.
    """
    return register_and_tell(brand=brand, document=document, by=by, at=at).campaign


@transaction.atomic
def register_and_tell(
    *, brand: Brand, document: Mapping[str, Any] | Registration, by: Actor, at: datetime
) -> Registered:
    """Do what `register_document` does and say what became of each entry."""
    found = document if isinstance(document, Registration) else checked(document)
    check_brand(found, brand)
    if not found.campaign:
        raise InvalidAnswers("campaign", None, _("a campaign with a key"))
    sources.hold_register(brand)
    entries = _register_sources(found, brand, by, at)
    campaign = queries.by_key(brand.pk, found.campaign["key"])
    saved, outcome = save_and_tell(brand=brand, parts=_parts(found, campaign), by=by, at=at, campaign=campaign)
    return Registered(saved, (*entries, ("campaign", saved.key, outcome)))


def check_brand(found: Registration, brand: Brand) -> None:
    """Raise NotThisBrand where the document contradicts what is registered of the brand; it never updates it."""
    for fact in BRAND_FACTS:
        said, known = found.brand.get(fact), getattr(brand, fact)
        if said is not None and said.strip().casefold() != known.strip().casefold():
            raise NotThisBrand(
                f"brand.{fact}",
                said,
                _("“%(known)s”, as the brand is registered; correct the document, or the brand first")
                % {"known": known},
            )


def _register_sources(found: Registration, brand: Brand, by: Actor, at: datetime) -> list[tuple[str, str, Outcome]]:
    known = sources_queries.by_keys(brand.pk, [source["key"] for source in found.sources])
    entries = []
    for source in found.sources:
        key, before = source["key"], known.get(source["key"])
        facts = {name: answer for name, answer in source.items() if name not in ("key", "name")}
        _registered, outcome = sources.register_and_tell(
            brand=brand,
            key=key,
            name=source.get("name") or (before.name if before else ""),
            kind=before.kind if before else sources.kind_from(facts),
            facts=facts,
            by=by,
            at=at,
        )
        entries.append(("source", key, outcome))
    return entries


def _parts(found: Registration, campaign: Campaign | None) -> dict[str, Any]:
    said = found.campaign
    return {
        "key": said["key"],
        "name": said.get("name") or (campaign.name if campaign else ""),
        "facts": {name: answer for name, answer in said.items() if name not in ("key", "name", "sources")},
        "content": found.content,
        "schedule": found.schedule,
        "audience": campaign.audience if campaign else {},
        "sources": [source["key"] for source in found.campaign_sources],
        "integrations": found.integrations,
    }
