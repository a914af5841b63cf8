"""Ten ordinary newsletters in five languages: nothing is found in them, and a verdict with them is that without."""

import pytest

from audits import rules_in_use
from tests.content.letters import LANGUAGES, NAMES, judged, newsletter, seen


def test_there_are_two_in_each_language() -> None:
    assert sorted(name[:2] for name in NAMES) == sorted([*LANGUAGES, *LANGUAGES])


@pytest.mark.parametrize("name", NAMES)
def test_an_innocent_newsletter_yields_no_finding(name: str) -> None:
    assert {rule: one.message for rule, one in seen(newsletter(name)).items()} == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_text_alone_yields_no_finding(name: str) -> None:
    letter = {part: text for part, text in newsletter(name).items() if part != "html"}
    assert {rule: one.message for rule, one in seen(letter).items()} == {}


def test_a_verdict_with_an_innocent_newsletter_is_that_without() -> None:
    assert judged(newsletter("en-guide")).as_dict() == judged({}).as_dict()


def test_a_verdict_names_the_checks_that_it_rests_on() -> None:
    assert judged({}).packs == rules_in_use()
    assert "content" in judged({}).packs
