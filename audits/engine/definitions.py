"""Definitions that several rules share: named conditions with a sentence each, evaluated once per environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from audits.engine.errors import InvalidPack
from facts.catalogue import Catalogue
from facts.conditions import Condition, compile_condition, tokens


@dataclass(frozen=True)
class Definition:
    """A named condition. `reads` are the facts that it depends on, through other definitions too."""

    name: str
    says: str
    condition: Condition
    reads: frozenset[str]


def read_definitions(entries: Mapping[str, Any], catalogue: Catalogue) -> Mapping[str, Definition]:
    """Read definitions in their order (a definition may use those above it); raises InvalidPack."""
    found: dict[str, Definition] = {}
    for name, entry in entries.items():
        if not isinstance(entry, Mapping) or set(entry) != {"says", "when"}:
            raise InvalidPack(f"definition {name}: needs `says` and `when`, and nothing else")
        condition = compile_condition(entry["when"])
        found[name] = Definition(
            name, entry["says"], condition, reads(condition, found, catalogue, f"definition {name}")
        )
    return found


def reads(
    condition: Condition, definitions: Mapping[str, Definition], catalogue: Catalogue, where: str
) -> frozenset[str]:
    """The facts that a condition depends on, directly or through definitions.

    Raises InvalidPack where it names what is neither a fact, nor a dated value, nor a definition.
    """
    facts: set[str] = set()
    for path in condition.paths:
        if not path.startswith("values.") and catalogue.get(path) is None:
            raise InvalidPack(f"{where}: {path} is not in the catalogue of facts")
        facts.add(path)
    for name in condition.names:
        if name not in definitions:
            raise InvalidPack(f"{where}: {name} is neither a fact nor a definition above it")
        facts |= definitions[name].reads
    shadowed = condition.bound & (definitions.keys() | {"brand", "source", "campaign", "measured", "values"})
    if shadowed:
        raise InvalidPack(f"{where}: the variable {', '.join(shadowed)} hides a fact or definition")
    return frozenset(facts)


def uses(names: Iterable[str], definitions: Mapping[str, Definition]) -> tuple[str, ...]:
    """The definitions behind some names, each after those that it builds on."""
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        needed.add(name)
        waiting.extend(definitions[name].condition.names)
    return tuple(name for name in definitions if name in needed)


def expanded(source: str, definitions: Mapping[str, Definition]) -> str:
    """A condition with each definition's name replaced by its expression, for readers that know no definitions."""
    parts, before = [], ""
    for token in tokens(source):
        if token.kind == "name" and before != "." and token.text in definitions:
            parts.append(f"({expanded(definitions[token.text].condition.source, definitions)})")
        else:
            parts.append(token.text)
        before = token.text
    return " ".join(parts).replace(" . ", ".")
