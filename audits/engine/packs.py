"""Rule packs: one law (or house code) is one YAML file of dated, cited rules that carry their own examples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from audits.engine.definitions import Definition, read_definitions
from audits.engine.errors import InvalidPack
from facts import catalogue as fact_catalogue
from facts.catalogue import Catalogue
from facts.conditions import Condition
from facts.errors import InvalidDocument
from facts.reading import measure

__all__ = ["InvalidPack", "Packs", "load_packs"]

PACKS = Path(__file__).parents[1] / "packs"
DEFINITIONS = "definitions.yaml"
CHECKS = "checks.yaml"
MAX_BYTES = 500_000
MOST_DAYS = 64
"""How many days of judging are remembered at once."""
Severity = Literal["block", "human", "advise"]
Checked = Literal["text", "secondary", "memory"]
Side = Literal["can", "should"]
Scope = Literal["campaign", "source"]


@dataclass(frozen=True)
class Citation:
    """Where a rule comes from: a code of the list of laws, the article as the law numbers it, and where to read it."""

    law: str
    article: str
    url: str

    def as_dict(self) -> dict[str, str]:
        """The citation as a finding carries it."""
        return {"law": self.law, "article": self.article, "url": self.url}


@dataclass(frozen=True)
class Dated:
    """A value that changes with time: (first day, value) pairs, oldest first. What is past is never edited."""

    name: str
    values: tuple[tuple[date, Any], ...]

    def on(self, day: date) -> Any:
        """The value on a day; None before the first."""
        current = [value for start, value in self.values if start <= day]
        return current[-1] if current else None


@dataclass(frozen=True)
class Place:
    """Where a rule applies: by where people live, or where the brand is established. Both empty: everywhere.

    A string names a dated list of places.
    """

    people: tuple[str, ...] | str
    brand: tuple[str, ...] | str


@dataclass(frozen=True)
class Example:
    """A fragment of a registration laid over the exemplary one, and whether the rule must speak on it."""

    facts: Mapping[str, Any]
    violates: bool
    day: date | None


@dataclass(frozen=True)
class Rule:
    """One rule. `applies` and `requires` are conditions; `channels` empty means every channel; dates are inclusive.

    `reads` are the facts that it depends on, `uses` the definitions in the order in which they build on each other.
    """

    id: str
    title: str
    citations: tuple[Citation, ...]
    scope: Scope
    where: Place
    channels: tuple[str, ...]
    start: date | None
    end: date | None
    duty_on: str
    applies: Condition | None
    requires: Condition
    severity: Severity
    checked: Checked
    side: Side
    message: str
    remedy: str
    examples: tuple[Example, ...]
    reads: frozenset[str]
    uses: tuple[str, ...]

    @cached_property
    def measured(self) -> bool:
        """Whether it reads measured facts and is therefore asked only where these are supplied."""
        return any(path.startswith("measured.") for path in self.reads)

    def in_force(self, day: date) -> bool:
        """Whether the rule is in force on a day; the first and the last day count."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Pack:
    """One law or house code: its rules, dated values, version and the hash of its file.

    `speaks` names the channels on which it counts as speaking for a country (None: those of its rules). A law that
    covers one aspect of a channel, such as children's data, does not make silence about the rest a clear verdict.
    """

    code: str
    title: str
    version: str
    rules: tuple[Rule, ...]
    values: Mapping[str, Dated]
    speaks: tuple[str, ...] | None
    sha256: str


@dataclass(frozen=True)
class Group:
    """Rules of the same place and the same channels, which are therefore put or left out together."""

    channels: tuple[str, ...]
    measured: bool
    rules: tuple[tuple[Pack, Rule], ...]


@dataclass(frozen=True)
class Packs:
    """The packs that judge together, with the definitions they share."""

    packs: tuple[Pack, ...]
    definitions: Mapping[str, Definition]
    catalogue: Catalogue = field(repr=False)
    definitions_sha256: str = ""

    @property
    def hashes(self) -> dict[str, str]:
        """The hash of each pack by its code, and that of the shared definitions, as a verdict names them."""
        found = {pack.code: f"sha256:{pack.sha256}" for pack in self.packs}
        return found | {"definitions": f"sha256:{self.definitions_sha256}"}

    @cached_property
    def days(self) -> dict[date, tuple[tuple[Place, tuple[Group, ...]], ...]]:
        """The rules in force by day, as far as they were asked for; see `in_force`."""
        return {}

    @cached_property
    def dated(self) -> dict[date, Mapping[str, Any]]:
        """The dated values by day, as far as they were asked for; see `values`."""
        return {}

    @cached_property
    def spoken(self) -> dict[tuple[date, str], frozenset[str]]:
        """The places spoken for by day and channel, as far as they were asked for; see `coverage.spoken`."""
        return {}

    def in_force(self, day: date) -> tuple[tuple[Place, tuple[Group, ...]], ...]:
        """Every rule in force on a day with its pack, by place and then by channels."""
        if day not in self.days:
            if len(self.days) > MOST_DAYS:
                self.days.clear()
            self.days[day] = grouped((pack, rule) for pack in self.packs for rule in pack.rules if rule.in_force(day))
        return self.days[day]

    def values(self, day: date) -> Mapping[str, Any]:
        """The dated values of all packs on a day; those that have no value yet are left out."""
        if day not in self.dated:
            if len(self.dated) > MOST_DAYS:
                self.dated.clear()
            found = {name: dated.on(day) for pack in self.packs for name, dated in pack.values.items()}
            self.dated[day] = {name: value for name, value in found.items() if value is not None}
        return self.dated[day]

    def rule(self, identifier: str) -> Rule:
        """The rule of that id; raises KeyError."""
        return next(rule for pack in self.packs for rule in pack.rules if rule.id == identifier)


def grouped(rules: Iterable[tuple[Pack, Rule]]) -> tuple[tuple[Place, tuple[Group, ...]], ...]:
    """Rules by place, then by channels and whether they read measured facts."""
    places: dict[Place, dict[tuple[tuple[str, ...], bool], list[tuple[Pack, Rule]]]] = {}
    for pack, rule in rules:
        places.setdefault(rule.where, {}).setdefault((rule.channels, rule.measured), []).append((pack, rule))
    return tuple(
        (where, tuple(Group(channels, measured, tuple(some)) for (channels, measured), some in groups.items()))
        for where, groups in places.items()
    )


@lru_cache(maxsize=8)
def load_packs(folder: Path = PACKS, *, prove: bool = True) -> Packs:
    """Read every pack of a folder, with its `definitions.yaml` or else the project's own; raises InvalidPack.

    With `prove`, each rule must come out on its own examples. Cached by folder for the life of the process.
    """
    from audits.engine.proving import prove_rules
    from audits.engine.reading import read_pack

    if not folder.is_dir():
        raise InvalidPack(f"{folder}: not a folder of rule packs")
    shared = folder / DEFINITIONS if (folder / DEFINITIONS).exists() else PACKS / DEFINITIONS
    catalogue = fact_catalogue.load()
    text = shared.read_bytes()
    definitions = read_definitions(decode(shared, text), catalogue)
    files = sorted(path for path in folder.glob("*.yaml") if path.name not in (DEFINITIONS, CHECKS))
    if not files:
        raise InvalidPack(f"{folder}: no rule pack (*.yaml) in it")
    raw = {path: path.read_bytes() for path in files}
    decoded = {path: decode(path, content) for path, content in raw.items()}
    by_code = {entry.get("pack"): entry for entry in decoded.values()}
    packs = tuple(
        read_pack(entry, path.name, by_code, definitions, catalogue, fingerprint(raw, path, entry, decoded))
        for path, entry in decoded.items()
    )
    loaded = Packs(packs, definitions, catalogue, hashlib.sha256(text).hexdigest())
    refuse_twins(loaded)
    if prove:
        prove_rules(loaded)
    return loaded


def decode(path: Path, content: bytes) -> dict[str, Any]:
    """Decode one file of packs; raises InvalidPack, also for what is too large, too deep or multiplied by aliases."""
    if len(content) > MAX_BYTES:
        raise InvalidPack(f"{path.name}: {len(content)} bytes; at most {MAX_BYTES} are allowed")
    try:
        data = yaml.load(content.decode("utf-8"), Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidPack(f"{path.name}: {error}") from error
    if not isinstance(data, dict):
        raise InvalidPack(f"{path.name}: not a mapping")
    try:
        measure(data)
    except InvalidDocument as error:
        raise InvalidPack(f"{path.name}: {error.found}: {error.expected} are allowed") from error
    return data


def fingerprint(
    raw: Mapping[Path, bytes], path: Path, entry: Mapping[str, Any], decoded: Mapping[Path, Mapping[str, Any]]
) -> str:
    """The SHA-256 of a pack's file, and of the file that it adopts rules from."""
    digest = hashlib.sha256(raw[path])
    adopted = (entry.get("adopt") or {}).get("pack")
    for other, data in decoded.items():
        if adopted and data.get("pack") == adopted:
            digest.update(raw[other])
    return digest.hexdigest()


def refuse_twins(packs: Packs) -> None:
    """Raise InvalidPack where a pack, a rule or a dated value stands twice."""
    for kind, names in (
        ("pack", [pack.code for pack in packs.packs]),
        ("rule", [rule.id for pack in packs.packs for rule in pack.rules]),
        ("value", [name for pack in packs.packs for name in pack.values]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidPack(f"{kind} {', '.join(twice)}: stands in more than one place")
