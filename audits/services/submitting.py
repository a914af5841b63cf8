"""Submitting a campaign for its audit."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audits import rules_in_use
from audits.house.standing import stands_under
from audits.models import OPEN, Case, CaseState
from audits.permissions import check_may_recheck, check_may_submit
from audits.services.turning import hold, turn
from campaigns import queries as campaigns
from campaigns.models import Campaign
from campaigns.services import contribute, freeze
from kernel import jobs
from kernel.actors import Actor
from kernel.errors import DomainError
from sources.services import hold_register
from trail.record import record

CHECK = "audits.check"


class RefusedBefore(DomainError):
    """This very version was refused; it is not audited again."""

    code = "refused_before"


@transaction.atomic
def submit(*, campaign: Campaign, by: Actor, at: datetime) -> Case:
    """Freeze the campaign as it stands and open its audit case; a job will check it.

    A campaign that is unchanged since its case was opened gets that case back (a failed check is done again), unless
    the rules have changed since. Raises NotPermitted, RefusedBefore, and what freezing raises.
    """
    # The order of locks is that of every edit: register, campaign, case.
    hold_register(campaign.brand)
    draft = Campaign.objects.select_for_update(no_key=True).get(brand_id=campaign.brand_id, pk=campaign.pk)
    check_may_submit(by, draft)
    sha256 = campaigns.present_sha256(draft)
    _check_not_refused(draft, sha256)
    standing = _standing(draft, sha256, by, at)
    if standing is not None:
        return standing
    contribute(campaign=draft, what="submitted", by=by, at=at)
    version = freeze(campaign=draft, by=by, at=at)
    case = Case.objects.create(brand_id=draft.brand_id, version=version, submitted_by_id=by.user_id, submitted_at=at)
    details = {"campaign": str(draft.pk), "version": version.sha256}
    record("case.submitted", brand_id=draft.brand_id, subject=("case", case.pk), by=by, at=at, details=details)
    _enqueue_check(case, str(case.pk), at)
    return case


@transaction.atomic
def recheck(*, case: Case, by: Actor, at: datetime) -> Case:
    """Have a check that failed done again. Raises NotPermitted, NotInThisState."""
    held = hold(case.brand_id, case.pk)
    check_may_recheck(by, held)
    turn(held, "recheck", by=by, at=at, note="")
    _enqueue_check(held, f"{held.pk} {at.isoformat()}", at)
    return held


def _standing(draft: Campaign, sha256: str, by: Actor, at: datetime) -> Case | None:
    """Return the open case of the campaign as it stands; end every other open case of it."""
    for one in Case.objects.filter(brand_id=draft.brand_id, version__campaign=draft, state__in=OPEN):
        case = hold(one.brand_id, one.pk)
        if case.version.sha256 == sha256 and not _rules_changed(case):
            return recheck(case=case, by=by, at=at) if case.state == CaseState.FAILED else case
        turn(case, "void", by=by, at=at, note=_("The campaign was submitted again, as it stands now."))
    return None


def _rules_changed(case: Case) -> bool:
    return bool(case.sha256) and not stands_under(case, rules_in_use(case.brand_id))


def _check_not_refused(draft: Campaign, sha256: str) -> None:
    refused = Case.objects.filter(
        brand_id=draft.brand_id, version__campaign=draft, version__sha256=sha256, state=CaseState.REFUSED
    )
    if refused.exists():
        raise RefusedBefore(
            _("The campaign was refused as it stands."), place="campaign", remedy=_("Change it, then submit it again.")
        )


def _enqueue_check(case: Case, key: str, at: datetime) -> None:
    jobs.enqueue(brand_id=case.brand_id, kind=CHECK, key=key, payload={"case": str(case.pk)}, at=at)
