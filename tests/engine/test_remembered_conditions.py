"""What a condition came to is remembered: the verdict is the same without it, and a stranger cannot fill the memory."""

import random
from datetime import date
from typing import Any

import pytest

from audits.engine import environment, judge, load_packs
from audits.engine.environment import MEMORY, Environment
from facts.conditions import ConditionError, Truth, compile_condition
from tests.engine.test_worsening import base
from tests.registrations import exemplary, put

DAY = date(2026, 11, 21)
PACKS = load_packs()


def judged(data: dict[str, Any]) -> dict[str, Any]:
    return judge(data, packs=PACKS, on=DAY).as_dict()


def test_a_verdict_is_the_same_with_and_without_what_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(11)
    several = [base(dice) for _ in range(25)]
    remembered = [judged(data) for data in several]
    monkeypatch.setattr(environment, "LONGEST_KEY", -100_000)
    MEMORY.clear()
    assert [judged(data) for data in several] == remembered
    assert not MEMORY


def test_answers_that_look_alike_are_told_apart() -> None:
    condition = compile_condition("campaign.thing == 1")
    assert Environment({"campaign.thing": 1}, {}).truth(condition) is Truth.TRUE
    assert Environment({}, {}).truth(condition) is Truth.UNKNOWN
    for other in (2, "", [1], [], "1"):
        assert Environment({"campaign.thing": other}, {}).truth(condition) is not Truth.TRUE, other


def test_a_failure_is_remembered_as_a_failure() -> None:
    condition = compile_condition("campaign.thing > 3")
    for _ in range(2):
        with pytest.raises(ConditionError):
            Environment({"campaign.thing": "many"}, {}).truth(condition)


def test_long_answers_are_not_kept_and_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "MOST_REMEMBERED", 50)
    MEMORY.clear()
    data = exemplary()
    put(data, "campaign.timing.local_hours", "09:00-19:00" * 1000)
    judged(data)
    assert len(MEMORY) <= 50
    assert not any(len(part) > 5000 for key in MEMORY for part in key)
