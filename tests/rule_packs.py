"""Small rule packs for tests: one rule at a time, written as YAML into a folder of its own."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from audits.engine import Packs, load_packs

RULE: dict[str, Any] = {
    "id": "house.one",
    "title": "One rule",
    "article": "1",
    "scope": "campaign",
    "requires": "campaign.promotional",
    "severity": "block",
    "checked": "text",
    "message": "It is so.",
    "remedy": "Change it.",
    "examples": {"violates": [{"campaign": {"promotional": False}}], "silent": [{"campaign": {"promotional": True}}]},
}
PACK: dict[str, Any] = {"pack": "House", "title": "House code", "version": "1", "where": {"people": ["GB"]}}


def write_pack(folder: Path, *rules: Mapping[str, Any], **pack: Any) -> Path:
    """Write a pack whose rules are `RULE` with the given keys replaced; None takes a key away."""
    entries = [{key: value for key, value in {**RULE, **rule}.items() if value is not None} for rule in rules]
    data = copy.deepcopy({**PACK, **pack, "rules": entries})
    (folder / f"{data['pack'].lower()}.yaml").write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    return folder


def one_rule(folder: Path, **rule: Any) -> Packs:
    """Packs with this one rule; examples are not put to the proof."""
    load_packs.cache_clear()
    return load_packs(write_pack(folder, rule), prove=False)
