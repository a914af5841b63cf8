"""The life cycle of an audit case, as one dict: from each state, what may happen, and where that leads.

Any edit of the draft or of one of its data sources voids a case that is not closed. The database holds the same
table (guards.py), so that no other path leads to an approval.
"""

from django.utils.translation import gettext as _

from audits.models import OPEN, CaseState, PackState
from kernel.errors import DomainError

LIFE: dict[CaseState, dict[str, CaseState]] = {
    CaseState.CHECKING: {"check": CaseState.IN_REVIEW, "fail": CaseState.FAILED, "void": CaseState.VOIDED},
    CaseState.FAILED: {"recheck": CaseState.CHECKING, "void": CaseState.VOIDED},
    CaseState.IN_REVIEW: {
        "approve": CaseState.APPROVED,
        "ask_changes": CaseState.CHANGES_ASKED,
        "refuse": CaseState.REFUSED,
        "void": CaseState.VOIDED,
    },
    CaseState.APPROVED: {"void": CaseState.VOIDED},
    CaseState.CHANGES_ASKED: {},
    CaseState.REFUSED: {},
    CaseState.VOIDED: {},
}
PACK_LIFE: dict[PackState, dict[str, PackState]] = {
    PackState.DRAFT: {"switch_on": PackState.ON},
    PackState.ON: {"switch_off": PackState.OFF, "replace": PackState.REPLACED},
    PackState.OFF: {"switch_on": PackState.ON},
    PackState.REPLACED: {"switch_on": PackState.ON},
}
CLOSED = frozenset(CaseState) - frozenset(OPEN)


class NotInThisState(DomainError):
    """This cannot happen to the case where it stands."""

    code = "not_in_this_state"


def after(event: str, state: CaseState) -> CaseState:
    """Return where `event` leads a case that stands at `state`. Raises NotInThisState."""
    if event not in LIFE[state]:
        raise NotInThisState(
            _("The case is “%(state)s”: this cannot happen to it now.") % {"state": state.label},
            place="state",
            remedy=_("Submit the campaign again for a new case.") if state in CLOSED else "",
        )
    return LIFE[state][event]


def pack_after(event: str, state: PackState) -> PackState:
    """Return where `event` leads a version of a house pack that stands at `state`. Raises NotInThisState."""
    if event not in PACK_LIFE[state]:
        raise NotInThisState(
            _("This version is “%(state)s”: this cannot happen to it now.") % {"state": state.label}, place="state"
        )
    return PACK_LIFE[state][event]
