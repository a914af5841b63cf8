"""The life cycles of releases and of single hand-overs, and what happens when a step does not exist."""

from django.utils.translation import gettext as _

from delivery.models import EventState, IntentState, ReleaseState
from kernel.errors import DomainError

RELEASE: dict[ReleaseState, dict[str, ReleaseState]] = {
    ReleaseState.CLEARING: {
        "clear": ReleaseState.READY,
        "stop": ReleaseState.STOPPED,
        "fail": ReleaseState.FAILED,
    },
    ReleaseState.READY: {"go": ReleaseState.RUNNING, "stop": ReleaseState.STOPPED},
    ReleaseState.RUNNING: {
        "pause": ReleaseState.PAUSED,
        "stop": ReleaseState.STOPPED,
        "finish": ReleaseState.DONE,
        "fail": ReleaseState.FAILED,
    },
    ReleaseState.PAUSED: {"resume": ReleaseState.RUNNING, "stop": ReleaseState.STOPPED},
    ReleaseState.STOPPED: {},
    ReleaseState.DONE: {},
    ReleaseState.FAILED: {},
}
# What failed may be tried again: the gate decides anew, and it is in flight anew.
INTENT: dict[IntentState, dict[str, IntentState]] = {
    IntentState.IN_FLIGHT: {
        "arrive": IntentState.HANDED_OVER,
        "fail": IntentState.FAILED,
        "lose": IntentState.UNKNOWN,
    },
    IntentState.FAILED: {
        "retry": IntentState.IN_FLIGHT,
        "withhold": IntentState.WITHHELD,
        "lose": IntentState.UNKNOWN,
    },
    IntentState.HANDED_OVER: {},
    IntentState.WITHHELD: {},
    IntentState.UNKNOWN: {},
}
# What was decided and waits to be tried again may still be stopped.
EVENT: dict[EventState, dict[str, EventState]] = {
    EventState.WAITING: {
        "decide": EventState.DECIDED,
        "stop": EventState.STOPPED,
        "expire": EventState.EXPIRED,
    },
    EventState.DECIDED: {"stop": EventState.STOPPED},
    EventState.STOPPED: {},
    EventState.EXPIRED: {},
    EventState.NOTED: {},
}


class NotInThisState(DomainError):
    """The release cannot do this where it stands."""

    code = "not_in_this_state"


def after(state: str, step: str) -> ReleaseState:
    """Return the state that a step leads to. Raises NotInThisState."""
    now = ReleaseState(state)
    try:
        return RELEASE[now][step]
    except KeyError:
        raise NotInThisState(
            _("The release is %(state)s; this cannot be done now.") % {"state": now.label}, place="state"
        ) from None
