"""What changed between two versions of a house pack: rule by rule, field by field, and line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

import yaml

from audits.house.reading import House

CONTEXT = 2


@dataclass(frozen=True)
class Change:
    """One field that reads otherwise; what was not there before, or is not there any more, is empty."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class RuleChange:
    """One rule that came, went, or changed. `what` is added, removed or changed."""

    id: str
    title: str
    what: str
    changes: tuple[Change, ...] = ()


def rule_changes(old: House, new: House) -> tuple[RuleChange, ...]:
    """Return the rules that differ, those that were added first."""
    before, after = old.entries, new.entries
    added = [_change(after[name], "added") for name in after if name not in before]
    gone = [_change(before[name], "removed") for name in before if name not in after]
    changed = [
        _change(after[name], "changed", tuple(_changes(before[name], after[name])))
        for name in after
        if name in before and before[name] != after[name]
    ]
    return (*added, *gone, *changed)


def _change(entry: Mapping[str, Any], what: str, changes: tuple[Change, ...] = ()) -> RuleChange:
    return RuleChange(str(entry["id"]), str(entry["title"]), what, changes)


def pack_changes(old: House, new: House) -> tuple[Change, ...]:
    """Return what differs in the head of the pack: its title, version, places, dated values."""
    return tuple(_changes(old.head, new.head))


def text_changes(old: str, new: str, names: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the lines that differ with some around them, as (kind, line): added, removed, place or same."""
    kinds = {"+": "added", "-": "removed", "@": "place", " ": "same"}
    lines = unified_diff(old.splitlines(), new.splitlines(), *names, n=CONTEXT, lineterm="")
    return tuple((kinds[line[0]], line) for number, line in enumerate(lines) if number > 1)


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Change(name, _written(old.get(name)), _written(new.get(name)))


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True)).strip()
    return str(value)
