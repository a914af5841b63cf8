"""A pack is its own test: each rule must find its violated examples and stay silent on the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from audits.engine.asking import OUTCOME, ask
from audits.engine.environment import changed, defined
from audits.engine.errors import InvalidPack
from audits.engine.packs import Example, Packs, Rule
from facts import document
from facts.catalogue import Catalogue, Fact
from facts.catalogue import load as load_catalogue
from facts.document import InvalidDocument
from facts.places import COUNTRIES

SECTIONS = ("brand", "source", "campaign")


def prove_rules(packs: Packs) -> None:
    """Raise InvalidPack for the first rule that does not come out as its own examples say."""
    for pack in packs.packs:
        for rule in pack.rules:
            for number, example in enumerate(rule.examples, 1):
                outcome = outcome_of(rule, example, packs)
                expected = OUTCOME[rule.severity] if example.violates else None
                if outcome != expected:
                    raise InvalidPack(
                        f"{pack.code}: rule {rule.id}: example {number} comes out as {outcome or 'silent'}, "
                        f"expected {expected or 'silent'}"
                    )


def outcome_of(rule: Rule, example: Example, packs: Packs) -> str | None:
    """What a rule says on one of its examples; raises InvalidPack where the example is no valid fragment."""
    values = packs.values(example.day or rule.end or date.max)
    answers = example_answers(rule, example, packs) | {f"values.{name}": value for name, value in values.items()}
    read = {path: answers[path] for path in {*rule.reads, "campaign.channels"} if path in answers}
    return ask(rule, defined(read, [packs.definitions[name] for name in rule.uses])).outcome


def example_answers(rule: Rule, example: Example, packs: Packs) -> dict[str, Any]:
    """The exemplary answers, moved to the first country and channel of the rule, with the example laid over them."""
    refuse_invalid(rule, example, packs.catalogue)
    answers = dict(exemplary())
    people = rule.where.people if isinstance(rule.where.people, tuple) else packs.values(date.max)[rule.where.people]
    if people:
        answers["campaign.countries"] = [people[0]]
        answers["brand.country"] = people[0] if people[0] in COUNTRIES else people[0][:2]
    if rule.channels and not set(rule.channels) & set(answers["campaign.channels"]):
        answers["campaign.channels"] = [rule.channels[0]]
    overlay: dict[str, Any] = {}
    for section, facts in example.facts.items():
        overlay |= dict(paths(packs.catalogue.trees[section], facts))
    return changed(answers, overlay)


def refuse_invalid(rule: Rule, example: Example, catalogue: Catalogue) -> None:
    """Raise InvalidPack where an example is not a fragment of a registration."""
    facts = example.facts
    unknown = set(facts) - {*SECTIONS, "measured"}
    if unknown:
        raise InvalidPack(f"rule {rule.id}: its example has the unknown parts {sorted(unknown)}")
    fragment = {"registration": 1, "brand": facts.get("brand"), "sources": [{"key": "x", **facts.get("source", {})}]}
    try:
        document.parse(fragment | {"campaign": {"key": "x", **facts.get("campaign", {})}}, catalogue)
    except InvalidDocument as error:
        raise InvalidPack(f"rule {rule.id}: its example is no valid registration: {error}") from error


@lru_cache(maxsize=1)
def exemplary() -> Mapping[str, Any]:
    """Every fact's exemplary answer by its path."""
    catalogue = load_catalogue()
    answers: dict[str, Any] = {}
    for section in SECTIONS:
        answers |= catalogue.environment(section, catalogue.clean(section))
    return answers


def paths(tree: Mapping[str, Any], facts: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the answers of a fragment with their paths, unanswered ones too."""
    for key, value in facts.items():
        node = tree[key]
        if not isinstance(node, Fact):
            yield from paths(node, value or {})
        else:
            yield node.path, float(value) if node.kind == "number" and value is not None else value
