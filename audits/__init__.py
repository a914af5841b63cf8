"""Audits: rule packs and their engine, light touch, findings, cases, decisions."""

from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from audits.engine import Packs


def packs_in_use(brand_id: UUID | None = None) -> "Packs":
    """Return the rule packs that a brand is judged by: those of the installation, and its own that are on.

    Without a brand those of the installation, loaded once in the life of the process. Raises PackFault.
    """
    from audits.engine import load_packs

    if brand_id is None:
        return load_packs()
    from audits.house import in_use

    return in_use.packs(brand_id)


def rules_in_use(brand_id: UUID | None = None) -> dict[str, str]:
    """Return the hashes of what a verdict rests on: the rule packs, the light-touch table, the checks of content."""
    from audits import content
    from audits.engine.light_touch.table import load_table

    touch, read = load_table().sha256, content.sha256()
    rules = packs_in_use().hashes | {"light_touch": f"sha256:{touch}", "content": f"sha256:{read}"}
    if brand_id is None:
        return rules
    from audits.house import in_use

    return rules | in_use.hashes(brand_id)
