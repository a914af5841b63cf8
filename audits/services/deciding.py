"""An officer's decision on a case, bound to the fingerprint of what she saw."""

from collections.abc import Mapping
from datetime import datetime

from django.db import ProgrammingError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import InsufficientPrivilege

from audits import findings, rules_in_use, states
from audits.house.standing import stands_under
from audits.models import Case, CaseState, Decision, DecisionKind
from audits.permissions import check_may_decide
from audits.services.turning import hold, turn
from campaigns import queries as campaigns
from kernel.actors import Actor
from kernel.canonical import fingerprint
from kernel.errors import DomainError, Invalid, NotPermitted
from tenants.models import LIGHT_FROM, MIXED_FROM
from tenants.queries import bands_of


class ReasonMissing(Invalid):
    """A decision is given with a written reason, on the whole and on each finding that is open."""

    code = "reason_missing"


class Blocked(DomainError):
    """What the law blocks cannot be approved, whatever the reason."""

    code = "blocked"


class SeenAnotherVerdict(DomainError):
    """The case was judged again since the officer opened it."""

    code = "seen_another_verdict"


class DraftChanged(DomainError):
    """The campaign or one of its data sources no longer reads as it was frozen."""

    code = "draft_changed"


class RulesChanged(DomainError):
    """The rule packs changed since the case was judged."""

    code = "rules_changed"


@transaction.atomic
def decide(
    *,
    case: Case,
    kind: DecisionKind | str,
    reason: str,
    reasons: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> Decision:
    """Approve a case in review, ask for changes, or refuse it.

    `case` is the case as the officer saw it; `reasons` holds her words on each open finding, by `findings.finding_id`
    (and on a heavy touch, by `findings.LIGHT_TOUCH`), which an approval needs. Raises NotPermitted, OwnWork,
    NotInThisState, ReasonMissing, Invalid, SeenAnotherVerdict; for an approval also Blocked, DraftChanged,
    RulesChanged.
    """
    held = hold(case.brand_id, case.pk)
    check_may_decide(by, held)
    kind = _kind(kind)
    states.after(kind.value, CaseState(held.state))
    if held.sha256 != case.sha256:
        raise SeenAnotherVerdict(_("The case was judged again since you opened it."), remedy=_("Read it again."))
    given = _given(held, reason, reasons or {})
    if kind is DecisionKind.APPROVE:
        _check_may_be_approved(held, given)
    decision = _write(held, kind, reason.strip(), given, by, at)
    told = {"decision": str(decision.pk), "reasons": fingerprint({"reason": decision.reason, "reasons": given})}
    turn(held, kind.value, by=by, at=at, details=told)
    return decision


def _kind(kind: DecisionKind | str) -> DecisionKind:
    try:
        return DecisionKind(kind)
    except ValueError:
        expected = ", ".join(DecisionKind.values)
        raise Invalid(_("There is no such decision."), place="kind", remedy=_("One of: %s.") % expected) from None


def _given(case: Case, reason: str, reasons: Mapping[str, str]) -> dict[str, str]:
    if not reason.strip():
        raise ReasonMissing(_("Write down why."), place="reason")
    known = {findings.finding_id(finding) for finding in case.verdict.get("findings", ())} | {findings.LIGHT_TOUCH}
    for place in reasons:
        if place not in known:
            raise Invalid(_("The verdict has no such finding."), place=f"reasons.{place}")
    return {place: text.strip() for place, text in reasons.items() if text.strip()}


def _check_may_be_approved(case: Case, given: Mapping[str, str]) -> None:
    if findings.can_verdict(case.verdict) not in ("clear", "needs_human"):
        _refuse_blocked(case)
    version = case.version
    if campaigns.present_sha256(version.campaign) != version.sha256:
        raise DraftChanged(
            _("The campaign no longer reads as it was submitted."),
            place="version",
            remedy=_("Have it submitted again."),
        )
    if not stands_under(case, rules_in_use(case.brand_id)) or _other_bands(case):
        raise RulesChanged(
            _("The rules changed since this case was judged."), place="packs", remedy=_("Have it submitted again.")
        )
    missing = {place: title for place, title in findings.to_answer(case.verdict).items() if place not in given}
    if missing:
        raise ReasonMissing(
            _("Write down, for each of these, why it is acceptable: %(missing)s.")
            % {"missing": "; ".join(f"{title} [{place}]" for place, title in missing.items())},
            place=f"reasons.{next(iter(missing))}",
        )


def _other_bands(case: Case) -> bool:
    """Say whether the brand set other bands since; a verdict that names none stands by those of the platform."""
    judged = (case.verdict.get("should") or {}).get("bands")
    return bands_of(case.brand_id) != (judged or {"light": LIGHT_FROM, "mixed": MIXED_FROM})


def _refuse_blocked(case: Case) -> None:
    found = findings.blocking(case.verdict)
    raise Blocked(
        _("The law blocks this campaign: %(findings)s.")
        % {"findings": "; ".join(f"{one['message']} [{findings.finding_id(one)}]" for one in found)},
        place=findings.finding_id(found[0]) if found else "verdict",
        remedy=" ".join(str(one["remedy"]) for one in found) or _("Have it checked again."),
    )


def _write(case: Case, kind: DecisionKind, reason: str, reasons: dict[str, str], by: Actor, at: datetime) -> Decision:
    if by.user_id is None:
        raise NotPermitted(_("Only people decide."))
    try:
        return Decision.objects.create(
            brand_id=case.brand_id,
            case=case,
            officer_id=by.user_id,
            kind=kind,
            reason=reason,
            reasons=reasons,
            sha256=case.sha256,
            decided_at=at,
        )
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotPermitted(
                _("The database refused the decision: %s.") % error.__cause__.diag.message_primary
            ) from error
        raise
