"""A brand's own pack is a stranger's data: its size is bounded when it is loaded, its evaluation when it is asked."""

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audits.engine import InvalidPack, environment, judge, load_packs
from audits.engine.environment import Environment
from facts.conditions import MAX_STEPS, ConditionError, InvalidCondition, compile_condition
from tests.registrations import exemplary, registered
from tests.rule_packs import one_rule, write_pack

DAY = date(2026, 11, 21)
FIELDS = "campaign.data_used.used"


def nested(depth: int) -> str:
    """Macros inside macros over one list."""
    source = "true"
    for number in range(depth):
        source = f"{FIELDS}.all(v{number}, {source})"
    return source


@pytest.mark.parametrize(
    ("requires", "limit"),
    [
        ("(" * 40 + "campaign.promotional" + ")" * 40, "at most 32"),
        ("[" * 2000 + "]" * 1999, "at most"),
        (nested(3), "at most 2"),
        (" && ".join(["campaign.promotional"] * 300), "longer than 4000"),
        ('campaign.timing.local_hours.matches("(a+)+$")', "matches() is not allowed"),
        ("campaign.data_used.used.map(a, a)", "map() is not allowed"),
    ],
)
def test_a_condition_too_deep_too_long_or_with_a_pattern_names_the_rule_and_the_limit(
    tmp_path: Path, requires: str, limit: str
) -> None:
    with pytest.raises(InvalidPack) as caught:
        one_rule(tmp_path, requires=requires)
    assert "house.one" in str(caught.value)
    assert limit in str(caught.value)
    assert len(str(caught.value)) < 6000


def test_a_pack_has_a_most_of_everything(tmp_path: Path) -> None:
    examples: dict[str, Any] = {"violates": [{"campaign": {"promotional": False}}] * 60, "silent": [{}]}
    values = {"codes": [{"from": date(2020, 1, 1), "value": ["x"] * 5000}]}
    for rules, pack, told in (
        ([{"id": f"house.{number}"} for number in range(600)], {}, "600 rules"),
        ([{"message": "x" * 5000}], {}, "house.one: message"),
        ([{"examples": examples}], {}, "house.one: over 50 examples"),
        ([{}], {"values": values}, "value codes"),
        ([{"message": "x" * 1000, "id": f"house.{number}"} for number in range(490)], {}, "bytes"),
    ):
        load_packs.cache_clear()
        with pytest.raises(InvalidPack, match=told):
            load_packs(write_pack(tmp_path, *rules, **pack), prove=False)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
        "pack: &p [*p]",
        "pack: " + "[" * 500 + "]" * 500,
        "pack: !!python/object/apply:os.system [id]",
    ],
    ids=["aliases that multiply", "an alias of itself", "deep", "a tag"],
)
def test_yaml_that_explodes_is_refused_at_once(tmp_path: Path, text: str) -> None:
    (tmp_path / "bomb.yaml").write_text(text)
    load_packs.cache_clear()
    began = time.process_time()
    with pytest.raises(InvalidPack, match=r"bomb\.yaml"):
        load_packs(tmp_path, prove=False)
    assert time.process_time() - began < 2


def test_a_condition_that_could_take_too_long_fails_without_being_evaluated(tmp_path: Path) -> None:
    document = registered(
        {"campaign": {"countries": ["GB"], "data_used": {"used": [f"field{number}" for number in range(5000)]}}}
    )
    packs = one_rule(tmp_path, requires=nested(2))
    began = time.process_time()
    verdict = judge(document, packs=packs, on=DAY, mend=False)
    assert time.process_time() - began < 1
    assert (verdict.can, [found.outcome for found in verdict.findings if found.side == "can"]) == (
        "blocked",
        ["errored"],
    )
    assert str(MAX_STEPS) in verdict.findings[0].error


def test_a_text_that_is_multiplied_fails_too() -> None:
    path = "campaign.timing.local_hours"
    condition = compile_condition(f"size({' + '.join([path] * 100)}) > 3")
    with pytest.raises(ConditionError, match="too long"):
        Environment({path: "x" * 100_000}, {}).truth(condition)


def test_all_rules_together_have_one_budget_whatever_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = [{"id": f"house.{n}", "requires": f"{FIELDS}.all(a, size(a) != {n + 999})"} for n in range(40)]
    load_packs.cache_clear()
    packs = load_packs(write_pack(tmp_path, *rules), prove=False)
    monkeypatch.setattr(environment, "MOST_STEPS", 1000)
    monkeypatch.setattr(environment.Budget.__init__, "__defaults__", (1000,))
    told = [judge(exemplary(), packs=packs, on=DAY, mend=False) for _ in range(2)]
    assert told[0] == told[1]
    assert told[0].can == "blocked"
    assert "1000" in told[0].findings[0].error


def test_the_worst_pack_that_is_accepted_is_judged_in_seconds(tmp_path: Path) -> None:
    used = [f"field{number}" for number in range(60)]
    body = " && ".join(f'a + b != "{n}"' for n in range(8))
    rules = [
        {"id": f"house.{n}", "requires": f"{FIELDS}.all(a, {FIELDS}.all(b, {body} && a != 'r{n}'))"} for n in range(60)
    ]
    load_packs.cache_clear()
    packs = load_packs(write_pack(tmp_path, *rules), prove=False)
    began = time.process_time()
    judge(registered({"campaign": {"data_used": {"used": used}}}), packs=packs, on=DAY, mend=False)
    assert time.process_time() - began < 10


def test_the_bound_counts_lists_texts_and_depth() -> None:
    answers = {FIELDS: ["x"] * 10}
    one, two = (compile_condition(nested(depth)).steps(answers) for depth in (1, 2))
    assert one >= 10 and two >= 100
    assert compile_condition("campaign.promotional").steps({}) == 1 + 2
    with pytest.raises(InvalidCondition):
        compile_condition(nested(3))
