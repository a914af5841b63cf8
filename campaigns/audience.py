"""The definition of whom a campaign reaches: the sources it is drawn from and simple conditions on each person.

    {"sources": [key…], "where": [{"field": …, "is": …, "value": …}…]}

Every condition must hold. `field` is country, language, birth_year or fields.<name> (a field of the source that a
message may use). What is not known of a person meets no condition.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from facts.checking import FIELD
from facts.places import CODES
from sources.answers import InvalidAnswers

COMPARISONS: Mapping[str, tuple[str, ...]] = {
    "country": ("equals", "in", "not_in"),
    "language": ("equals", "in", "not_in"),
    "birth_year": ("equals", "in", "not_in", "at_least", "at_most"),
    "fields": ("equals", "in", "not_in", "at_least", "at_most"),
}
"""Which comparisons each kind of field allows; `in` and `not_in` take a list, the others one value."""

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
MOST_CONDITIONS, MOST_VALUES = 50, 1_000


def checked(definition: Mapping[str, Any], sources: Sequence[str]) -> dict[str, Any]:
    """Return a definition in its one form. Raises InvalidAnswers, also for a source the campaign does not draw on."""
    place = "audience"
    if not isinstance(definition, Mapping):
        raise InvalidAnswers(place, _plain(definition), _("a mapping of sources and where"))
    _only(definition, place, ("sources", "where"))
    found: dict[str, Any] = {}
    if definition.get("sources"):
        found["sources"] = _sources(definition["sources"], sources)
    if definition.get("where"):
        found["where"] = _conditions(definition["where"])
    return found


def effective(definition: Mapping[str, Any], sources: Sequence[str]) -> dict[str, Any]:
    """Return the definition with what it leaves unsaid: every source of the campaign, no condition."""
    return {"sources": definition.get("sources") or sorted(sources), "where": definition.get("where") or []}


def fields_read(definition: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields of the sources by which people are selected, by their bare names."""
    named = (str(entry["field"]) for entry in definition.get("where") or ())
    return frozenset(name.removeprefix("fields.") for name in named if name.startswith("fields."))


def _sources(value: Any, known: Sequence[str]) -> list[str]:
    place = "audience.sources"
    if not isinstance(value, list):
        raise InvalidAnswers(place, _plain(value), _("a list of the campaign's data sources"))
    for index, key in enumerate(value):
        if key not in known:
            raise InvalidAnswers(
                f"{place}[{index}]",
                _plain(key),
                _("a data source of this campaign (%(known)s)") % {"known": ", ".join(known) or _("it has none")},
            )
    return sorted(set(value))


def _conditions(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST_CONDITIONS:
        raise InvalidAnswers(
            "audience.where", _plain(value), _("a list of at most %(most)d conditions") % {"most": MOST_CONDITIONS}
        )
    return [_condition(entry, f"audience.where[{index}]") for index, entry in enumerate(value)]


def _condition(entry: Any, place: str) -> dict[str, Any]:
    if not isinstance(entry, Mapping):
        raise InvalidAnswers(place, _plain(entry), _("a mapping of field, is and value"))
    _only(entry, place, ("field", "is", "value"))
    kind = _kind(entry.get("field"), f"{place}.field")
    comparison, value = entry.get("is"), entry.get("value")
    if comparison not in COMPARISONS[kind]:
        expected = _("one of %(choices)s") % {"choices": ", ".join(COMPARISONS[kind])}
        raise InvalidAnswers(f"{place}.is", _plain(comparison), expected)
    _value(kind, comparison, value, f"{place}.value")
    return {"field": entry["field"], "is": comparison, "value": value}


def _kind(field: Any, place: str) -> str:
    if isinstance(field, str) and field in COMPARISONS and field != "fields":
        return field
    name = field.removeprefix("fields.") if isinstance(field, str) and field.startswith("fields.") else ""
    if FIELD.match(name) and name.isprintable():
        return "fields"
    raise InvalidAnswers(place, _plain(field), _("country, language, birth_year or fields.<name>"))


def _value(kind: str, comparison: str, value: Any, place: str) -> None:
    right, expected = VALUES[kind]
    if comparison in ("in", "not_in"):
        if not isinstance(value, list) or not 0 < len(value) <= MOST_VALUES:
            raise InvalidAnswers(place, _plain(value), _("a list of 1 to %(most)d values") % {"most": MOST_VALUES})
        for index, entry in enumerate(value):
            if not right(entry):
                raise InvalidAnswers(f"{place}[{index}]", _plain(entry), expected())
    elif not right(value) or (kind == "fields" and comparison in ("at_least", "at_most") and isinstance(value, str)):
        raise InvalidAnswers(place, _plain(value), expected() if kind != "fields" else _("a number"))


def _is_country(value: Any) -> bool:
    return isinstance(value, str) and value in CODES


def _is_language(value: Any) -> bool:
    return isinstance(value, str) and bool(LANGUAGE.match(value))


def _is_year(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1850 <= value <= 2200


def _is_plain_value(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= 500 and "\x00" not in value and value.isprintable()
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2**53


VALUES: Mapping[str, tuple[Callable[[Any], bool], Callable[[], str]]] = {
    "country": (_is_country, lambda: _("an ISO 3166 code such as FR, US-CA or CA-QC")),
    "language": (_is_language, lambda: _("a language code such as en or pt-BR")),
    "birth_year": (_is_year, lambda: _("a year such as 1990")),
    "fields": (_is_plain_value, lambda: _("text or a number")),
}
"""For each kind of field: which values it takes, and how that is said."""


def _only(entry: Mapping[str, Any], place: str, allowed: tuple[str, ...]) -> None:
    for name in entry:
        if name not in allowed:
            raise InvalidAnswers(f"{place}.{name}", name, _("one of %(choices)s") % {"choices": ", ".join(allowed)})


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, int, float)) or value is None else type(value).__name__
