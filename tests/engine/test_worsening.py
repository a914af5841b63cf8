"""Worsening: over every ordered fact, no answer made worse ever turns the verdict milder (10,000 pairs)."""

import random
from datetime import date
from typing import Any

from audits.engine import judge, load_packs
from audits.engine.case import open_case, put_to
from audits.engine.judging import put as found
from audits.engine.verdict import WORST
from audits.engine.whatif import Plan
from facts import catalogue, document
from facts.catalogue import Fact
from tests.registrations import exemplary, put

DAY = date(2026, 11, 21)
PACKS = load_packs()
FACTS = catalogue.load()
ORDERED = [fact for fact in FACTS.facts.values() if fact.order]
PAIRS = 10_000
PLACES = [
    "GB",
    "DE",
    "FR",
    "IT",
    "NL",
    "ES",
    "AT",
    "SE",
    "US",
    "US-CA",
    "US-WA",
    "US-FL",
    "US-IL",
    "US-MD",
    "US-NJ",
    "CA",
    "CA-QC",
    "AU",
    "NZ",
    "ZA",
    "KR",
    "JP",
    "SG",
    "BR",
    "IN",
    "TR",
    "CN",
]
RELATIONSHIPS = ("customer", "employee_of_business", "prospect", "lapsed_customer", "enquirer", "donor")
NUMBERS = (0, 1, 3, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15, 16, 18, 24, 25, 30, 200, 5000)


def answer(fact: Fact, dice: random.Random) -> Any:
    """A random answer, near the boundaries that rules name; None for kinds that no rule orders."""
    if fact.kind == "bool":
        return dice.random() < 0.5
    if fact.kind in ("int", "number"):
        return dice.choice(NUMBERS)
    if fact.kind == "choice":
        return dice.choice(fact.choices)
    return dice.sample(fact.choices, dice.randint(0, 4)) if fact.kind == "choices" else None


def base(dice: random.Random) -> dict[str, Any]:
    """A registration somewhere in the world, that relies on some basis and deviates in a few answers."""
    data = exemplary()
    for fact in dice.sample([*FACTS.facts.values()], dice.choice([0, 1, 2, 4])):
        value = answer(fact, dice)
        if value is not None:
            put(data, fact.path, value)
    put(data, "campaign.countries", dice.sample(PLACES, dice.choice([1, 1, 2])))
    put(data, "campaign.channels", dice.sample(FACTS.facts["campaign.channels"].choices, dice.choice([1, 1, 2])))
    put(data, "campaign.audience.relationship", [dice.choice(RELATIONSHIPS)])
    put(data, "source.lawful_basis", dice.choice(["consent", "consent", "explicit_consent", "soft_opt_in", "none"]))
    return data


def pair(fact: Fact, dice: random.Random) -> tuple[Any, Any]:
    """Two answers to an ordered fact, the better one first."""
    if isinstance(fact.order, tuple):
        first = dice.randrange(len(fact.order) - 1)
        return fact.order[first], fact.order[dice.choice([first + 1, dice.randrange(first + 1, len(fact.order))])]
    if fact.kind in ("int", "number"):
        low, high = sorted(dice.sample(NUMBERS, 2))
        two: tuple[Any, Any] = (float(low), float(high)) if fact.kind == "number" else (low, high)
    else:
        some = dice.sample(fact.choices, dice.randint(1, len(fact.choices)))
        two = some[: len(some) // 2], some
    return two if fact.order == "rising" else two[::-1]


def plan(data: dict[str, Any]) -> Plan:
    case = open_case(document.parse(data), PACKS, DAY, None)
    asked = tuple(put_to(case))
    return Plan(case, asked, [one for question in asked for one in found(case, question)])


def test_no_worse_answer_turns_the_verdict_milder() -> None:
    dice = random.Random(20261121)
    tried = 0
    while tried < PAIRS:
        data = base(dice)
        here = plan(data)
        for fact in dice.sample(ORDERED, 25):
            better, worse = pair(fact, dice)
            before, after = here.can({fact.path: better}), here.can({fact.path: worse})
            assert WORST.index(after) <= WORST.index(before), (fact.path, better, worse, before, after, data)
            tried += 1


def test_the_short_way_of_judging_a_changed_answer_is_the_long_one() -> None:
    dice = random.Random(7)
    for _ in range(40):
        data = base(dice)
        here, fact = plan(data), dice.choice(ORDERED)
        value = pair(fact, dice)[1]
        gaps = [one for one in judge(data, packs=PACKS, on=DAY, mend=False).findings if one.pack == "engine"]
        put(data, fact.path, value)
        if not gaps:
            assert here.can({fact.path: value}) == judge(data, packs=PACKS, on=DAY, mend=False).can, fact.path
