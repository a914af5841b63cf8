"""The life cycles of releases and of single hand-overs."""

from delivery.models import IntentState, ReleaseState

RELEASE: dict[ReleaseState, tuple[ReleaseState, ...]] = {
    ReleaseState.CLEARING: (ReleaseState.READY, ReleaseState.STOPPED, ReleaseState.FAILED),
    ReleaseState.READY: (ReleaseState.RUNNING, ReleaseState.STOPPED),
    ReleaseState.RUNNING: (ReleaseState.PAUSED, ReleaseState.STOPPED, ReleaseState.DONE, ReleaseState.FAILED),
    ReleaseState.PAUSED: (ReleaseState.RUNNING, ReleaseState.STOPPED),
    ReleaseState.STOPPED: (),
    ReleaseState.DONE: (),
    ReleaseState.FAILED: (),
}
# A hand-over that failed may be tried again: then the gate decides anew, and it is in flight anew.
INTENT: dict[IntentState, tuple[IntentState, ...]] = {
    IntentState.IN_FLIGHT: (
        IntentState.HANDED_OVER,
        IntentState.FAILED,
        IntentState.UNKNOWN,
        IntentState.WITHHELD,
    ),
    IntentState.FAILED: (IntentState.IN_FLIGHT, IntentState.WITHHELD),
    IntentState.HANDED_OVER: (),
    IntentState.WITHHELD: (),
    IntentState.UNKNOWN: (),
}
