"""What holds for every registration's score: worse answers and silence never help, relief is limited, caps hold."""

import random
from typing import Any

import pytest

from audits.engine.environment import defined
from audits.engine.light_touch.lag import dated_windows
from audits.engine.light_touch.scoring import Scope, Sum, caps, lines, total
from audits.engine.light_touch.table import load_table
from facts import catalogue
from facts.catalogue import Fact

TABLE = load_table()
FACTS = catalogue.load()
READ = [FACTS.facts[path] for path in sorted({*TABLE.read_by, *TABLE.capped_by})]
EXEMPLARY = {path: fact.clean for path, fact in FACTS.facts.items()}
DELAY = "campaign.trigger.delay_hours"
NUMBERS = (0, 1, 2, 3, 4, 5, 7, 8, 10, 14, 24, 25, 26, 36, 37, 50, 51, 60, 61, 168, 169, 720, 721, 2161)


def answer(fact: Fact, draw: random.Random) -> Any:
    """A random answer to one fact, silence among them."""
    if draw.random() < 0.1:
        return None
    if fact.kind == "choice":
        return draw.choice(fact.choices)
    if fact.kind == "choices":
        return draw.sample(fact.choices, draw.randint(0, min(3, len(fact.choices))))
    if fact.kind in ("int", "number"):
        return draw.choice(NUMBERS) * (1.0 if fact.kind == "number" else 1)
    hours = draw.choice(["09:00-19:00", "00:00-24:00", "07:30-21:15", "at night"])
    return {"bool": draw.random() < 0.5, "text": hours, "country": "GB"}[fact.kind]


def counted(answers: dict[str, Any]) -> tuple[Sum, int, list[int]]:
    """The sum of a registration's points, its relievable intrusion, and the limits that hold."""
    here = Scope("campaign", defined({path: value for path, value in answers.items() if value is not None}, ()))
    found = lines(TABLE, here, [here])
    limits = [limit for limit, _ in caps(TABLE, here, [here])]
    return total(TABLE, [(line.family, line.points) for line in found], limits), intrusion(found), limits


def intrusion(found: list[Any]) -> int:
    return sum(line.points for line in found if line.points > 0 and line.family in TABLE.relieved)


def worsened(fact: Fact, value: Any, draw: random.Random) -> Any:
    """A worse answer than this one; the same where none is worse."""
    if isinstance(fact.order, tuple) and value is not None:
        return draw.choice(fact.order[fact.order.index(value) :])
    if fact.order in ("rising", "falling") and value is not None:
        if fact.kind == "choices":
            if fact.order == "falling":
                return value[: len(value) // 2]
            return [*value, *(one for one in draw.sample(fact.choices, 1) if one not in value)]
        step = draw.choice(NUMBERS)
        return value + step if fact.order == "rising" else max(0, value - step)
    return value


def check(seed: int) -> None:
    """One generated registration: a worse answer, silence, the limit of relief, and the caps."""
    draw = random.Random(seed)
    answers = EXEMPLARY | {fact.path: answer(fact, draw) for fact in draw.sample(READ, draw.randint(0, 24))}
    here, relievable, limits = counted(answers)
    assert 0 <= here.score <= 100
    assert here.score <= min([100, *limits]), seed
    assert here.counted <= min(here.relief, relievable * TABLE.relief_share), seed
    assert here.counted <= here.intrusion / 2, seed
    fact = draw.choice(READ)
    silent, *_ = counted(answers | {fact.path: None})
    assert silent.score <= here.score, (seed, fact.path, answers[fact.path])
    poorer = worsened(fact, answers[fact.path], draw)
    if poorer != answers[fact.path]:
        worse, *_ = counted(answers | {fact.path: poorer})
        assert worse.score <= here.score, (seed, fact.path, answers[fact.path], poorer)
    check_delay(seed, answers, draw)


def check_delay(seed: int, answers: dict[str, Any], draw: random.Random) -> None:
    """A delay farther from the window of its trigger, on the same side, never scores better."""
    fits = dated_windows()[-1][1].get(answers["campaign.trigger.kind"] or "")
    near, far = sorted(
        (float(draw.choice(NUMBERS)), float(draw.choice(NUMBERS))), key=lambda hours: abs(away(fits, hours))
    )
    if fits is None or away(fits, near) * away(fits, far) < 0 or near == far:
        return
    nearer, farther = (counted(answers | {DELAY: hours})[0].score for hours in (near, far))
    assert farther <= nearer, (seed, near, far)


def away(fits: Any, hours: float) -> float:
    return float(fits.distance(hours)) if fits else 0.0


def test_worse_answers_and_silence_never_help_relief_is_limited_and_caps_hold() -> None:
    for seed in range(5_000):
        check(seed)


@pytest.mark.long
def test_worse_answers_and_silence_never_help_at_length() -> None:
    for seed in range(5_000, 105_000):
        check(seed)


@pytest.mark.parametrize("fact", [one for one in READ if isinstance(one.order, tuple)], ids=lambda fact: fact.path)
def test_each_step_down_the_order_of_a_fact_is_no_lighter(fact: Fact) -> None:
    for base in (EXEMPLARY, EXEMPLARY | {"campaign.trigger.kind": "cart", "campaign.message.pressure": ["guilt"]}):
        scores = [counted(base | {fact.path: value})[0].score for value in fact.order or ()]
        assert scores == sorted(scores, reverse=True), scores
        assert counted(base | {fact.path: None})[0].score <= scores[-1]
