"""The life cycle of an audit case, as one dict: state → the states it may turn into → what makes it so.

Any edit of the draft or of one of its data sources voids a case that is not closed. The database holds the same
table (guards.py), so that no other path leads to an approval.
"""

from django.utils.translation import gettext as _

from audits.models import OPEN, CaseState
from kernel.errors import DomainError

S = CaseState

TRANSITIONS: dict[CaseState, dict[CaseState, str]] = {
    S.CHECKING: {S.IN_REVIEW: "check", S.FAILED: "fail", S.VOIDED: "edit"},
    S.FAILED: {S.CHECKING: "recheck", S.VOIDED: "edit"},
    S.IN_REVIEW: {S.APPROVED: "approve", S.CHANGES_ASKED: "ask_changes", S.REFUSED: "refuse", S.VOIDED: "edit"},
    S.APPROVED: {S.VOIDED: "edit"},
    S.CHANGES_ASKED: {},
    S.REFUSED: {},
    S.VOIDED: {},
}
CLOSED = frozenset(S) - frozenset(OPEN)


class NotInThisState(DomainError):
    """The case cannot go where it was sent from where it stands."""

    code = "wrong_state"


def check_transition(now: CaseState, then: CaseState) -> None:
    """Raise NotInThisState unless a case that stands at `now` may turn into `then`."""
    if then not in TRANSITIONS[now]:
        raise NotInThisState(
            _("A case that is “%(now)s” cannot become “%(then)s”.") % {"now": now.label, "then": then.label},
            place="state",
            remedy=_("From here it can become: %(states)s.")
            % {"states": ", ".join(str(state.label) for state in TRANSITIONS[now])}
            if TRANSITIONS[now]
            else _("It is closed: submit the campaign again for a new case."),
        )
