"""The table of outcomes, row by row, and what each makes of the verdict."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audits.engine import Verdict, judge, load_packs
from tests.registrations import overlaid, registered
from tests.rule_packs import one_rule, write_pack

DAY = date(2026, 11, 21)
NO, YES, SILENT = {"promotional": False}, {"promotional": True}, {"promotional": None}


def judged(folder: Path, campaign: dict[str, Any], measured: dict[str, Any] | None = None, **rule: Any) -> Verdict:
    document = registered({"campaign": {"countries": ["GB"], **campaign}})
    return judge(document, packs=one_rule(folder, **rule), on=DAY, measured=measured, mend=False)


def outcomes(verdict: Verdict) -> list[str]:
    return [finding.outcome for finding in verdict.findings]


@pytest.mark.parametrize(
    ("campaign", "rule", "outcome", "can"),
    [
        (NO, {"applies": "false"}, None, "clear"),
        (SILENT, {"applies": "false"}, None, "clear"),
        (YES, {}, None, "clear"),
        (NO, {}, "violated", "blocked"),
        (NO, {"severity": "human"}, "judgement", "needs_human"),
        (NO, {"severity": "advise"}, "advised", "clear"),
        (SILENT, {}, "unanswered", "needs_human"),
        (SILENT, {"severity": "human"}, "unanswered", "needs_human"),
        (SILENT, {"severity": "advise"}, "unanswered", "clear"),
        (SILENT, {"applies": "campaign.promotional", "requires": "false"}, "unanswered", "needs_human"),
        (SILENT, {"applies": "campaign.promotional", "requires": "true"}, None, "clear"),
        (SILENT, {"requires": "campaign.promotional || true"}, None, "clear"),
        (SILENT, {"requires": "campaign.promotional && false"}, "violated", "blocked"),
        (YES, {"requires": "campaign.promotional > 3"}, "errored", "blocked"),
        (YES, {"requires": "campaign.purpose"}, "errored", "blocked"),
        (YES, {"requires": "1 / 0 > 1", "severity": "advise"}, "errored", "blocked"),
        (YES, {"applies": "campaign.promotional > 3", "requires": "false"}, "errored", "blocked"),
        (YES, {"applies": "campaign.promotional > 3", "requires": "true"}, None, "clear"),
    ],
)
def test_each_row_of_the_table(tmp_path: Path, campaign: Any, rule: Any, outcome: str | None, can: str) -> None:
    verdict = judged(tmp_path, campaign, **rule)
    assert (outcomes(verdict), verdict.can) == ([outcome] if outcome else [], can)


@pytest.mark.parametrize(("requires", "outcome"), [("false", "violated"), ("1 / 0 > 1", "errored")])
def test_side_should_changes_neither_score_nor_verdict(tmp_path: Path, requires: str, outcome: str) -> None:
    ethics = {"id": "house.two", "side": "should", "requires": requires}
    packs = load_packs(write_pack(tmp_path, {"requires": "true"}, ethics), prove=False)
    verdict = judge(registered({"campaign": {"countries": ["GB"]}}), packs=packs, on=DAY, mend=False)
    assert (outcomes(verdict), verdict.verdict, verdict.should.score) == ([outcome], "clear", 97)


def test_unanswered_names_the_facts_to_ask(tmp_path: Path) -> None:
    verdict = judged(tmp_path, SILENT)
    assert verdict.findings[0].asks == verdict.questions == ("campaign.promotional",)


def test_a_rule_is_silent_outside_its_country_channel_and_time(tmp_path: Path) -> None:
    for rule in (
        {"where": {"people": ["FR"]}},
        {"channels": ["sms"]},
        {"in_force": {"from": date(2026, 11, 22)}},
        {"in_force": {"to": date(2026, 11, 20)}},
    ):
        assert outcomes(judged(tmp_path, NO, **rule)) == ["judgement"], rule  # no pack speaks any more


def test_the_first_and_the_last_day_count(tmp_path: Path) -> None:
    assert outcomes(judged(tmp_path, NO, in_force={"from": DAY, "to": DAY})) == ["violated"]


def test_unanswered_channels_leave_a_rule_about_channels_unanswered(tmp_path: Path) -> None:
    verdict = judged(tmp_path, {**NO, "channels": None}, channels=["email"])
    assert "campaign.channels" in verdict.questions
    assert verdict.can == "needs_human"


def test_an_unanswered_home_asks_for_it_where_only_the_brand_could_bring_the_law_in(tmp_path: Path) -> None:
    document = registered({"brand": {"country": None}, "campaign": {"countries": ["GB"], **NO}})
    packs = one_rule(tmp_path, where={"people": ["FR"], "brand": ["FR"]})
    assert "brand.country" in judge(document, packs=packs, on=DAY, mend=False).questions


def test_a_law_reaches_by_where_the_brand_is_established(tmp_path: Path) -> None:
    document = registered({"brand": {"country": "FR"}, "campaign": {"countries": ["GB"], **NO}})
    packs = one_rule(tmp_path, where={"people": ["FR"], "brand": ["FR"]})
    assert outcomes(judge(document, packs=packs, on=DAY, mend=False)) == ["violated", "judgement"]


@pytest.mark.parametrize(
    ("law", "place", "can"),
    [
        ("US", "US-CA", "blocked"),
        ("US-CA", "US", "blocked"),
        ("US-CA", "US-TX", "needs_human"),
        ("CA", "CA-QC", "blocked"),
    ],
)
def test_states_and_federations(tmp_path: Path, law: str, place: str, can: str) -> None:
    verdict = judged(tmp_path, {**NO, "countries": [place]}, where={"people": [law]})
    assert verdict.countries == {place: can}


def test_each_country_has_its_own_verdict(tmp_path: Path) -> None:
    verdict = judged(tmp_path, {**NO, "countries": ["GB", "BR"]})
    assert verdict.countries == {"GB": "blocked", "BR": "needs_human"}
    assert any(one.rule == "jurisdiction.no-pack" and one.countries == ("BR",) for one in verdict.findings)


def test_a_pack_bound_to_no_country_does_not_speak_for_one(tmp_path: Path) -> None:
    verdict = judged(tmp_path, YES, where={})
    assert (verdict.can, verdict.rules_asked) == ("needs_human", 1)


@pytest.mark.parametrize("missing", ["countries", "channels"])
def test_silence_about_countries_or_channels_never_clears(tmp_path: Path, missing: str) -> None:
    for nothing in (None, []):
        verdict = judged(tmp_path, {**YES, missing: nothing})
        assert (verdict.verdict, f"campaign.{missing}" in verdict.questions) == ("needs_human", True)


def test_every_source_of_the_campaign_is_judged_and_named(tmp_path: Path) -> None:
    document = registered({"campaign": {"countries": ["GB"], "sources": ["main", "other"]}})
    document["sources"].append({"key": "other", "provenance": False})
    document["sources"].append({"key": "unused", "provenance": False})
    packs = one_rule(tmp_path, scope="source", requires="source.provenance")
    found = judge(document, packs=packs, on=DAY, mend=False).findings
    assert [finding.scope for finding in found] == ["source:other"]


def test_a_campaign_without_any_source_is_not_clear(tmp_path: Path) -> None:
    document = overlaid(
        registered({"campaign": {"countries": ["GB"]}}), {"sources": None, "campaign": {"sources": None}}
    )
    packs = one_rule(tmp_path, scope="source", requires="source.provenance")
    assert judge(document, packs=packs, on=DAY, mend=False).findings[0].asks == ("source.provenance",)


def test_a_value_is_read_as_of_the_day(tmp_path: Path) -> None:
    values = {"limit": [{"from": date(2020, 1, 1), "value": 30000}, {"from": date(2027, 1, 1), "value": 10}]}
    load_packs.cache_clear()
    folder = write_pack(tmp_path, {"requires": "campaign.audience.size <= values.limit"}, values=values)
    packs = load_packs(folder, prove=False)
    document = registered({"campaign": {"countries": ["GB"]}})
    found = {
        day: judge(document, packs=packs, on=day, mend=False).can for day in (date(2026, 12, 31), date(2027, 1, 1))
    }
    assert list(found.values()) == ["clear", "blocked"]
    assert judge(document, packs=packs, on=date(2019, 1, 1), mend=False).can == "needs_human"


def test_a_rule_that_lies_ahead_warns_a_campaign_whose_schedule_reaches_it(tmp_path: Path) -> None:
    packs = one_rule(tmp_path, in_force={"from": date(2026, 12, 2)})
    for until, days in (("2026-12-01", []), ("2026-12-02", ["2026-12-02"])):
        document = registered({"campaign": {"countries": ["GB"], **NO}}) | {"schedule": {"until": until}}
        assert [one.day for one in judge(document, packs=packs, on=DAY, mend=False).warnings] == days


class TestMeasured:
    RULE: dict[str, Any] = {"requires": "measured.minors == 0"}

    def test_it_is_asked_only_where_measured_facts_are_supplied(self, tmp_path: Path) -> None:
        assert judged(tmp_path, {}, **self.RULE).rules_asked == 0
        assert judged(tmp_path, {}, measured={"minors": 0}, **self.RULE).can == "clear"
        assert judged(tmp_path, {}, measured={"minors": 3}, **self.RULE).can == "blocked"

    def test_a_figure_that_is_missing_is_a_question(self, tmp_path: Path) -> None:
        verdict = judged(tmp_path, {}, measured={}, **self.RULE)
        assert (verdict.can, verdict.questions) == ("needs_human", ("measured.minors",))
