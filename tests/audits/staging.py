"""A case in review, written to the tables directly: what the database's guards are tested on, without any service."""

from typing import Any

from audits.models import Case, CaseState
from campaigns.models import Campaign, CampaignVersion, Contribution
from kernel import clock
from kernel.canonical import canonical, fingerprint
from tenants.models import Brand, User
from tests.conftest import acting

VERDICT: dict[str, Any] = {
    "verdict": "clear",
    "on": "2026-11-21",
    "can": {"verdict": "clear", "countries": {"GB": "clear"}},
    "should": {"verdict": "light", "score": 92, "factors": [], "mend": []},
    "findings": [],
    "questions": [],
    "warnings": [],
    "packs": {"PECR": "sha256:" + "a" * 64},
    "rules_asked": 9,
}
SHA256 = "5" * 64


def contribute(campaign: Campaign, user: User, what: str) -> None:
    Contribution.objects.create(
        brand_id=campaign.brand_id, campaign=campaign, actor_kind="user", user=user, what=what, at=clock.now()
    )


def draft(brand: Brand, alice: User, bob: User) -> Campaign:
    """A campaign that Alice registered and Bob edited."""
    with acting(brand, alice):
        campaign = Campaign.objects.create(
            brand=brand, key="spring", name="Spring", created_at=clock.now(), changed_at=clock.now()
        )
        contribute(campaign, alice, "registered")
    with acting(brand, bob):
        contribute(campaign, bob, "edited")
    return campaign


def submitted(campaign: Campaign, alice: User) -> Case:
    """The case of a version that Alice submitted."""
    manifest = {"registration": {"registration": 1}, "audience": {}, "sources": {}}
    with acting(campaign.brand, alice):
        version = CampaignVersion.objects.create(
            brand_id=campaign.brand_id,
            campaign=campaign,
            number=1,
            manifest=canonical(manifest),
            sha256=fingerprint(manifest),
            frozen_at=clock.now(),
        )
        contribute(campaign, alice, "submitted")
        return Case.objects.create(
            brand_id=campaign.brand_id, version=version, submitted_by=alice, submitted_at=clock.now()
        )


def checked(case: Case, verdict: dict[str, Any] | None = None) -> Case:
    """The case after its check, in review."""
    with acting(case.brand):
        Case.objects.filter(pk=case.pk).update(
            state=CaseState.IN_REVIEW, verdict=verdict or VERDICT, sha256=SHA256, checked_at=clock.now()
        )
        return Case.objects.get(pk=case.pk)
