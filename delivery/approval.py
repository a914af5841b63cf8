"""From an approved case to what may be delivered: the approval is asked for anew each time, never remembered."""

import hashlib
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from audits import queries as audits
from audits.models import Case
from campaigns import queries as campaigns
from delivery.clearance import Plan, plan_of
from delivery.models import Release
from kernel.errors import DomainError
from tenants.models import Integration


class NotApproved(DomainError):
    """What would be delivered is not what an officer approved, or not any more."""

    code = "not_approved"


def why_not(case: Case, sha256: str) -> str:
    """Return why nothing of this case may leave under this fingerprint, or "" where it may."""
    now = Case.objects.filter(brand_id=case.brand_id, pk=case.pk).first()
    if now is None or not sha256 or now.sha256 != sha256:
        return _("It was another state of the campaign that was approved.")
    return audits.why_no_approval(now)


def check(release: Release) -> None:
    """Raise NotApproved unless the release may deliver now exactly what was approved."""
    why = why_not(release.case, release.sha256)
    if why:
        raise NotApproved(why, place="case", remedy=_("Submit the campaign again and have it decided."))


def manifest_of(case: Case) -> dict[str, Any]:
    """Return what the approved version froze. Raises NotApproved where its bytes are not those that were hashed."""
    version = case.version
    if hashlib.sha256(bytes(version.manifest)).hexdigest() != version.sha256:
        raise NotApproved(_("What was frozen does not have its fingerprint any more."), place="version")
    return campaigns.manifest(version)


def plan_for(case: Case, integration: Integration | None) -> Plan:
    """Return the plan for releasing a case to an integration. Raises NotApproved, ValueError, UnknownPurpose."""
    return plan_from(manifest_of(case), case.brand_id, case.version.campaign_id, integration)


def plan_from(manifest: dict[str, Any], brand_id: UUID, campaign_id: UUID, integration: Integration | None) -> Plan:
    """Return the plan that a manifest comes to; the integration's setting "channels" narrows the channels.

    Its key, and its setting "sender" (the person or team whose name the messages bear), are what a person may mute.
    """
    return plan_of(
        brand_id=brand_id,
        campaign_id=campaign_id,
        registration=manifest["registration"],
        audience=manifest.get("audience") or {},
        channels=(integration.config.get("channels") or None) if integration is not None else None,
        senders=_senders(integration),
    )


def _senders(integration: Integration | None) -> list[str]:
    if integration is None:
        return []
    return [integration.key, *([str(integration.config["sender"])] if integration.config.get("sender") else [])]
