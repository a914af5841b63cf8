"""The checks that the law asks for, and where each is answered: `audits/packs/checks.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from audits.engine.errors import InvalidPack
from audits.engine.packs import CHECKS, PACKS, decode

KEYS = {"rules", "clearance", "gate", "out_of_reach"}


@dataclass(frozen=True)
class Answered:
    """Where one check is answered: by rules of packs, for each person at clearance or hand-over, or why not here."""

    rules: tuple[str, ...] = ()
    clearance: tuple[str, ...] = ()
    gate: tuple[str, ...] = ()
    out_of_reach: str = ""


def load_checks(path: Path = PACKS / CHECKS) -> Mapping[str, Answered]:
    """Read the table of checks by their id, in its order; raises InvalidPack."""
    found = {}
    for name, entry in decode(path, path.read_bytes()).items():
        if not isinstance(entry, Mapping) or not entry or set(entry) - KEYS:
            raise InvalidPack(f"{path.name}: {name}: needs some of {', '.join(sorted(KEYS))}, and nothing else")
        lists = {key: tuple(entry.get(key, ())) for key in ("rules", "clearance", "gate")}
        found[name] = Answered(**lists, out_of_reach=entry.get("out_of_reach", ""))
    return found
