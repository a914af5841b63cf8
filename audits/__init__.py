"""Audits: rule packs and their engine, light touch, findings, cases, decisions."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audits.engine import Packs


def packs_in_use() -> "Packs":
    """Return the rule packs that this installation judges by, loaded once in the life of the process."""
    from audits.engine import load_packs

    return load_packs()


def rules_in_use() -> dict[str, str]:
    """Return the hashes of what a verdict rests on: the rule packs, the light-touch table, the checks of content."""
    from audits import content
    from audits.engine.light_touch.table import load_table

    touch, read = load_table().sha256, content.sha256()
    return packs_in_use().hashes | {"light_touch": f"sha256:{touch}", "content": f"sha256:{read}"}
