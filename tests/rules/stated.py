"""What is stated of whole registrations, without a word of rules: cases, their twins, controls, and places that are clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from audits.engine.asking import Answer, ask, both, channel_truth
from audits.engine.case import Asked, Case, open_case, put_to, reach
from audits.engine.packs import Packs, Rule
from audits.engine.questions import facts_to_ask
from audits.engine.verdict import Can, effect_of, worst
from facts import document
from facts.conditions import Truth
from tests.registrations import overlaid, registered

DATA = Path(__file__).resolve().parents[1] / "data" / "cases"
DAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Stated:
    """A registration, the verdicts that are right for it, the laws of which one must be named, and what must be asked."""

    name: str
    case: Case
    right: frozenset[str]
    laws: frozenset[str]
    asks: frozenset[str]
    found: Mapping[str, tuple[Can, frozenset[str], frozenset[str]]]
    asked: frozenset[str]

    def holds(self, told: Mapping[str, tuple[Can, frozenset[str], frozenset[str]]]) -> bool:
        """Whether what the rules found is what is stated, with no law named besides that was not named before."""
        effects = [effect for effect, _, _ in told.values()]
        verdict = worst(effects)
        if verdict not in self.right or not self.asks <= {path for _, _, asks in told.values() for path in asks}:
            return False
        cited = self.cited(told, verdict)
        return not self.laws or bool(cited & self.laws and cited <= self.laws | self.cited(self.found, verdict))

    def cited(self, told: Mapping[str, tuple[Can, frozenset[str], frozenset[str]]], verdict: str) -> frozenset[str]:
        """The laws of the findings that matter for the verdict."""
        heavy = [laws for effect, laws, _ in told.values() if effect == "blocked" or verdict != "blocked"]
        return frozenset().union(*heavy)

    def with_mutant(self, rule: Rule, packs: Packs) -> Mapping[str, tuple[Can, frozenset[str], frozenset[str]]]:
        """What the rules find when one of them is another."""
        told = {name: found for name, found in self.found.items() if name != rule.id}
        new = outcome(rule, self.case, packs)
        return told | ({rule.id: new} if new else {})


def outcome(rule: Rule, case: Case, packs: Packs) -> tuple[Can, frozenset[str], frozenset[str]] | None:
    """The effect, the laws and the questions of one rule in a case; None where it finds nothing."""
    place, _ = reach(rule.where, case)
    if not rule.in_force(case.on) or both(place, channel_truth(rule.channels, case.campaign.here)) is Truth.FALSE:
        return None
    answers = [(scope, ask(rule, scope.here, place)) for scope in case.scopes(rule)]
    spoken = [(scope, answer) for scope, answer in answers if answer.outcome is not None]
    if not spoken or rule.side != "can" or rule.severity == "advise":
        return None
    asks = [facts_to_ask(rule, scope.here, packs, place) for scope, answer in spoken if is_open(answer)]
    laws = frozenset(citation.law for citation in rule.citations)
    return (
        worst([effect_of(rule.side, rule.severity, str(answer.outcome)) for _, answer in spoken]),
        laws,
        frozenset(path for one in asks for path in one),
    )


def is_open(answer: Answer) -> bool:
    """Whether an answer is a question."""
    return answer.outcome == "unanswered"


def corpus(packs: Packs) -> Iterator[Stated]:
    """Every case, twin and control of the project's own data."""
    for name, facts, right, laws, asks in told():
        case = open_case(document.parse(registered(facts)), packs, DAY, None)
        rules: list[Asked] = list(put_to(case))
        found = {one.rule.id: outcome(one.rule, case, packs) for one in rules}
        known = {rule: one for rule, one in found.items() if one is not None}
        stated = Stated(name, case, frozenset(right), frozenset(laws), frozenset(asks), known, frozenset(found))
        if stated.holds(known):
            yield stated


def told() -> Iterator[tuple[str, dict[str, Any], list[str], list[str], list[str]]]:
    """Each registration by name: facts, right verdicts, accepted laws, questions."""
    cases = [one for one in read("enforcement.yaml") if one["confidence"] != "low"] + read("decisions.yaml")["cases"]
    for one in cases:
        if "can" in one["expect"]:
            yield one["id"], one["facts"], [one["expect"]["can"]], one["expect"]["laws"], []
        if "can" in one["twin_expect"]:
            right = ["clear", "needs_human"] if one["twin_expect"]["can"] == "needs_human" else ["clear"]
            yield f"{one['id']}, done right", overlaid(one["facts"], one["twin"]), right, [], []
    for story in read("controls.yaml"):
        for name, variant in story["variants"].items():
            right = [variant["can"]] if "can" in variant else ["needs_human"] if "asks" in variant else []
            if right:
                yield f"{story['id']}, {name}", variant["facts"], right, [], variant.get("asks", [])


def read(name: str) -> Any:
    """One file of cases."""
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
