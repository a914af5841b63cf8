"""Freezing a draft."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import queries
from campaigns.models import Campaign, CampaignVersion
from campaigns.permissions import check_may_edit
from campaigns.services.drafts import PARTS, checked_parts
from kernel.actors import Actor
from kernel.canonical import canonical, fingerprint
from kernel.errors import DomainError
from kernel.ids import new_id
from sources.answers import checked
from sources.services import hold_register
from trail.record import record


class NotAsChecked(DomainError):
    """The draft holds what no service would have saved."""

    code = "not_as_checked"


@transaction.atomic
def freeze(*, campaign: Campaign, by: Actor, at: datetime) -> CampaignVersion:
    """Freeze the present draft with all it rests on; a draft that was frozen last so stands returns that version.

    The manifest is canonical JSON (RFC 8785) of {registration, audience, sources}, its fingerprint SHA-256. Raises
    InvalidAnswers, UnknownKey, NotAsChecked, NotPermitted.
    """
    check_may_edit(by, campaign)
    hold_register(campaign.brand)
    held = Campaign.objects.select_for_update(no_key=True).select_related(None).get(pk=campaign.pk)
    _check_again(held)
    manifest = queries.present_manifest(held)
    checked(manifest["registration"])
    last, sha256 = queries.last_version(held), fingerprint(manifest)
    if last is not None and last.sha256 == sha256:
        return last
    version = CampaignVersion.objects.create(
        id=new_id(),
        brand_id=held.brand_id,
        campaign_id=held.pk,
        number=last.number + 1 if last else 1,
        manifest=canonical(manifest),
        frozen_at=at,
    )
    details = {"key": held.key, "version": version.number, "sha256": sha256}
    record("campaign.frozen", brand_id=held.brand_id, subject=("campaign", held.pk), by=by, at=at, details=details)
    return version


def _check_again(draft: Campaign) -> None:
    """Check the draft once more: SQL by hand passes no service."""
    present = {part: getattr(draft, part) for part in PARTS}
    if fingerprint(checked_parts(draft.brand, present)) != fingerprint(present):
        raise NotAsChecked(
            _("The draft of “%(name)s” is not in the form in which drafts are saved.") % {"name": draft.name},
            remedy=_("Open it and save it again."),
        )
