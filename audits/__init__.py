"""Audits: rule packs and their engine, light touch, findings, cases, decisions."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.engine import Packs


def packs_in_use() -> "Packs":
    """Return the rule packs that this installation judges by, loaded once in the life of the process."""
    from audits.engine import load_packs

    return load_packs()
