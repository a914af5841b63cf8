"""Reads of audits that others may use."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audits import rules_in_use
from audits.house.standing import stands_under
from audits.models import OPEN, Case, CaseState, Decision, DecisionKind
from audits.services.checking import STEPS
from audits.services.submitting import CHECK
from campaigns import queries as campaigns
from campaigns.models import Campaign
from kernel.models import Job, JobState


def cases(brand_id: UUID) -> QuerySet[Case]:
    """Return the brand's cases with their version and campaign, the newest first."""
    found = Case.objects.filter(brand_id=brand_id).select_related("version__campaign", "submitted_by")
    return found.order_by("-submitted_at", "-pk")


def waiting_for_decision(brand_id: UUID) -> QuerySet[Case]:
    """Return the cases in review, the one that waits longest first."""
    return cases(brand_id).filter(state=CaseState.IN_REVIEW).order_by("submitted_at", "pk")


def case_of(campaign: Campaign) -> Case | None:
    """Return the campaign's latest case, open or closed, or None where it was never submitted."""
    return cases(campaign.brand_id).filter(version__campaign=campaign).first()


def open_cases(brand_id: UUID) -> QuerySet[Case]:
    """Return the cases that are not closed: being checked, failed, in review or approved."""
    return cases(brand_id).filter(state__in=OPEN)


def approved_case(brand_id: UUID, *, version_id: UUID | None = None, campaign_id: UUID | None = None) -> Case | None:
    """Return the approved case of a version or campaign, or None. Whether the approval holds is another question."""
    found = cases(brand_id).filter(state=CaseState.APPROVED)
    if version_id is not None:
        found = found.filter(version_id=version_id)
    if campaign_id is not None:
        found = found.filter(version__campaign_id=campaign_id)
    return found.first()


def approval_holds(case: Case) -> bool:
    """Say whether what is there now is what was approved: the same campaign, sources, audience, content and rules.

    Reads everything anew, so it may be asked with a case that was read some time ago.
    """
    return why_no_approval(case) == ""


def why_no_approval(case: Case) -> str:
    """Return why the case approves nothing, or "" where the approval holds."""
    now = cases(case.brand_id).filter(pk=case.pk).first()
    if now is None or now.state != CaseState.APPROVED:
        return _("It is not approved.")
    approvals = Decision.objects.filter(brand_id=now.brand_id, case=now, kind=DecisionKind.APPROVE, sha256=now.sha256)
    if not approvals.exists():
        return _("No officer approved it as it stands.")
    present = campaigns.present_sha256(now.version.campaign)
    if present != now.version.sha256:
        return _("The campaign or one of its data sources was changed since it was approved.")
    if not stands_under(now, rules_in_use(now.brand_id)):
        return _("The rules were changed since it was approved.")
    return ""


@dataclass(frozen=True)
class Progress:
    """How far the check of a case is: `done` of `total` steps, and what it is doing."""

    done: int
    total: int
    doing: str
    waiting: bool


def progress_of(case: Case) -> Progress | None:
    """Return how far the check is, or None where none is under way."""
    if case.state != CaseState.CHECKING:
        return None
    job = Job.objects.filter(brand_id=case.brand_id, kind=CHECK, payload__case=str(case.pk)).order_by("-pk").first()
    if job is None:
        return None
    doing = str(STEPS.get(job.report.get("step", ""), _("Waiting for a worker")))
    return Progress(job.done, len(STEPS), doing, job.state == JobState.WAITING)
