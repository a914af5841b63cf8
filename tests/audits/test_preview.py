"""The live verdict beside the form: at once, without a database, and the same as the check would say of it."""

from datetime import date

import pytest

from audits.preview import judge_draft
from tests.registrations import answered, exemplary

DAY = date(2026, 11, 21)


def test_it_is_the_verdict_of_the_registration_format():
    verdict = judge_draft(exemplary(), DAY)
    assert (verdict["verdict"], verdict["on"]) == ("clear", "2026-11-21")
    assert {"can", "should", "findings", "questions", "packs", "rules_asked"} <= verdict.keys()


def test_a_draft_that_is_hardly_begun_is_judged_and_not_cleared():
    verdict = judge_draft({"registration": 1, "campaign": {"key": "spring"}}, DAY)
    assert verdict["verdict"] != "clear"


def test_an_answer_that_violates_the_law_shows_at_once():
    assert judge_draft(answered("source.consent.method", "none"), DAY)["verdict"] == "blocked"


@pytest.mark.parametrize("document", [{}, {"registration": 1, "campaign": {"key": "spring", "colour": "red"}}])
def test_what_cannot_be_judged_says_where_and_gets_no_verdict(document):
    answer = judge_draft(document, DAY)
    assert "verdict" not in answer
    assert {"path", "found", "expected"} <= answer["error"].keys()


def test_measured_facts_play_no_part_in_it():
    assert not any(one["rule"].startswith("measured.") for one in judge_draft(exemplary(), DAY)["findings"])
