"""The questions that would settle a verdict, in plain words: what is asked, which answers it has, which law asks."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from facts.catalogue import Catalogue, Fact
from facts.words import gettext as _
from facts.words import ngettext

WIDTH = 100
ANSWERS = {
    "bool": _("true or false"),
    "int": _("a whole number from 0"),
    "number": _("a number from 0"),
    "text": _("text"),
    "country": _("a country, such as FR or US-CA"),
    "countries": _("a list of countries, such as [FR, US-CA]"),
    "fields": _("a list of names, such as [email, first_name]"),
}


def questions(answer: Mapping[str, Any], catalogue: Catalogue) -> Iterator[str]:
    """Each question with its path in the document, the answers it allows and why it is asked."""
    paths: Sequence[str] = answer["questions"]
    if paths:
        yield ""
        yield ngettext(
            "To settle it, answer this question:", "To settle it, answer these {count} questions:", len(paths)
        ).format(count=len(paths))
    for number, path in enumerate(paths, 1):
        fact = catalogue.get(path)
        yield from lines(f"  {number}. ", f"{fact.ask if fact else path}  ({path})")
        if fact:
            yield from lines("     ", _("Answers: {answers}").format(answers=allowed(fact)))
        yield from lines("     ", _("Asked because of: {reasons}").format(reasons=reasons(path, answer["findings"])))


def allowed(fact: Fact) -> str:
    """The answers that a question allows, as they are written in the document."""
    if fact.kind == "choices":
        return _("any of {choices}").format(choices=", ".join(fact.choices))
    return ", ".join(fact.choices) if fact.kind == "choice" else ANSWERS[fact.kind]


def reasons(path: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """The laws that wait for an answer, with the sources that they ask about; else what the answer is asked for."""
    found: dict[str, None] = {}
    for one in findings:
        if one["outcome"] == "unanswered" and path in one.get("asks", ()):
            cited = "; ".join(f"{c['law']} {c['article']}" for c in one["citations"]) or one["title"]
            found[cited + ("" if one["scope"] == "campaign" else f" [{one['scope']}]")] = None
    return ", ".join(found) or _("the light touch, which assumes the worst while it is unanswered")


def lines(start: str, sentence: str) -> list[str]:
    """A sentence with a beginning, its further lines indented as far."""
    return textwrap.wrap(sentence, WIDTH, initial_indent=start, subsequent_indent=" " * len(start))
