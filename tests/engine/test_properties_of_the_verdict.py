"""What holds for every registration: no crash, no clearing by silence, a verdict of one shape, a light touch that only falls."""

import copy
import itertools
import json
from datetime import date
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.engine import coverage, judge, load_packs
from audits.engine.light_touch.table import load_table
from audits.engine.verdict import WORST
from facts import catalogue, document, laws
from facts.catalogue import Fact
from tests.registrations import answers, deviations, exemplary, put

DAY = date(2026, 11, 21)
PACKS = load_packs()
FACTS = catalogue.load()
TABLE = load_table()
VERDICT = {
    "type": "object",
    "required": ["verdict", "on", "can", "should", "findings", "questions", "warnings", "packs", "rules_asked"],
    "properties": {
        "verdict": {"enum": list(WORST)},
        "can": {"required": ["verdict", "countries"], "properties": {"verdict": {"enum": list(WORST)}}},
        "should": {
            "required": ["verdict", "score", "factors", "mend"],
            "properties": {
                "verdict": {"enum": ["light", "mixed", "heavy"]},
                "score": {"type": "integer", "minimum": 0, "maximum": 100},
                "factors": {"items": {"required": ["factor", "points", "facts", "reason", "citations"]}},
                "mend": {"maxItems": 5, "items": {"required": ["changes", "score"]}},
            },
        },
        "findings": {
            "items": {
                "required": [
                    "rule", "pack", "pack_version", "side", "scope", "countries", "outcome", "severity", "citations",
                    "checked", "message", "remedy", "facts",
                ],
                "properties": {"outcome": {"enum": ["violated", "judgement", "advised", "unanswered", "errored"]}},
            }
        },
        "packs": {"additionalProperties": {"pattern": "^sha256:[0-9a-f]{64}$"}},
    },
}  # fmt: skip


def score(data: dict[str, Any]) -> int:
    return judge(data, packs=PACKS, on=DAY, mend=False).should.score


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(40))
def test_every_registration_gets_a_verdict_of_one_shape_and_no_rule_fails(data: dict[str, Any]) -> None:
    told = judge(data, packs=PACKS, on=DAY, mend=False).as_dict()
    jsonschema.validate(json.loads(json.dumps(told)), VERDICT)
    assert [finding for finding in told["findings"] if finding["outcome"] == "errored"] == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(20), st.integers(0, 10**6))
def test_silence_never_makes_a_verdict_milder(data: dict[str, Any], seed: int) -> None:
    fact = list(FACTS.facts.values())[seed % len(FACTS.facts)]
    if fact.path in ("campaign.countries", "campaign.channels"):
        return
    before = judge(data, packs=PACKS, on=DAY, mend=False)
    silent = copy.deepcopy(data)
    put(silent, fact.path, None)
    after = judge(silent, packs=PACKS, on=DAY, mend=False)
    assert after.should.score <= before.should.score, fact.path
    if before.can == "needs_human":
        assert after.can != "clear", fact.path
    if before.can == "blocked":
        assert after.can != "clear", fact.path


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(20))
def test_judging_twice_says_the_same_and_changes_nothing(data: dict[str, Any]) -> None:
    before = copy.deepcopy(data)
    first = judge(data, packs=PACKS, on=DAY, mend=False)
    assert judge(document.parse(data), packs=PACKS, on=DAY, mend=False) == first
    assert data == before


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(20))
def test_the_overall_verdict_follows_from_both_sides(data: dict[str, Any]) -> None:
    verdict = judge(data, packs=PACKS, on=DAY, mend=False)
    human = verdict.can == "needs_human" or verdict.should.verdict == "heavy" or not verdict.rules_asked
    expected = "blocked" if verdict.can == "blocked" else "needs_human" if human else "clear"
    assert verdict.verdict == expected


def worse(fact: Fact, data: st.DataObject) -> tuple[Any, Any]:
    """Two answers to an ordered fact, the better one first."""
    if isinstance(fact.order, tuple):
        first, second = sorted(data.draw(st.lists(st.integers(0, len(fact.order) - 1), min_size=2, max_size=2)))
        return fact.order[first], fact.order[second]
    if fact.kind in ("int", "number"):
        low, high = sorted(data.draw(st.lists(st.integers(0, 200), min_size=2, max_size=2)))
    else:
        some = data.draw(st.lists(st.sampled_from(fact.choices), unique=True))
        pair: tuple[Any, Any] = (some[: len(some) // 2], some)
        return pair if fact.order == "rising" else pair[::-1]
    return (low, high) if fact.order == "rising" else (high, low)


ORDERED = [fact for fact in FACTS.facts.values() if fact.order]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(10), st.sampled_from(ORDERED), st.data())
def test_a_worse_answer_never_raises_the_score_or_turns_the_verdict_milder(
    base: dict[str, Any], fact: Fact, data: st.DataObject
) -> None:
    better, poorer = worse(fact, data)
    verdicts = []
    for value in (better, poorer):
        changed = copy.deepcopy(base)
        put(changed, fact.path, value)
        verdicts.append(judge(changed, packs=PACKS, on=DAY, mend=False))
    assert verdicts[1].should.score <= verdicts[0].should.score, (fact.path, better, poorer)
    assert WORST.index(verdicts[1].can) <= WORST.index(verdicts[0].can), (fact.path, better, poorer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(30), st.sampled_from([fact for fact in FACTS.facts.values() if not fact.path.endswith("countries")]))
def test_an_unanswered_fact_scores_no_better_than_its_worst_answer(base: dict[str, Any], fact: Fact) -> None:
    values = {"bool": [True, False], "choice": list(fact.choices)}.get(fact.kind)
    if values is None:
        return
    silent = copy.deepcopy(base)
    put(silent, fact.path, None)
    for value in values:
        spoken = copy.deepcopy(base)
        put(spoken, fact.path, value)
        assert score(silent) <= score(spoken), (fact.path, value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(30))
def test_relief_takes_away_at_most_half_of_the_intrusion_and_caps_hold(base: dict[str, Any]) -> None:
    should = judge(base, packs=PACKS, on=DAY, mend=False).should
    intrusion = sum(line.points for line in should.factors if line.points > 0)
    assert should.score <= round(100 - intrusion * (1 - TABLE.relief_share)) or should.score == 0
    assert all(should.score <= limit for limit, _ in should.caps)
    assert should.verdict == TABLE.band(should.score)


@pytest.mark.long
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations(40))
def test_every_registration_gets_a_verdict_at_length(data: dict[str, Any]) -> None:
    verdict = judge(data, packs=PACKS, on=DAY, mend=False)
    assert not any(finding.outcome == "errored" for finding in verdict.findings)


PLACES = sorted({place for law in laws.load().values() for place in law.countries})
CHANNELS = FACTS.facts["campaign.channels"].choices


@pytest.mark.parametrize("day", [DAY, date(2027, 12, 3)], ids=str)
def test_the_exemplary_registration_is_clear_and_light_wherever_a_pack_speaks(day: date) -> None:
    data, asked = exemplary(), 0
    for country, channel in itertools.product(PLACES, CHANNELS):
        data["campaign"] |= {"countries": [country], "channels": [channel]}
        data["brand"]["country"] = country
        verdict = judge(data, packs=PACKS, on=day, mend=False)
        if coverage.speaks(PACKS, day, country, channel):
            asked += 1
            assert (verdict.can, verdict.should.verdict, verdict.findings) == ("clear", "light", ()), (country, channel)
        else:
            assert verdict.can == "needs_human", (country, channel)
    assert asked > 800


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_answers_of_any_single_fact_are_judged_without_failure(data: st.DataObject) -> None:
    fact = data.draw(st.sampled_from(list(FACTS.facts.values())))
    changed = exemplary()
    put(changed, fact.path, data.draw(answers(fact)))
    assert not any(one.outcome == "errored" for one in judge(changed, packs=PACKS, on=DAY, mend=False).findings)
