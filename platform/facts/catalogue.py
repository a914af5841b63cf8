"""The catalogue of facts: every question a brand answers, with its answers, group, condition and order."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from facts.conditions import Condition, compile_condition

Kind = Literal["bool", "int", "number", "text", "country", "countries", "fields", "choice", "choices"]
Order = tuple[Any, ...] | Literal["rising", "falling"] | None
Change = Literal["plan", "history"]
SECTIONS = ("brand", "source", "campaign")
HERE = Path(__file__).parent
TYPED: frozenset[str] = frozenset({"bool", "int", "number", "text", "country", "countries", "fields"})


class InvalidCatalogue(ValueError):
    """A catalogue file that contradicts itself; the message names the fact."""


@dataclass(frozen=True)
class Group:
    """One section of a form: `section` is brand, source or campaign. See Fact for `change` and `because`."""

    section: str
    key: str
    title: str
    change: Change = "history"
    because: str = ""


@dataclass(frozen=True)
class Fact:
    """One question. `path` is dotted and starts with its section; `clean` is the exemplary answer.

    `order` lists the answers from better to worse, or says that a number or a set gets worse as it is `rising` or
    `falling`; None where no answer is worse than another. `when` is the condition under which it must be asked.
    `change` says whether a plan can still give another answer, or whether it is history, and `because` why.
    """

    path: str
    section: str
    ask: str
    kind: Kind
    choices: tuple[str, ...]
    clean: Any
    when: Condition | None
    group: str
    order: Order
    change: Change = "history"
    because: str = ""

    @property
    def name(self) -> str:
        """The path inside the section, such as `consent.method`."""
        return self.path.partition(".")[2]


@dataclass(frozen=True)
class Catalogue:
    """All facts by path, the groups of the forms in order, and the measured facts (never part of a document)."""

    facts: Mapping[str, Fact]
    groups: tuple[Group, ...]
    measured: Mapping[str, Fact]
    trees: Mapping[str, Mapping[str, Any]] = field(repr=False)

    def section(self, section: str) -> tuple[Fact, ...]:
        """The facts of one section in the order of the catalogue."""
        return tuple(fact for fact in self.facts.values() if fact.section == section)

    def tree(self, section: str) -> Mapping[str, Any]:
        """The section as nested mappings whose leaves are facts."""
        return self.trees[section]

    def get(self, path: str) -> Fact | None:
        """The declared or measured fact of that path, or None."""
        return self.facts.get(path) or self.measured.get(path)

    def clean(self, section: str) -> dict[str, Any]:
        """The exemplary answers of one section, nested as in a registration document."""
        return {key: clean_answer(node) for key, node in self.tree(section).items()}

    def environment(self, section: str, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answered facts of one section by path, as CEL reads them: absent ones left out, numbers as floats."""
        return dict(flat(self.tree(section), answers))


def clean_answer(node: Any) -> Any:
    """The exemplary answer of a fact, or of every fact below a group."""
    if isinstance(node, Fact):
        return copy.deepcopy(node.clean)
    return {key: clean_answer(below) for key, below in node.items()}


def flat(tree: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the answered facts of a tree with their paths; see `Catalogue.environment`."""
    for key, node in tree.items():
        answer = answers.get(key)
        if answer is None:
            continue
        if not isinstance(node, Fact):
            yield from flat(node, answer if isinstance(answer, Mapping) else {})
        else:
            yield node.path, float(answer) if node.kind == "number" else answer


@lru_cache(maxsize=1)
def load() -> Catalogue:
    """Read the catalogue that ships with the project; raises InvalidCatalogue. Cached for the life of the process."""
    return read(HERE / "catalogue.yaml", HERE / "measured.yaml")


def read(path: Path, measured: Path) -> Catalogue:
    """Read a catalogue and the measured facts from their files; raises InvalidCatalogue."""
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    groups = tuple(
        Group(section, entry["key"], entry["title"], *read_change(entry, f"groups.{section}.{entry['key']}"))
        for section in SECTIONS
        for entry in data["groups"][section]
    )
    trees = {section: read_tree(data[section], section, groups) for section in SECTIONS}
    extra = yaml.load(measured.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    trees["measured"] = read_tree(extra["measured"], "measured", ())
    facts = {fact.path: fact for section in SECTIONS for fact in leaves(trees[section])}
    catalogue = Catalogue(facts, groups, {fact.path: fact for fact in leaves(trees["measured"])}, trees)
    for fact in facts.values():
        unknown = (fact.when.paths if fact.when else frozenset()) - facts.keys()
        if unknown:
            raise InvalidCatalogue(f"{fact.path}: its condition names {', '.join(sorted(unknown))}, which is no fact")
    return catalogue


def leaves(tree: Mapping[str, Any]) -> Iterator[Fact]:
    """Every fact of a tree in its order."""
    for node in tree.values():
        if isinstance(node, Fact):
            yield node
        else:
            yield from leaves(node)


def read_tree(entries: Mapping[str, Any], where: str, groups: tuple[Group, ...]) -> dict[str, Any]:
    """Build the tree of facts of one section from the decoded YAML."""
    return {
        key: read_fact(entry, f"{where}.{key}", groups)
        if "ask" in entry
        else read_tree(entry, f"{where}.{key}", groups)
        for key, entry in entries.items()
    }


def read_fact(entry: Mapping[str, Any], path: str, groups: tuple[Group, ...]) -> Fact:
    """Build one fact; raises InvalidCatalogue where its entry is incomplete or contradicts itself."""
    section = path.partition(".")[0]
    choices = tuple(entry.get("choices", ()))
    kind: Kind = ("choices" if entry.get("many") else "choice") if choices else entry.get("type", "")
    if not choices and kind not in TYPED:
        raise InvalidCatalogue(f"{path}: neither choices nor a known type")
    group = entry.get("group", "")
    if groups and (section, group) not in {(known.section, known.key) for known in groups}:
        raise InvalidCatalogue(f"{path}: its group {group!r} is not listed under groups.{section}")
    when = compile_condition(entry["when"]) if "when" in entry else None
    order = read_order(entry.get("order"), path, kind, choices)
    own = {known.key: known for known in groups if known.section == section}.get(group)
    change, because = read_change(entry, path, (own.change, own.because) if own else ("history", ""))
    return Fact(path, section, entry["ask"], kind, choices, entry.get("clean"), when, group, order, change, because)


def read_change(
    entry: Mapping[str, Any], where: str, inherited: tuple[Change, str] = ("history", "")
) -> tuple[Change, str]:
    """Whether an answer can still change, and why; raises InvalidCatalogue for another word or without a reason."""
    if "change" not in entry:
        return inherited
    if entry["change"] not in ("plan", "history") or not entry.get("because"):
        raise InvalidCatalogue(f"{where}: change is plan or history, with the reason under because")
    return ("plan" if entry["change"] == "plan" else "history"), entry["because"]


def read_order(order: Any, path: str, kind: Kind, choices: tuple[str, ...]) -> Order:
    """Check an order against the kind of the fact: a full list for closed answers, a direction for numbers and sets."""
    if order is None:
        return None
    if kind in ("bool", "choice"):
        expected = {True, False} if kind == "bool" else set(choices)
        if isinstance(order, list) and len(order) == len(expected) and set(order) == expected:
            return tuple(order)
    elif order in ("rising", "falling"):
        return "rising" if order == "rising" else "falling"
    raise InvalidCatalogue(f"{path}: the order {order!r} does not fit its answers")
