"""The life of a data source."""

from sources.models import SourceState

LIFE: dict[SourceState, dict[str, SourceState]] = {
    SourceState.DRAFT: {"activate": SourceState.ACTIVE, "retire": SourceState.RETIRED},
    SourceState.ACTIVE: {"suspend": SourceState.SUSPENDED, "retire": SourceState.RETIRED},
    SourceState.SUSPENDED: {"activate": SourceState.ACTIVE, "retire": SourceState.RETIRED},
    SourceState.RETIRED: {},
}
"""From each state: what may be done, and where that leads."""
