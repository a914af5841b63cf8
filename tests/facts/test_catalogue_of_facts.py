"""The catalogue: one entry is one question, and everything else is generated from it."""

from pathlib import Path

import pytest
import yaml

from facts import catalogue, conditions, form, laws, places
from facts.catalogue import InvalidCatalogue
from facts.conditions import Truth
from tests.registrations import exemplary

SHARED = Path(__file__).resolve().parents[3] / "shared" / "registration"
FACTS = catalogue.load()


def test_every_fact_asks_a_plain_question_and_stands_in_a_group() -> None:
    titles = {(group.section, group.key) for group in FACTS.groups}
    for fact in FACTS.facts.values():
        assert fact.ask.endswith("?"), fact.path
        assert (fact.section, fact.group) in titles


def test_every_group_holds_a_question() -> None:
    used = {(fact.section, fact.group) for fact in FACTS.facts.values()}
    assert {(group.section, group.key) for group in FACTS.groups} == used


def test_each_exemplary_answer_is_one_that_may_be_given() -> None:
    for fact in FACTS.facts.values():
        if fact.kind == "choice":
            assert fact.clean in fact.choices
        if fact.kind == "choices":
            assert set(fact.clean) <= set(fact.choices)


def test_no_condition_of_a_question_reads_the_question_itself() -> None:
    for fact in FACTS.facts.values():
        assert fact.when is None or fact.path not in fact.when.paths


def test_an_order_must_fit_the_answers() -> None:
    with pytest.raises(InvalidCatalogue, match=r"source\.children"):
        catalogue.read_order(["none", "known"], "source.children", "choice", ("none", "possible", "known"))


def test_the_catalogue_agrees_with_the_shared_vocabulary() -> None:
    if not SHARED.exists():
        pytest.skip("../shared/registration is not here; the project's own catalogue stands alone")
    shared = yaml.safe_load((SHARED / "facts.yaml").read_text(encoding="utf-8"))
    for path, fact in FACTS.facts.items():
        entry = shared
        for key in path.split("."):
            entry = entry[key]
        assert (entry["ask"], entry["clean"]) == (fact.ask, fact.clean), path
        assert tuple(entry.get("choices", ())) == fact.choices, path
    assert yaml.safe_load((SHARED / "laws.yaml").read_text(encoding="utf-8")).keys() == laws.load().keys()


def test_places_are_the_countries_of_the_standard() -> None:
    tzdata = pytest.importorskip("tzdata")
    table = Path(tzdata.__file__).parent / "zoneinfo" / "iso3166.tab"
    listed = {line.split("\t")[0] for line in table.read_text(encoding="utf-8").splitlines() if line[0] != "#"}
    assert listed == places.COUNTRIES


@pytest.mark.parametrize(
    ("law", "place", "reaches"),
    [
        ("US", "US-CA", True),
        ("US-CA", "US", True),
        ("US-CA", "US-TX", False),
        ("CA", "CA-QC", True),
        ("CA", "US-CA", False),
        ("DE", "US-DE", False),
        ("GB", "GB", True),
    ],
)
def test_a_federal_law_reaches_each_state_and_a_state_law_some_of_the_country(
    law: str, place: str, reaches: bool
) -> None:
    assert places.covers(law, place) is reaches


class TestForm:
    def visible(self, section: str, answers: dict[str, object]) -> set[str]:
        groups = form.questions(FACTS, section, answers)
        return {question.fact.name for group in groups for question in group.questions if question.visible}

    def test_a_question_waits_until_the_answer_that_it_depends_on_is_given(self) -> None:
        assert "balancing_test" not in self.visible("source", {})
        assert "balancing_test" in self.visible("source", {"lawful_basis": "legitimate_interests"})

    def test_a_question_that_depends_on_another_section_is_shown(self) -> None:
        assert "consent.written" in self.visible("source", {"lawful_basis": "consent", "consent": {"method": "opt_in"}})

    def test_every_question_of_the_section_is_there_once(self) -> None:
        groups = form.questions(FACTS, "campaign", {})
        names = [question.fact.path for group in groups for question in group.questions]
        assert sorted(names) == sorted(fact.path for fact in FACTS.section("campaign"))

    def test_choices_have_labels_in_plain_words(self) -> None:
        group = form.questions(FACTS, "source", {"origin": "declared"})[0]
        origin = group.questions[0]
        assert (origin.answer, origin.input) == ("declared", "one_of")
        assert form.label("self_excluded") == "Self excluded"

    def test_of_the_exemplary_registration_what_is_asked_is_answered(self) -> None:
        document = exemplary()
        groups = form.questions(FACTS, "source", document["sources"][0], {"campaign": document["campaign"]})
        assert all(q.answer is not None for group in groups for q in group.questions if q.visible)


class TestConditions:
    def truth(self, source: str, **facts: object) -> Truth:
        return conditions.compile_condition(source).evaluate(
            conditions.context({f"fact.{name}": value for name, value in facts.items()})
        )

    @pytest.mark.parametrize(
        ("source", "truth"),
        [
            ("fact.absent", Truth.UNKNOWN),
            ("!fact.absent", Truth.UNKNOWN),
            ("fact.absent || fact.yes", Truth.TRUE),
            ("fact.absent || fact.no", Truth.UNKNOWN),
            ("fact.absent && fact.no", Truth.FALSE),
            ("fact.absent && fact.yes", Truth.UNKNOWN),
            ("fact.absent in ['a']", Truth.UNKNOWN),
            ("fact.list.exists(x, x == 'a')", Truth.TRUE),
        ],
    )
    def test_what_is_absent_is_unknown_and_decides_nothing(self, source: str, truth: Truth) -> None:
        assert self.truth(source, yes=True, no=False, list=["a"]) is truth

    @pytest.mark.parametrize(
        "source",
        [
            "has(fact.yes)",
            "fact.list[0] == 'a'",
            "fact.yes == null",
            "fact.yes ? true : false",
            "{'a': 1}.a == 1",
            "dyn(fact.yes)",
            "fact.?yes.orValue(true)",
            "fact.yes &&",
            "fact.yes || " + "true || " * 1000 + "true",
        ],
    )
    def test_ways_to_turn_silence_into_an_answer_are_refused(self, source: str) -> None:
        with pytest.raises(conditions.InvalidCondition):
            conditions.compile_condition(source)

    def test_a_wrong_comparison_is_an_error_and_not_an_absence(self) -> None:
        with pytest.raises(conditions.ConditionError):
            self.truth("fact.yes > 3", yes=True)
        with pytest.raises(conditions.ConditionError):
            self.truth("fact.list", list=["a"])

    def test_references_are_found_by_reading_alone(self) -> None:
        found = conditions.compile_condition('a.b.exists(x, x in ["q.r"]) && c.d.startsWith("e") || named')
        assert found.paths == {"a.b", "c.d"}
        assert found.names == {"named"}
