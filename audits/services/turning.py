"""How a case comes from one state into another: by states.py alone, with a trail entry and a word to other rooms."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audits import states
from audits.differences import changed_places
from audits.models import Case, CaseState
from audits.permissions import check_may_void
from audits.signals import case_changed
from campaigns import queries as campaigns
from kernel.actors import Actor
from trail.record import record

CLOSES = states.CLOSED | {CaseState.APPROVED}
VERBS = {
    "check": "case.checked",
    "fail": "case.check_failed",
    "recheck": "case.checked_again",
    "approve": "case.approved",
    "ask_changes": "case.changes_asked",
    "refuse": "case.refused",
    "void": "case.voided",
}


def hold(brand_id: UUID, case_id: UUID) -> Case:
    """Return the case, locked until the transaction ends."""
    rows = Case.objects.select_for_update(no_key=True, of=("self",)).select_related("version__campaign")
    return rows.get(brand_id=brand_id, pk=case_id)


def turn(
    case: Case, event: str, *, by: Actor, at: datetime, details: dict[str, Any] | None = None, **changes: Any
) -> Case:
    """Let `event` happen to a held case and write the changes that come with it. Raises NotInThisState."""
    case.state = states.after(event, CaseState(case.state))
    if case.state in CLOSES:
        changes["closed_at"] = at
    for name, value in changes.items():
        setattr(case, name, value)
    case.save(update_fields=["state", *changes])
    told = {"campaign": str(case.version.campaign_id), "version": case.version.sha256, "sha256": case.sha256}
    subject = ("case", case.pk)
    record(VERBS[event], brand_id=case.brand_id, subject=subject, by=by, at=at, details=told | (details or {}))
    case_changed.send(Case, case=case, event=event, by=by, at=at)
    return case


@transaction.atomic
def void(*, case: Case, note: str, by: Actor, at: datetime) -> Case:
    """End a case that is not closed: an approval given in it is none any more. Raises NotPermitted, NotInThisState."""
    held = hold(case.brand_id, case.pk)
    check_may_void(by, held)
    return turn(held, "void", by=by, at=at, note=note, details={"note": note})


@transaction.atomic
def void_if_changed(*, case: Case, what: str, by: Actor, at: datetime) -> Case:
    """End a case if its campaign no longer reads as it was frozen. `what` says who changed what and when.

    No permission is asked: the edit was allowed, and an approval of what is no more holds for nobody.
    """
    held = hold(case.brand_id, case.pk)
    campaign = held.version.campaign
    if CaseState(held.state) in states.CLOSED or campaigns.present_sha256(campaign) == held.version.sha256:
        return held
    places = changed_places(campaigns.manifest(held.version), campaigns.present_manifest(campaign))
    note = f"{what} ({', '.join(places)})" if places else what
    return turn(held, "void", by=by, at=at, note=note, details={"changed": places})
