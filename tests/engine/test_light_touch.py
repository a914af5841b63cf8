"""SHOULD: the score follows the table, every point can be traced, and what is proposed really helps."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from audits.engine import InvalidPack, judge, load_packs
from audits.engine.light_touch.table import TABLE, load_table
from tests.registrations import overlaid, put, registered

DAY = date(2026, 11, 21)
PACKS = load_packs()
PRESSED = {
    "campaign": {
        "timing": {"per_week": 14},
        "message": {"pressure": ["guilt", "confirm_shaming"], "reply_path": "no_reply"},
        "offer": {"benefit": "none"},
        "success_measures": ["opens", "clicks"],
        "trigger": {"stops_on": ["end_date"]},
    }
}
WATCHED = {
    "source": {
        "origin": "observed",
        "collected_by": "pixel",
        "categories": ["browsing"],
        "identified_by": "third_party_match",
    },
    "campaign": {
        "recognition": {"path": "third_party_match", "expected": False},
        "trigger": {"kind": "cart", "delay_hours": 1, "exact_item": True},
        "offer": {"benefit": "discount_later"},
        "message": {"says_why": False},
        "audience": {"relationship": ["visitor"], "built_by": ["behaviour"]},
    },
}


def should(facts: dict[str, Any], **keywords: Any) -> Any:
    return judge(registered(facts), packs=PACKS, on=DAY, **keywords).should


def test_the_score_is_the_sum_of_its_lines_with_relief_limited_to_half_of_the_use_of_data() -> None:
    told = should({"campaign": {"timing": {"per_week": 14}, "offer": {"benefit": "none"}}})
    intrusion = sum(line.points for line in told.factors if line.points > 0)
    relievable = sum(line.points for line in told.factors if line.points > 0 and line.family in load_table().relieved)
    relief = -sum(line.points for line in told.factors if line.points < 0)
    assert not told.caps
    assert told.score == round(100 - intrusion + min(relief, relievable / 2))


def test_relief_never_buys_back_pressure_deceit_or_a_weak_moment() -> None:
    for facts in ({"message": {"must_share": True}}, {"timing": {"sensitive_date": True}}):
        steered, unsteered = (
            should({"campaign": overlaid(facts, {"message": {"privacy_link": link}})}).score for link in (True, False)
        )
        assert steered == unsteered < should({}).score - 20


def test_every_line_names_the_facts_it_rests_on() -> None:
    for line in should(WATCHED).factors:
        assert line.facts
        assert line.reason.endswith((".", "?"))


def test_of_several_sources_the_heaviest_counts() -> None:
    document = registered({})
    document["sources"].append(
        {**document["sources"][0], "key": "bought", "origin": "purchased", "collected_by": "data_broker"}
    )
    document["campaign"]["sources"] = ["main", "bought"]
    told = judge(document, packs=PACKS, on=DAY, mend=False).should
    assert {line.scope for line in told.factors if line.factor == "collection_overtness"} == {"source:bought"}


def test_an_unanswered_fact_takes_the_worst_level_and_says_so() -> None:
    line = next(one for one in should({"campaign": {"timing": {"sensitive_date": None}}}).factors if one.unknown)
    assert (line.factor, line.points) == ("sensitive_date", 25)


@pytest.mark.parametrize(
    ("milder", "heavier"), [({}, {"timing": {"per_week": 7}}), ({}, {"offer": {"benefit": "none"}})]
)
def test_of_two_capped_campaigns_the_lighter_scores_higher(milder: dict[str, Any], heavier: dict[str, Any]) -> None:
    pressed = {"message": {"pressure": ["guilt"]}}
    light, heavy = (should({"campaign": overlaid(pressed, facts)}) for facts in (milder, heavier))
    assert light.caps == heavy.caps != ()
    assert heavy.score < light.score <= 79


def test_every_factor_of_the_research_is_in_the_table_or_acts_at_the_gate() -> None:
    research = Path(__file__).resolve().parents[3] / "shared" / "law" / "light_touch_factors.json"
    if not research.exists():
        pytest.skip("../shared/law is not here; the table stands alone")
    at_the_gate = {"spacing"}
    known = {factor["id"] for factor in json.loads(research.read_text(encoding="utf-8"))["factors"]}
    assert known - at_the_gate <= {factor.id for factor in load_table().factors}


def test_every_factor_says_what_would_take_its_points_away() -> None:
    assert all(factor.remedy.endswith(".") for factor in load_table().factors)
    assert all(line.remedy for line in should(WATCHED).factors if line.points > 0)


@pytest.mark.parametrize("facts", [PRESSED, WATCHED])
def test_each_proposal_reaches_what_it_says_and_the_next_band(facts: dict[str, Any]) -> None:
    told = should(facts)
    assert told.verdict != "light"
    assert 1 <= len(told.mend) <= 5
    for proposal in told.mend:
        changed = registered(facts)
        for change in proposal.changes:
            put(changed, change.fact, change.new)
        after = judge(changed, packs=PACKS, on=DAY, mend=False).should
        assert after.score == proposal.score
        assert after.score >= (60 if told.score < 60 else 80)


def test_no_proposal_contains_a_smaller_one() -> None:
    sets = [{(one.fact, repr(one.new)) for one in proposal.changes} for proposal in should(WATCHED).mend]
    assert not any(small < large for small in sets for large in sets)


def test_no_proposal_makes_the_legal_side_worse() -> None:
    before = judge(registered(WATCHED), packs=PACKS, on=DAY)
    for proposal in before.should.mend:
        changed = registered(WATCHED)
        for change in proposal.changes:
            put(changed, change.fact, change.new)
        assert judge(changed, packs=PACKS, on=DAY, mend=False).can in (before.can, "clear")


def test_a_light_campaign_gets_no_proposals() -> None:
    assert should({}).mend == ()


def test_a_heavy_touch_never_blocks_but_asks_for_a_person() -> None:
    verdict = judge(registered(PRESSED), packs=PACKS, on=DAY)
    assert (verdict.can, verdict.should.verdict, verdict.verdict) == ("clear", "heavy", "needs_human")


def test_a_pure_service_notice_is_not_blamed_for_having_no_way_to_stop_it() -> None:
    notice = {"purpose": "service_notice", "promotional": False, "message": {"unsubscribe": "none"}}
    assert should({"campaign": notice}).verdict == "light"
    assert should({"campaign": {**notice, "promotional": True}}).verdict == "heavy"


def test_points_that_do_not_fall_from_level_to_level_are_refused(tmp_path: Path) -> None:
    data = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    data["factors"][0]["levels"][0]["points"] = -1
    path = tmp_path / "factors.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(InvalidPack, match="collection_overtness"):
        load_table(path)


def test_every_factor_cites_studies_that_are_listed() -> None:
    table = load_table()
    assert all(study in table.studies for factor in table.factors for study in factor.citations)
    assert table.light == 80
    assert table.mixed == 60
