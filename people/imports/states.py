"""The life of an import."""

from sources.models import ImportState

IMPORT: dict[ImportState, tuple[ImportState, ...]] = {
    ImportState.WAITING: (ImportState.RUNNING, ImportState.FAILED),
    ImportState.RUNNING: (ImportState.DONE, ImportState.FAILED),
    ImportState.DONE: (),
    ImportState.FAILED: (),
}
