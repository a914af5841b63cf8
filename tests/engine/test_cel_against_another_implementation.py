"""Conditions mean the same in an independent implementation of CEL (cel-python), unknowns included."""

import random
from datetime import date
from typing import Any

import celpy
import pytest
from celpy import celtypes

from audits.engine import load_packs
from audits.engine.definitions import expanded
from audits.engine.environment import defined, environment
from audits.engine.light_touch.table import load_table
from audits.engine.packs import Rule
from audits.engine.proving import example_answers
from facts import catalogue
from facts.conditions import ConditionError, Truth

DAY = date(2026, 11, 21)
PACKS = load_packs()
FACTS = catalogue.load()
VALUES = PACKS.values(DAY)
CONDITIONS = sorted(
    {expanded(one.source, PACKS.definitions) for pack in PACKS.packs for rule in pack.rules if not rule.measured
     for one in (rule.applies, rule.requires) if one is not None}
    | {level.when.source for factor in load_table().factors for level in factor.levels if level.when}
    | {cap.when.source for cap in load_table().caps}
    | {fact.when.source for fact in FACTS.facts.values() if fact.when}
)  # fmt: skip
RULES = [rule for pack in PACKS.packs for rule in pack.rules if not rule.measured]
PROGRAMS: dict[str, Any] = {}


def other(source: str, answers: dict[str, Any]) -> Truth:
    """The truth of a condition by cel-python."""
    if source not in PROGRAMS:
        language = celpy.Environment()
        PROGRAMS[source] = language.program(language.compile(source))
    try:
        value = PROGRAMS[source].evaluate({name: celpy.json_to_cel(part) for name, part in nested(answers).items()})
    except celpy.CELEvalError as error:
        assert "no such member" in str(error) or "undeclared reference" in str(error), (source, error)
        return Truth.UNKNOWN
    assert isinstance(value, (bool, celtypes.BoolType)), (source, value)
    return Truth.TRUE if value else Truth.FALSE


def nested(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers by path as nested mappings, every group present."""
    tree: dict[str, Any] = {"brand": {}, "source": {}, "campaign": {}, "values": {}}
    for path in FACTS.facts:
        here = tree
        for key in path.split(".")[:-1]:
            here = here.setdefault(key, {})
    for path, value in answers.items():
        here = tree
        for key in path.split(".")[:-1]:
            here = here.setdefault(key, {})
        here[path.rpartition(".")[2]] = value
    return tree


def ours(source: str, here: Any) -> Truth:
    """The truth of a condition by the engine."""
    from facts.conditions import compile_condition

    return here.truth(compile_condition(source))


def near_a_boundary(dice: random.Random) -> tuple[Rule, dict[str, Any]]:
    """A rule, and one of its own examples with up to two of the answers that it reads changed or taken away."""
    rule = dice.choice(RULES)
    answers = example_answers(rule, dice.choice(rule.examples), PACKS) | {f"values.{k}": v for k, v in VALUES.items()}
    read = [FACTS.facts[path] for path in sorted(rule.reads) if path in FACTS.facts]
    for fact in dice.sample(read, min(len(read), dice.randint(0, 2))):
        choices = {"bool": [True, False], "choice": fact.choices, "choices": [[one] for one in fact.choices]}
        answers[fact.path] = dice.choice([None, *choices.get(fact.kind, [answers.get(fact.path)])])
    return rule, {path: value for path, value in answers.items() if value is not None}


def agree_near_boundaries(count: int) -> None:
    dice = random.Random(count)
    for _ in range(count):
        rule, answers = near_a_boundary(dice)
        here = defined(answers, PACKS.definitions.values())
        for condition in (rule.applies, rule.requires):
            if condition is not None:
                source = expanded(condition.source, PACKS.definitions)
                assert here.truth(condition) is ours(source, here) is other(source, answers), (rule.id, answers)


def test_both_implementations_agree_on_500_registrations_near_rule_boundaries() -> None:
    agree_near_boundaries(500)


@pytest.mark.long
def test_both_implementations_agree_on_20_000_registrations_near_rule_boundaries() -> None:
    agree_near_boundaries(20_000)


@pytest.mark.parametrize("source", CONDITIONS)
def test_both_implementations_agree_that_silence_is_unknown(source: str) -> None:
    nothing = environment(PACKS, VALUES, {}, {}, {}, None)
    assert ours(source, nothing) is other(source, dict(nothing.answers))


def test_the_oracle_would_notice_a_difference() -> None:
    data = {"campaign.promotional": True}
    assert other("campaign.promotional", data) is Truth.TRUE
    assert other("!campaign.promotional", data) is Truth.FALSE
    assert other("campaign.purpose == 'x'", data) is Truth.UNKNOWN


def test_an_expansion_keeps_the_meaning_of_a_definition() -> None:
    text = expanded("!is_marketing || source.consent.recorded", PACKS.definitions)
    assert "is_marketing" not in text
    here = environment(PACKS, VALUES, {}, {"promotional": True}, {"consent": {"recorded": False}}, None)
    assert ours(text, here) is ours("!is_marketing || source.consent.recorded", here) is Truth.FALSE


def test_a_failure_is_never_read_as_silence() -> None:
    here = environment(PACKS, VALUES, {}, {"promotional": True}, {}, None)
    with pytest.raises(ConditionError):
        ours("campaign.promotional > 3", here)
