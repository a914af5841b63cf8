"""Answers to the questions of the catalogue, checked before they are kept."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from facts import document
from facts.document import InvalidDocument, Registration
from kernel.errors import Invalid

LONGEST_NAME = 200


class InvalidAnswers(Invalid):
    """Something in the answers is not in the catalogue, or of another type. `found` and `expected` say it apart."""

    code = "invalid_answers"

    def __init__(self, place: str, found: Any, expected: str) -> None:
        told = {"place": place or _("document"), "found": found, "expected": expected}
        super().__init__(_("%(place)s: found %(found)r, expected %(expected)s.") % told, place=place)
        self.found, self.expected = found, expected


def checked(data: Mapping[str, Any]) -> Registration:
    """Return the decoded registration document without what is unanswered. Raises InvalidAnswers at the first fault."""
    try:
        return document.parse(data)
    except InvalidDocument as error:
        raise InvalidAnswers(error.path, error.found, error.expected) from error


def checked_source(key: str, name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers of one data source without what is unanswered. Raises InvalidAnswers (place `source.…`)."""
    not_structure(facts, "source", ("key", "name"))
    try:
        found = document.parse({"registration": 1, "sources": [{"key": key, "name": name, **facts}]})
    except InvalidDocument as error:
        place = error.path.replace("sources[0]", "source", 1)
        raise InvalidAnswers(place, error.found, error.expected) from error
    return {name: answer for name, answer in found.sources[0].items() if name not in ("key", "name")}


def not_structure(facts: Mapping[str, Any], place: str, names: tuple[str, ...]) -> None:
    """Raise InvalidAnswers where facts hold what stands beside them in a document, such as the key."""
    for name in names:
        if name in facts:
            raise InvalidAnswers(f"{place}.{name}", facts[name], _("the answers alone; this stands beside them"))


def named(name: str, key: str, place: str) -> str:
    """Return a name, or the key where there is none yet. Raises InvalidAnswers for one too long to be shown."""
    if len(name) > LONGEST_NAME:
        raise InvalidAnswers(place, name, _("a name of at most %(most)d characters") % {"most": LONGEST_NAME})
    return name.strip() or key
