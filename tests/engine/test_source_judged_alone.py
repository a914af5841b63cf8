"""A data source is judged alone by the rules that need no campaign."""

from datetime import date
from typing import Any

import pytest

from audits.engine import load_packs
from audits.engine.sources import SourceVerdict, judge_source
from facts import catalogue
from facts.document import InvalidDocument

PACKS = load_packs()
CLEAN = {"key": "main", **catalogue.load().clean("source")}


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
    alone = judge_source(CLEAN, brand={"country": "BR"}, countries=("BR",), packs=PACKS, on=date(2026, 11, 21))
    assert (alone.verdict, alone.rules_asked) == ("needs_human", 0)


def test_an_invalid_source_is_refused() -> None:
    with pytest.raises(InvalidDocument):
        judged(origin="stolen")
