"""Questions of the catalogue as fields of a page, and the way back: what was typed as answers.

A field that is left empty is unanswered. What cannot be read is told beside its field and nothing of the form is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from facts import form
from facts.catalogue import Fact, load
from facts.checking import answer as check_answer
from facts.errors import InvalidDocument
from facts.places import CODES
from portal.words import answer_label

MOST_PILLS = 8
NONE = "-"
"""What the page sends for “none of these”, which is an answer; nothing picked is none."""

LISTS = frozenset({"countries", "list"})


@dataclass(frozen=True)
class Option:
    """One answer that can be picked."""

    value: str
    label: str
    picked: bool


@dataclass(frozen=True)
class Field:
    """One question on a page. `widget` names the part of the template that draws it, `text` what stands in it."""

    path: str
    ask: str
    widget: str
    options: tuple[Option, ...]
    text: str
    shown: bool
    answered: bool
    error: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Group:
    """One section of a form."""

    key: str
    title: str
    fields: tuple[Field, ...]

    @property
    def asked(self) -> int:
        """How many questions are asked at the moment."""
        return sum(field.shown for field in self.fields)

    @property
    def has_error(self) -> bool:
        """Whether something in it could not be read."""
        return any(field.error for field in self.fields)

    @property
    def answered(self) -> int:
        """How many of these are answered."""
        return sum(field.shown and field.answered for field in self.fields)


@dataclass(frozen=True)
class Reading:
    """What was read from a form: the answers as a registration document nests them, and what could not be read."""

    facts: dict[str, Any]
    errors: dict[str, str]
    raw: dict[str, str]


def groups(section: str, answers: Mapping[str, Any], reading: Reading | None = None) -> tuple[Group, ...]:
    """Return the form of a section. A question is shown where it must be asked, and where it has an answer already."""
    asked = form.questions(load(), section, answers)
    return tuple(
        Group(group.key, _(group.title), tuple(_field(question, reading) for question in group.questions))
        for group in asked
    )


def shown_paths(section: str, answers: Mapping[str, Any]) -> list[str]:
    """Return the paths of the questions to show for these answers."""
    return [field.path for group in groups(section, answers) for field in group.fields if field.shown]


def read(section: str, posted: QueryDict, before: Mapping[str, Any] | None = None) -> Reading:
    """Read the answers of a section from a posted form. What says the same as `before` is kept as it stood there."""
    facts: dict[str, Any] = {}
    errors: dict[str, str] = {}
    raw: dict[str, str] = {}
    for fact in load().section(section):
        words = [word.strip() for word in posted.getlist(fact.path)]
        try:
            answer = _answer(fact, [word for word in words if word])
            if answer is not None:
                check_answer(answer, fact.path, fact)
        except (ValueError, InvalidDocument) as error:
            errors[fact.path] = _refusal(fact, error)
            raw[fact.path] = ", ".join(words)
        else:
            if answer is not None:
                _put(facts, fact.name.split("."), _as_it_stood(answer, form.answer_of(fact, before or {})))
    return Reading(facts, errors, raw)


def _refusal(fact: Fact, error: Exception) -> str:
    if isinstance(error, InvalidDocument):
        return _("“%(found)s” does not fit: it takes %(expected)s.") % {
            "found": error.found,
            "expected": error.expected,
        }
    return _("This takes a whole number.") if fact.kind == "int" else _("This takes a number.")


def _answer(fact: Fact, words: list[str]) -> Any:
    if fact.kind == "choices":
        return [] if words == [NONE] else [word for word in words if word != NONE] or None
    if not words:
        return None
    if fact.kind in ("countries", "fields"):
        found = [part.strip() for part in ",".join(words).replace(";", ",").split(",")]
        kept = [part.upper() if fact.kind == "countries" else part for part in found if part]
        return list(dict.fromkeys(kept)) or None
    return _single(fact, words[0])


def _single(fact: Fact, word: str) -> Any:
    if fact.kind == "bool":
        return {"true": True, "false": False}.get(word)
    if fact.kind == "int":
        return int(word)
    if fact.kind == "number":
        number = float(word.replace(",", "."))
        return int(number) if number.is_integer() else number
    return word.upper() if fact.kind == "country" else word


def _as_it_stood(answer: Any, before: Any) -> Any:
    """A set has no order on a page: another order of the same answers must not look like an edit."""
    if isinstance(answer, list) and isinstance(before, list) and sorted(answer) == sorted(before):
        return before
    return answer


def _put(facts: dict[str, Any], keys: list[str], answer: Any) -> None:
    for key in keys[:-1]:
        facts = facts.setdefault(key, {})
    facts[keys[-1]] = answer


def _field(question: form.Question, reading: Reading | None) -> Field:
    path, answer = question.fact.path, question.answer
    error = reading.errors.get(path, "") if reading else ""
    return Field(
        path=path,
        ask=_(question.ask),
        widget=_widget(question),
        options=_options(question),
        text=reading.raw[path] if reading and error else _text(question.input, answer),
        shown=question.visible or answer is not None or bool(error),
        answered=answer is not None,
        error=error,
        hint=_hint(question.input),
    )


def _widget(question: form.Question) -> str:
    if question.input in ("yes_no", "any_of"):
        return "pick_many" if question.input == "any_of" else "pick_one"
    if question.input == "one_of":
        return "pick_one" if len(question.choices) <= MOST_PILLS else "select"
    if question.input == "country":
        return "select"
    return {"whole_number": "whole_number", "number": "number"}.get(question.input, "text")


def _options(question: form.Question) -> tuple[Option, ...]:
    answer = question.answer
    if question.input == "yes_no":
        return (
            Option("true", _("Yes"), answer is True),
            Option("false", _("No"), answer is False),
            Option("", _("Not known yet"), answer is None),
        )
    if question.input == "country":
        return tuple(Option(code, code, code == answer) for code in sorted(CODES))
    picked = answer if isinstance(answer, list) else [answer]
    found = tuple(Option(one.value, answer_label(one.value), one.value in picked) for one in question.choices)
    if question.input == "any_of":
        return (*found, Option(NONE, _("None of these"), answer == []))
    if question.input == "one_of" and len(found) <= MOST_PILLS:
        return (*found, Option("", _("Not known yet"), answer is None))
    return found


def _text(kind: str, answer: Any) -> str:
    if answer is None:
        return ""
    if kind in LISTS and isinstance(answer, list):
        return ", ".join(str(one) for one in answer)
    return f"{answer:g}" if isinstance(answer, float) else str(answer)


def _hint(kind: str) -> str:
    if kind == "countries":
        return _("Codes with commas between them: GB, DE, US-CA.")
    return _("With commas between them.") if kind == "list" else ""
