"""A changed rule is noticed: by what is stated of whole registrations, and by the table of situations; never by its own examples."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import chain
from typing import Any

import pytest
import yaml

from audits.engine import load_packs
from audits.engine.asking import Answer, ask
from audits.engine.packs import Rule
from facts import laws
from facts.places import covers
from tests.rules import boundaries, stated
from tests.rules.mutants import Mutant, mutants

PACKS = load_packs()
RULES = boundaries.rules(PACKS)
KINDS = ("negated", "conjunct", "date", "place")
SAMPLE = 75  # every 75th rule in `make test`, all of them in `make test-long`


def survivors() -> dict[str, str]:
    """The mutants that nothing notices, each with its reason."""
    told: dict[str, list[str]] = yaml.safe_load((boundaries.DATA / "survivors.yaml").read_text(encoding="utf-8")) or {}
    return {name: reason for reason, names in told.items() for name in names}


def killed_by_place(mutant: Mutant) -> bool:
    """Whether the mutant no longer reaches a place where the law, or the list written by hand, says that the rule holds."""
    law = laws.load()[mutant.origin.citations[0].law].countries if mutant.origin.citations else ()
    places = boundaries.stated()["places"].get(mutant.origin.id, law)
    where = mutant.rule.where
    for named in (where.people, where.brand) if mutant.origin.where.brand else (where.people,):
        reached = named if isinstance(named, tuple) else PACKS.values(date.max)[named]
        if any(not any(covers(one, place) for one in reached) for place in places):
            return True
    return False


def killed_by_date(mutant: Mutant) -> bool:
    """Whether the mutant is in force on another day than the law says."""
    first = {rule: day for day, rules in boundaries.stated()["first_days"].items() for rule in rules}
    last = {rule: day for day, rules in boundaries.stated()["last_days"].items() for rule in rules}
    name = mutant.origin.id
    return (mutant.rule.start, mutant.rule.end) != (first.get(name), last.get(name))


class Notice:
    """What notices the mutants of one rule whose conditions are changed."""

    def __init__(self, rule: Rule, registrations: list[stated.Stated]) -> None:
        self.registrations = [one for one in registrations if rule.id in one.asked]
        self.table = [
            (here, boundaries.is_expected(rule.id, situation, variation))
            for situation, variation, _, here in boundaries.environments(rule, PACKS)
            if here is not None
        ]

    def stated(self, mutant: Mutant) -> bool:
        """Whether a case, a twin or a control does not come out as stated any more."""
        return any(not one.holds(one.with_mutant(mutant.rule, PACKS)) for one in self.registrations)

    def tabled(self, mutant: Mutant) -> bool:
        """Whether the mutant says something else on a situation than the table."""
        return any((ask(mutant.rule, here) != Answer(None)) != spoken for here, spoken in self.table)


def noticed(rules: list[Rule]) -> tuple[Counter[str], list[str], list[str]]:
    """Count mutants by kind and by what notices them; also those that nothing notices, and what the table denies of rules."""
    counts: Counter[str] = Counter()
    alive: list[str] = []
    wrong: list[str] = []
    registrations = list(stated.corpus(PACKS))
    for rule in rules:
        notice = Notice(rule, registrations)
        wrong += [rule.id] if any((ask(rule, here) != Answer(None)) != spoken for here, spoken in notice.table) else []
        ways: dict[str, tuple[Callable[[Mutant], bool], ...]] = {"place": (killed_by_place,), "date": (killed_by_date,)}
        for mutant in mutants(rule, PACKS):
            first, *others = ways.get(mutant.kind, (notice.stated, notice.tabled))
            at_once = first(mutant)
            seen = at_once or any(way(mutant) for way in others)
            counts[f"{mutant.kind}: all"] += 1
            counts[f"{mutant.kind}: noticed"] += seen
            counts[f"{mutant.kind}: by what is stated"] += at_once
            alive += [] if seen else [mutant.name]
    return counts, alive, wrong


def share(counts: Counter[str], kinds: tuple[str, ...] = KINDS) -> float:
    """The share of mutants that are noticed."""
    return sum(counts[f"{kind}: noticed"] for kind in kinds) / sum(counts[f"{kind}: all"] for kind in kinds)


@pytest.fixture(scope="module")
def sample() -> tuple[Counter[str], list[str], list[str]]:
    return noticed(RULES[::SAMPLE])


def test_the_table_of_situations_says_what_the_rules_say(sample: tuple[Any, Any, list[str]]) -> None:
    assert sample[2] == []


def test_no_mutant_of_a_sample_of_rules_goes_unnoticed_unlisted(sample: tuple[Counter[str], list[str], Any]) -> None:
    assert set(sample[1]) - survivors().keys() == set()


def test_each_rule_holds_in_the_places_and_from_the_day_that_the_law_names() -> None:
    as_they_are = [Mutant(rule.id, "none", rule, rule) for rule in RULES]
    assert [one.name for one in as_they_are if killed_by_place(one) or killed_by_date(one)] == []


@pytest.mark.parametrize("kind", ["place", "date"])
def test_every_place_and_day_of_a_rule_is_held(kind: str) -> None:
    moved = [one for one in chain.from_iterable(mutants(rule, PACKS) for rule in RULES) if one.kind == kind]
    way = killed_by_place if kind == "place" else killed_by_date
    assert len(moved) > 100
    assert [one.name for one in moved if not way(one) and one.name not in survivors()] == []


@pytest.mark.long
def test_mutants_of_every_rule_are_noticed(record_property: Callable[[str, object], None]) -> None:
    counts, alive, wrong = noticed(RULES)
    for kind in KINDS:
        record_property(kind, f"{counts[f'{kind}: noticed']} of {counts[f'{kind}: all']} noticed")
    told = sum(counts[f"{kind}: by what is stated"] for kind in ("negated", "conjunct"))
    record_property("by cases, twins and controls alone", told)
    record_property("survivors", len(alive))
    assert wrong == []
    assert share(counts) >= 0.95
    assert share(counts, ("negated", "conjunct")) >= 0.95
    assert set(alive) == survivors().keys()
