"""Writing a draft."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import audience as audiences
from campaigns.models import Campaign
from campaigns.permissions import check_may_edit, check_may_register, give_to_author
from campaigns.services.contributions import contribute
from campaigns.signals import campaign_changed
from kernel.actors import Actor
from kernel.canonical import fingerprint
from kernel.errors import DomainError, Invalid
from kernel.ids import new_id
from sources import queries as sources_queries
from sources.answers import checked, named, not_structure
from sources.services import Outcome, hold_register
from tenants.models import Brand, Integration
from trail.record import record

PARTS = ("key", "name", "facts", "content", "schedule", "audience", "sources", "integrations")


class CampaignExists(DomainError):
    """Another campaign of the brand has that key."""

    code = "campaign_exists"


class ChangedMeanwhile(DomainError):
    """Somebody else saved the campaign after this copy of it was read."""

    code = "changed_meanwhile"


class UnknownKey(Invalid):
    """A data source or an integration is named that the brand has not registered."""

    code = "unknown_key"


def save_draft(
    *,
    brand: Brand,
    key: str,
    name: str,
    facts: Mapping[str, Any],
    content: Mapping[str, Any],
    schedule: Mapping[str, Any],
    audience: Mapping[str, Any],
    sources: Sequence[str],
    integrations: Sequence[str],
    by: Actor,
    at: datetime,
    campaign: Campaign | None = None,
    revision: int | None = None,
) -> Campaign:
    """Save a campaign as far as it is written: a new one, or `campaign` anew. The same again changes nothing.

    Incomplete is fine; an answer outside the catalogue is not. `revision`, where given, is that of the copy which was
    edited. Raises InvalidAnswers, UnknownKey, CampaignExists, ChangedMeanwhile, NotPermitted.
    """
    parts = {
        "key": key,
        "name": name,
        "facts": facts,
        "content": content,
        "schedule": schedule,
        "audience": audience,
        "sources": sources,
        "integrations": integrations,
    }
    return save_and_tell(brand=brand, parts=parts, by=by, at=at, campaign=campaign, revision=revision)[0]


@transaction.atomic
def save_and_tell(
    *,
    brand: Brand,
    parts: Mapping[str, Any],
    by: Actor,
    at: datetime,
    campaign: Campaign | None,
    revision: int | None = None,
) -> tuple[Campaign, Outcome]:
    """Do what `save_draft` does and say which it was. `parts` holds what PARTS names."""
    check_may_register(by, brand.pk) if campaign is None else check_may_edit(by, campaign)
    hold_register(brand)
    held = _held(campaign, revision)
    kept = checked_parts(brand, parts)
    _check_key_is_free(brand, kept["key"], held)
    draft = held or Campaign(id=new_id(), brand=brand, created_at=at, revision=0)
    if held is not None and fingerprint(kept) == fingerprint({part: getattr(held, part) for part in PARTS}):
        return held, Outcome.UNCHANGED
    for part, value in kept.items():
        setattr(draft, part, value)
    _keep(draft, "edited" if held else "registered", by, at)
    if held is None:
        give_to_author(draft, by)
        return draft, Outcome.MADE
    campaign_changed.send(Campaign, campaign=draft, by=by, at=at)
    return draft, Outcome.CHANGED


def _held(campaign: Campaign | None, revision: int | None) -> Campaign | None:
    if campaign is None:
        return None
    held = Campaign.objects.select_for_update(no_key=True).get(brand_id=campaign.brand_id, pk=campaign.pk)
    if revision is not None and held.revision != revision:
        raise ChangedMeanwhile(
            _("“%(name)s” was saved by somebody else while you edited it.") % {"name": held.name},
            place="revision",
            remedy=_("Load it again and repeat your change."),
        )
    return held


def checked_parts(brand: Brand, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a draft in their one form, each checked. Raises InvalidAnswers, UnknownKey."""
    not_structure(parts["facts"], "campaign", ("key", "name", "sources"))
    keys = sorted(set(parts["sources"]))
    found = checked(
        {
            "registration": 1,
            "sources": [{"key": key} for key in keys],
            "campaign": {**parts["facts"], "key": parts["key"], "name": parts["name"], "sources": keys},
            "content": parts["content"],
            "schedule": parts["schedule"],
            "integrations": sorted(set(parts["integrations"])),
        }
    )
    _check_known(keys, sources_queries.by_keys(brand.pk, keys), "campaign.sources")
    known = Integration.objects.filter(brand_id=brand.pk, key__in=found.integrations).values_list("key", flat=True)
    _check_known(found.integrations, set(known), "integrations")
    return {
        "key": parts["key"],
        "name": named(parts["name"], parts["key"], "campaign.name"),
        "facts": {name: value for name, value in found.campaign.items() if name not in ("key", "name", "sources")},
        "content": dict(found.content),
        "schedule": dict(found.schedule),
        "audience": audiences.checked(parts["audience"], keys),
        "sources": keys,
        "integrations": list(found.integrations),
    }


def _check_known(keys: Sequence[str], known: Any, place: str) -> None:
    for key in keys:
        if key not in known:
            raise UnknownKey(
                _("%(place)s: the brand has registered no “%(key)s”.") % {"place": place, "key": key},
                place=place,
                remedy=_("Register it first, or leave it out."),
            )


def _check_key_is_free(brand: Brand, key: str, held: Campaign | None) -> None:
    others = Campaign.objects.filter(brand_id=brand.pk, key=key)
    if (others.exclude(pk=held.pk) if held else others).exists():
        raise CampaignExists(
            _("There is a campaign “%(key)s” already.") % {"key": key},
            place="campaign.key",
            remedy=_("Edit that one, or choose another key."),
        )


def _keep(draft: Campaign, what: str, by: Actor, at: datetime) -> None:
    # The contribution comes first: the database adds one only where it finds none (see migration 0002).
    contribute(campaign=draft, what=what, by=by, at=at)
    draft.changed_at = at
    draft.revision += 1
    draft.save()
    details = {"key": draft.key, "revision": draft.revision}
    details["sha256"] = fingerprint({part: getattr(draft, part) for part in PARTS})
    record(f"campaign.{what}", brand_id=draft.brand_id, subject=("campaign", draft.pk), by=by, at=at, details=details)


@transaction.atomic
def set_background(*, campaign: Campaign, background: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Say where an example comes from (who decided the real case, a link). It is no part of what is judged."""
    check_may_edit(by, campaign)
    campaign.background = dict(background)
    campaign.save(update_fields=["background"])
    details = {"key": campaign.key, "background": campaign.background}
    subject = ("campaign", campaign.pk)
    record("campaign.background_set", brand_id=campaign.brand_id, subject=subject, by=by, at=at, details=details)
