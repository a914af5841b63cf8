"""The counts of a release, maintained with each change and never aggregated. Call with the release's row locked."""

from collections import Counter
from collections.abc import Iterable

from delivery.models import Intent, IntentState, Release

BUCKETS = ("in_flight", "handed_over", "withheld", "waiting", "failed", "unknown")
CLEARED_BY, WITHHELD_BY = "cleared_by", "withheld_by"


def bucket(intent: Intent) -> str:
    """Return under which count a hand-over stands: what failed and will be tried again is `waiting`."""
    if intent.state == IntentState.FAILED:
        return "waiting" if intent.run_after is not None else "failed"
    return str(intent.state)


def moved(release: Release, before: Iterable[str], after: Iterable[str]) -> None:
    """Take hand-overs out of the counts they stood under and put them under the new ones; the caller saves."""
    change = Counter(after)
    change.subtract(before)
    for name, count in change.items():
        release.counts[name] = release.counts.get(name, 0) + count


def add(release: Release, under: str, reasons: Counter[str]) -> None:
    """Add to the counts per reason; the caller saves."""
    if not reasons:
        return
    told = release.counts.setdefault(under, {})
    for reason, count in reasons.items():
        told[reason] = told.get(reason, 0) + count
