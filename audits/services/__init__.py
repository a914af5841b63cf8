"""The writes of audits: submit, check, decide, void; and house packs."""

from audits.services.checking import STEPS, TamperedVersion, check, fail
from audits.services.deciding import (
    Blocked,
    DraftChanged,
    ReasonMissing,
    RulesChanged,
    SeenAnotherVerdict,
    decide,
)
from audits.services.house_packs import (
    DRY_RUN,
    AnotherCode,
    DryRunMissing,
    SeenAnotherText,
    Switched,
    start_dry_run,
    switch_off,
    switch_on,
    write_pack,
)
from audits.services.submitting import RefusedBefore, recheck, submit
from audits.services.turning import void, void_if_changed

__all__ = [
    "DRY_RUN",
    "STEPS",
    "AnotherCode",
    "Blocked",
    "DraftChanged",
    "DryRunMissing",
    "ReasonMissing",
    "RefusedBefore",
    "RulesChanged",
    "SeenAnotherText",
    "SeenAnotherVerdict",
    "Switched",
    "TamperedVersion",
    "check",
    "decide",
    "fail",
    "recheck",
    "start_dry_run",
    "submit",
    "switch_off",
    "switch_on",
    "void",
    "void_if_changed",
    "write_pack",
]
