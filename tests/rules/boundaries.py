"""Registrations near the boundaries of rules, with what every rule is expected to say on them.

`tests/data/rules/boundaries.yaml` names the situations (overlays on the exemplary registration). Each of them is varied by
one more answer at a time; `tests/data/rules/expected.yaml` holds, for each variation, the rules that speak. Each rule sees
a registration in its own first place and on a channel of its own, as with its examples.

The table was recorded from the packs. What a single answer does (`alone`) was then read line by line against the laws; the
rest was not: it proves that a rule still says what it said, where the cases prove that it says what is right.
`python -m tests.rules.boundaries` writes it anew: read the difference against the law before it is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from audits.engine import load_packs
from audits.engine.asking import ask
from audits.engine.environment import Environment, changed, defined
from audits.engine.packs import Packs, Rule
from audits.engine.proving import exemplary, paths
from facts import catalogue
from facts.catalogue import Fact
from facts.places import COUNTRIES

DATA = Path(__file__).resolve().parents[1] / "data" / "rules"
FACTS = catalogue.load()
SHAPE = ("campaign.countries", "campaign.channels", "brand.country")
NUMBERS: dict[str, tuple[int, ...]] = {
    "campaign.audience.youngest_age": (11, 12, 13, 14, 15, 16, 17),
    "campaign.audience.size": (4999, 5000, 99_999, 100_000),
    "campaign.message.unsubscribe_days": (2, 3, 5, 6, 7, 8, 14, 15),
    "campaign.timing.per_week": (21, 22),
    "campaign.timing.total": (1, 2),
    "source.consent.age_months": (3, 4, 7, 12, 13, 24, 25),
}
HOURS = (
    "09:00-20:00",
    "09:00-21:00",
    "09:00-20:30",
    "09:00-22:00",
    "07:00-19:00",
    "08:00-18:00",
    "10:00-9:00",
    "evening",
)


@lru_cache(maxsize=1)
def stated() -> Mapping[str, Any]:
    """The situations, the places and the days that are written down by hand."""
    data: Mapping[str, Any] = yaml.safe_load((DATA / "boundaries.yaml").read_text(encoding="utf-8"))
    return data


@lru_cache(maxsize=1)
def expected() -> Mapping[str, Any]:
    """Which rules speak, by situation and variation."""
    data: Mapping[str, Any] = yaml.load((DATA / "expected.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return data


def answers_for(fact: Fact) -> list[Any]:
    """The other answers to one question that are tried."""
    if fact.path == "campaign.timing.local_hours":
        return list(HOURS)
    if fact.path == "campaign.data_used.used":
        return [["email"]]
    if fact.kind == "bool":
        return [True, False]
    if fact.kind == "choice":
        return list(fact.choices)
    if fact.kind == "choices":
        return [[], *([choice] for choice in fact.choices)]
    numbers = NUMBERS.get(fact.path, ())
    return [float(number) if fact.kind == "number" else number for number in numbers]


def variations() -> Iterator[tuple[str, str, Any]]:
    """Every variation as (its name, the fact, the answer); the empty one first."""
    yield "", "", None
    for fact in FACTS.facts.values():
        for answer in answers_for(fact) if fact.path not in SHAPE else ():
            told = ",".join(answer) if isinstance(answer, list) else str(answer)
            yield f"{fact.path}={told}", fact.path, answer


def as_seen(rule: Rule, situation: Mapping[str, Any], packs: Packs) -> dict[str, Any]:
    """The answers of a situation in the first place of a rule, on a channel that it is about."""
    answers = dict(exemplary())
    named = rule.where.people
    people = named if isinstance(named, tuple) else packs.values(date.max)[named]
    if people:
        answers["campaign.countries"] = [people[0]]
        answers["brand.country"] = people[0] if people[0] in COUNTRIES else people[0][:2]
    overlay: dict[str, Any] = {}
    for section, facts in situation.items():
        overlay |= dict(paths(FACTS.trees[section], facts))
    answers = changed(answers, overlay)
    if rule.channels and not set(rule.channels) & set(answers["campaign.channels"]):
        answers["campaign.channels"] = [rule.channels[0]]
    return answers | {f"values.{name}": value for name, value in packs.values(rule.end or date.max).items()}


def environments(rule: Rule, packs: Packs) -> Iterator[tuple[str, str, str, Environment | None]]:
    """Each situation and variation that a rule can tell apart: their names, what the rule reads of it, and the environment.

    What it read before comes without an environment.
    """
    seen: set[str] = set()
    reads = {*rule.reads, "campaign.channels"}
    used = [packs.definitions[name] for name in rule.uses]
    for name, situation in stated()["situations"].items():
        answers = as_seen(rule, situation, packs)
        read = {path: answers[path] for path in sorted(reads) if path in answers}
        for variation, path, answer in variations():
            if path and path not in rule.reads:
                continue
            here = {**read, path: answer} if path else read
            key = repr(sorted(here.items()))
            yield name, variation, key, None if key in seen else defined(here, used)
            seen.add(key)


def speaks(rule: Rule, here: Environment) -> bool:
    """Whether a rule finds something."""
    return ask(rule, here).outcome is not None


def is_expected(rule: str, situation: str, variation: str) -> bool:
    """Whether the table says that a rule speaks on a situation and variation."""
    said = expected()[situation]["except"].get(variation, ())
    return f"+{rule}" in said or (f"-{rule}" not in said and usual(rule, situation, variation, expected()))


def usual(rule: str, situation: str, variation: str, table: Mapping[str, Any]) -> bool:
    """What is to be expected without an exception: a rule speaks where the situation or the variation alone makes it speak.

    A mere notice is outside most rules, so there the variation alone is no reason.
    """
    if rule in table[situation]["speaks"]:
        return True
    notice = stated()["situations"][situation].get("campaign", {}).get("promotional") is False
    return not notice and rule in table["alone"].get(variation, ())


def record(packs: Packs) -> dict[str, dict[str, Any]]:
    """The table as the packs are now.

    `alone`: the rules that one variation of the exemplary registration makes speak; by situation, the rules that speak on it,
    and the exceptions: rules that begin (+) or do not begin or cease (-) to speak where both come together.
    """
    table: dict[str, dict[str, Any]] = {"alone": {}}
    table |= {name: {"speaks": [], "except": {}} for name in stated()["situations"]}
    for rule in rules(packs):
        known: dict[str, bool] = {}
        for situation, variation, key, here in environments(rule, packs):
            if here is not None:
                known[key] = speaks(rule, here)
            if not variation:
                table[situation]["speaks"] += [rule.id] if known[key] else []
            elif situation == "exemplary":
                if known[key]:
                    table["alone"].setdefault(variation, []).append(rule.id)
            elif known[key] != usual(rule.id, situation, variation, table):
                entry = table[situation]["except"].setdefault(variation, [])
                entry.append(("+" if known[key] else "-") + rule.id)
    return table


def rules(packs: Packs) -> list[Rule]:
    """The rules that are judged from what is registered."""
    return [rule for pack in packs.packs for rule in pack.rules if not rule.measured]


def main() -> int:
    """Write the table anew."""
    text = yaml.safe_dump(record(load_packs()), default_flow_style=None, width=4000, sort_keys=False)
    head = (
        "# Written by `python -m tests.rules.boundaries`; read the difference against the law before it is committed.\n"
    )
    (DATA / "expected.yaml").write_text(head + text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
