"""A data source is judged alone by the rules that need no campaign."""

import random
from datetime import date
from typing import Any

import pytest

from audits.engine import by_country, judge, load_packs
from audits.engine.sources import SourceVerdict, judge_source
from audits.preview import judge_source_draft
from facts import catalogue
from facts.document import InvalidDocument
from tests.engine.test_worsening import base
from tests.registrations import put

PACKS = load_packs()
FACTS = catalogue.load()
CLEAN = {"key": "main", **FACTS.clean("source")}


def judged(countries: tuple[str, ...] = ("DE", "GB"), **facts: Any) -> SourceVerdict:
    brand = {"country": "DE"}
    return judge_source({**CLEAN, **facts}, brand=brand, countries=countries, packs=PACKS, on=date(2026, 11, 21))


def test_an_exemplary_source_is_clear() -> None:
    verdict = judged()
    assert (verdict.verdict, verdict.findings) == ("clear", ())
    assert verdict.rules_asked > 10


def test_a_source_without_proof_of_consent_is_blocked_before_any_campaign() -> None:
    verdict = judged(consent={**CLEAN["consent"], "recorded": False})
    assert verdict.verdict == "blocked"
    assert {finding.rule for finding in verdict.findings} == {"gdpr.7-1.proof", "uk-gdpr.7-1.proof"}


def test_what_is_unanswered_is_asked_and_rules_about_campaigns_are_not_put() -> None:
    verdict = judged(consent={**CLEAN["consent"], "recorded": None})
    assert (verdict.verdict, verdict.questions) == ("needs_human", ("source.consent.recorded",))


def test_where_no_rule_speaks_a_person_decides() -> None:
    alone = judge_source(CLEAN, brand={"country": "VA"}, countries=("VA",), packs=PACKS, on=date(2026, 11, 21))
    assert (alone.verdict, alone.rules_asked, alone.countries) == ("needs_human", 0, {"VA": "needs_human"})


def test_a_source_of_which_nothing_is_said_is_clear_nowhere() -> None:
    for country in ("DE", "GB", "US", "BR", "JP"):
        silent = judge_source(
            {"key": "main"}, brand={"country": country}, countries=(country,), packs=PACKS, on=date(2026, 11, 21)
        )
        assert silent.verdict == "needs_human", country


def test_only_facts_of_the_source_and_the_brand_are_asked() -> None:
    paths = judge_source(
        {"key": "main"}, brand={}, countries=("DE", "US"), packs=PACKS, on=date(2026, 11, 21)
    ).questions
    assert paths
    assert all(path.startswith(("source.", "brand.")) for path in paths)


def test_a_rule_that_also_reads_the_campaign_speaks_where_the_source_decides_it() -> None:
    rule = "gdpr.5-1-e.retention"
    assert any(path.startswith("campaign.") for path in PACKS.rule(rule).reads)
    assert rule in {finding.rule for finding in judged(overdue_removed=False).findings}


def test_a_campaign_inherits_what_speaks_against_each_of_its_sources() -> None:
    dice, seen = random.Random(4), 0
    for _ in range(60):
        data = base(dice)
        source = data["sources"][0]
        for fact in dice.sample([one for one in FACTS.section("source") if one.kind == "bool"], 4):
            put(data, fact.path, dice.choice([True, False, None]))
        data["sources"].append({**CLEAN, "key": "other"})
        data["campaign"]["sources"] = ["main", "other"]
        countries = tuple(data["campaign"]["countries"])
        found = judge(data, packs=PACKS, on=date(2026, 11, 21), mend=False)
        told = {(one.rule, one.scope): one.outcome for one in found.findings}
        verdict = judge_source(source, brand=data["brand"], countries=countries, packs=PACKS, on=date(2026, 11, 21))
        for one in verdict.findings:
            if one.outcome != "unanswered":
                seen += 1
                assert told[one.rule, "source:main"] == one.outcome, one.rule
        if verdict.verdict == "blocked":
            assert found.can == "blocked"
    assert seen > 20


def test_the_preview_has_the_form_of_a_verdict_and_is_read_by_country() -> None:
    consent = {**CLEAN["consent"], "recorded": False}
    told = judge_source_draft(
        {**CLEAN, "consent": consent}, brand={"country": "US"}, countries=("US", "DE"), on=date(2026, 11, 21)
    )
    assert {one.countries[0]: one.verdict for one in by_country(told)} == {"US": "clear", "DE": "blocked"}
    assert "error" in judge_source_draft({"key": "?"}, brand={}, countries=(), on=date(2026, 11, 21))


def test_an_invalid_source_is_refused() -> None:
    with pytest.raises(InvalidDocument):
        judged(origin="stolen")
