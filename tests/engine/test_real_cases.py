"""Real enforcement cases, founding stories and controls: every one comes out as it should."""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from audits.engine import Verdict, judge, load_packs
from tests.registrations import overlaid, registered

DATA = Path(__file__).resolve().parents[1] / "data" / "cases"
SHARED = Path(__file__).resolve().parents[3] / "shared" / "cases"
DAY = date(2026, 11, 21)
PACKS = load_packs()


def read(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return entries


OURS: dict[str, Any] = yaml.safe_load((DATA / "decisions.yaml").read_text(encoding="utf-8"))
CASES = [case for case in read("enforcement.yaml") if case["confidence"] != "low"] + OURS["cases"]
STORIES = [*read("stories.yaml"), *read("more_stories.yaml"), *read("controls.yaml")]
VARIANTS = {f"{story['id']}/{name}": variant for story in STORIES for name, variant in story["variants"].items()}


def judged(facts: dict[str, Any]) -> Verdict:
    return judge(registered(facts), packs=PACKS, on=DAY, mend=False)


def cited(verdict: Verdict, outcomes: set[str]) -> set[str]:
    return {one.law for finding in verdict.findings if finding.outcome in outcomes for one in finding.citations}


def right_case(case: dict[str, Any]) -> bool:
    verdict, expect = judged(case["facts"]), case["expect"]
    outcomes = {"violated"} if expect.get("can") == "blocked" else {"violated", "judgement", "unanswered"}
    law = not expect.get("laws") or bool(cited(verdict, outcomes) & set(expect["laws"]))
    return (
        law and expect.get("can", verdict.can) == verdict.can and expect.get("should") in (None, verdict.should.verdict)
    )


def right_twin(case: dict[str, Any]) -> bool:
    verdict, expect = judged(overlaid(case["facts"], case["twin"])), case["twin_expect"]
    allowed = {"clear", "needs_human"} if expect.get("can") == "needs_human" else {expect.get("can", verdict.can)}
    return verdict.can in allowed and expect.get("should") in (None, verdict.should.verdict)


def right_variant(variant: dict[str, Any]) -> bool:
    verdict = judged(variant["facts"])
    return (
        variant.get("can", verdict.can) == verdict.can
        and variant.get("band", verdict.should.verdict) == verdict.should.verdict
        and variant.get("overall", verdict.verdict) == verdict.verdict
        and set(variant.get("asks", ())) <= set(verdict.questions)
    )


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_violation_is_seen_and_its_law_named(case: dict[str, Any]) -> None:
    assert right_case(case)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_same_campaign_done_right_is_left_alone(case: dict[str, Any]) -> None:
    assert right_twin(case)


@pytest.mark.parametrize("name", VARIANTS)
def test_stories_and_controls_come_out_as_told(name: str) -> None:
    assert right_variant(VARIANTS[name])


@pytest.mark.parametrize("story", STORIES, ids=[story["id"] for story in STORIES])
def test_a_lighter_telling_scores_higher(story: dict[str, Any]) -> None:
    scores = [judged(story["variants"][name]["facts"]).should.score for name in story["order"]]
    for heavier, lighter in pairwise(scores):
        assert lighter - heavier >= story["gap"]


def test_a_country_without_a_pack_is_never_clear() -> None:
    for country, channel in (("CN", "email"), ("VA", "email"), ("NZ", "post"), ("CA", "phone_live")):
        verdict = judged({"brand": {"country": country}, "campaign": {"countries": [country], "channels": [channel]}})
        assert verdict.can == "needs_human"
        assert [finding.rule for finding in verdict.findings] == ["jurisdiction.no-pack"]


def test_few_laws_are_named_besides_the_one_that_was_broken() -> None:
    besides = [
        len(cited(judged(case["facts"]), {"violated"}) - set(case["expect"]["laws"]))
        for case in CASES
        if case["expect"].get("laws")
    ]
    assert sum(besides) / len(besides) < 0.15


def test_the_project_carries_the_shared_cases() -> None:
    if not SHARED.exists():
        pytest.skip("../shared/cases is not here; the project's own copies stand alone")
    for name in ("enforcement.yaml", "controls.yaml", "stories.yaml"):
        assert (SHARED / name).read_bytes() == (DATA / name).read_bytes(), name
