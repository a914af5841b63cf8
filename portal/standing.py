"""Where each campaign of a brand stands: its draft, and the latest audit case of it."""

from dataclasses import dataclass
from uuid import UUID

from audits.models import Case
from campaigns.models import Campaign


@dataclass(frozen=True)
class Standing:
    """One campaign and the latest case of it, if it was ever submitted."""

    campaign: Campaign
    case: Case | None

    @property
    def state(self) -> str:
        """The state to show: that of the latest case, "draft" where there is none."""
        return str(self.case.state) if self.case is not None else "draft"


def latest_cases(brand_id: UUID, campaigns: list[UUID] | None = None) -> dict[UUID, Case]:
    """Return the latest case of each campaign, by the campaign's id."""
    cases = Case.objects.filter(brand_id=brand_id).select_related("version__campaign")
    if campaigns is not None:
        cases = cases.filter(version__campaign_id__in=campaigns)
    newest = cases.order_by("version__campaign_id", "-submitted_at", "-id").distinct("version__campaign_id")
    return {case.version.campaign_id: case for case in newest}


def standings(brand_id: UUID) -> list[Standing]:
    """Return where every campaign stands, the last changed first."""
    cases = latest_cases(brand_id)
    drafts = Campaign.objects.filter(brand_id=brand_id).select_related("brand").order_by("-changed_at")
    return [Standing(campaign, cases.get(campaign.pk)) for campaign in drafts]


def standing_of(campaign: Campaign) -> Standing:
    """Return where one campaign stands."""
    return Standing(campaign, latest_cases(campaign.brand_id, [campaign.pk]).get(campaign.pk))
