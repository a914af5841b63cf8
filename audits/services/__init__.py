"""The writes of audits: submit, check, decide, void."""

from audits.services.checking import STEPS, TamperedVersion, check, fail
from audits.services.deciding import (
    Blocked,
    DraftChanged,
    ReasonMissing,
    RulesChanged,
    SeenAnotherVerdict,
    decide,
)
from audits.services.submitting import RefusedBefore, recheck, submit
from audits.services.turning import void, void_if_changed

__all__ = [
    "STEPS",
    "Blocked",
    "DraftChanged",
    "ReasonMissing",
    "RefusedBefore",
    "RulesChanged",
    "SeenAnotherVerdict",
    "TamperedVersion",
    "check",
    "decide",
    "fail",
    "recheck",
    "submit",
    "void",
    "void_if_changed",
]
