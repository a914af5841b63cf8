"""The form of one section, generated from the catalogue: groups of plain questions, each visible or not yet needed.

Labels are in the words of the catalogue; whoever renders them translates them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from facts import conditions
from facts.catalogue import SECTIONS, Catalogue, Fact, Group
from facts.conditions import Truth

INPUTS = {
    "bool": "yes_no",
    "int": "whole_number",
    "number": "number",
    "text": "text",
    "country": "country",
    "countries": "countries",
    "fields": "list",
    "choice": "one_of",
    "choices": "any_of",
}


@dataclass(frozen=True)
class Choice:
    """One answer of a closed set: its value in the document and its label in plain words."""

    value: str
    label: str


@dataclass(frozen=True)
class Question:
    """One question of a form. `input` is its kind of field, `answer` None where it is unanswered.

    `visible` is false where an answer given elsewhere makes the question pointless.
    """

    fact: Fact
    ask: str
    input: str
    choices: tuple[Choice, ...]
    answer: Any
    visible: bool


@dataclass(frozen=True)
class QuestionGroup:
    """A group of the form with its questions in the order of the catalogue."""

    key: str
    title: str
    questions: tuple[Question, ...]


def label(value: str) -> str:
    """An answer's value in plain words: `self_excluded` becomes "Self excluded"."""
    words = value.replace("_", " ")
    return words[:1].upper() + words[1:]


def questions(
    catalogue: Catalogue,
    section: str,
    answers: Mapping[str, Any],
    others: Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[QuestionGroup, ...]:
    """The form of `section` (brand, source or campaign), given the answers so far, nested as in a document.

    `others` holds the answers of other sections, where known, so that questions which depend on them can be hidden.
    """
    known = {**(others or {}), section: answers}
    values: dict[str, Any] = {}
    for name in SECTIONS:
        values |= catalogue.environment(name, known.get(name, {}))
    context = conditions.context(values)
    facts = catalogue.section(section)
    return tuple(
        QuestionGroup(group.key, group.title, asked(facts, group, answers, context, known))
        for group in catalogue.groups
        if group.section == section
    )


def asked(
    facts: tuple[Fact, ...], group: Group, answers: Mapping[str, Any], context: Any, known: Mapping[str, Any]
) -> tuple[Question, ...]:
    """The questions of one group."""
    return tuple(
        Question(
            fact,
            fact.ask,
            INPUTS[fact.kind],
            tuple(Choice(value, label(value)) for value in fact.choices),
            answer_of(fact, answers),
            visible(fact, context, known),
        )
        for fact in facts
        if fact.group == group.key
    )


def answer_of(fact: Fact, answers: Mapping[str, Any]) -> Any:
    """The current answer of a fact in the nested answers of its section; None where unanswered."""
    value: Any = answers
    for key in fact.name.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def visible(fact: Fact, context: Any, known: Mapping[str, Any]) -> bool:
    """Whether to show a question: it waits while what decides is unanswered here, and shows where that is not known."""
    if fact.when is None:
        return True
    truth = fact.when.evaluate(context)
    if truth is Truth.UNKNOWN:
        return any(path.partition(".")[0] not in known for path in fact.when.paths)
    return truth is Truth.TRUE
