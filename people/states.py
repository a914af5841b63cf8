"""The lives of a person's record and of an import: from each state, what may be done and where that leads."""

from enum import Enum
from typing import TypeVar

from people.models import PersonState
from sources.models import ImportState

S = TypeVar("S", bound=Enum)

PERSON: dict[PersonState, dict[str, PersonState]] = {
    PersonState.ACTIVE: {"restrict": PersonState.RESTRICTED, "erase": PersonState.ERASED},
    PersonState.RESTRICTED: {"lift the restriction": PersonState.ACTIVE, "erase": PersonState.ERASED},
    PersonState.ERASED: {},
}

IMPORT: dict[ImportState, dict[str, ImportState]] = {
    ImportState.WAITING: {"begin": ImportState.RUNNING, "fail": ImportState.FAILED},
    ImportState.RUNNING: {
        "go on after a crash": ImportState.RUNNING,
        "finish": ImportState.DONE,
        "fail": ImportState.FAILED,
    },
    ImportState.DONE: {},
    ImportState.FAILED: {"try again": ImportState.RUNNING},
}


def leads(life: dict[S, dict[str, S]], now: S, to: S) -> bool:
    """Say whether one step leads from one state to another."""
    return to in life[now].values()
