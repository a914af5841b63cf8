"""The form of a house pack's text: every entry of the type that the engine expects, each refusal with its line."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from audits.engine.reading import PACK_KEYS, RULE_KEYS
from audits.house import PREFIX
from audits.house.faults import PackFault
from facts.reading import Reading

MAX_RULES = 100
MAX_EXAMPLES = 20
MAX_CONDITION = 1_000
MAX_TEXT = 2_000
MAX_VALUES = 200
RULE_PREFIX, VALUE_PREFIX = "house.", "house_"
NOT_OURS = {"adopt", "speaks"}
CONDITIONS = ("applies", "requires")
TEXTS = ("title", "message", "remedy", "article", "url", "duty_on")

Check = tuple[str, bool, str]


def checked(read: Reading) -> dict[str, Any]:
    """Return the decoded pack with its days as dates. Raises PackFault at the first thing that cannot be."""
    data = read.data
    if not isinstance(data, dict):
        raise PackFault(_("A pack is a mapping: `pack: …`, `title: …`, `rules: …`."), line=1)
    for place, holds, message in _of_pack(data):
        if not holds:
            raise PackFault(message, place=place, line=_line(read, place))
    whole: dict[str, Any] = dict(data)
    whole["values"] = {name: _dated(read, name, entry) for name, entry in (data.get("values") or {}).items()}
    whole["rules"] = [_rule(read, number, rule) for number, rule in enumerate(data["rules"])]
    return whole


def _of_pack(data: Mapping[str, Any]) -> Iterator[Check]:
    code, values, rules = data.get("pack"), data.get("values"), data.get("rules")
    for key in data:
        known = _("A house pack knows only: %(keys)s.") % {"keys": ", ".join(sorted(PACK_KEYS - NOT_OURS))}
        yield key, key in PACK_KEYS - NOT_OURS, known
    yield "pack", _is_code(code), _("The code of a house pack is `house-` and small letters, digits, hyphens.")
    yield "title", _is_text(data.get("title"), 200), _("A pack needs a title, at most 200 characters.")
    yield "version", isinstance(data.get("version"), (str, int, float)), _("A pack needs a version, e.g. “1”.")
    for key in ("law", "url", "about"):
        yield key, key not in data or _is_text(data[key]), _("This is a text.")
    yield "where", data.get("where") is None or _is_where(data["where"]), _("`where` knows people and brand.")
    yield "values", values is None or isinstance(values, dict), _("Values are a mapping of names to dated lists.")
    yield "rules", isinstance(rules, list) and bool(rules), _("A pack needs a list of rules.")
    if isinstance(rules, list):
        most = _("At most %(n)d rules in one pack.") % {"n": MAX_RULES}
        yield "rules", len(rules) <= MAX_RULES, most


def _rule(read: Reading, number: int, rule: Any) -> dict[str, Any]:
    top = f"rules[{number}]"
    for place, holds, message in _of_rule(rule):
        if not holds:
            inside = f"{top}.{place}" if place else top
            raise PackFault(message, place=inside, line=_line(read, inside), rule=_name(rule))
    whole: dict[str, Any] = {"article": "", "checked": "text"} | rule
    if "in_force" in rule:
        ends = rule["in_force"].items()
        whole["in_force"] = {end: _day(read, f"{top}.in_force.{end}", value) for end, value in ends}
    whole["examples"] = {
        kind: [_example(read, f"{top}.examples.{kind}[{n}]", one) for n, one in enumerate(rule["examples"][kind])]
        for kind in ("violates", "silent")
    }
    return whole


def _of_rule(rule: Any) -> Iterator[Check]:
    yield "", isinstance(rule, dict), _("A rule is a mapping.")
    for key in rule:
        keys = ", ".join(sorted(RULE_KEYS))
        yield key, key in RULE_KEYS, _("A rule knows only: %(keys)s.") % {"keys": keys}
    name = rule.get("id")
    yield (
        "id",
        _is_text(name, 80) and name.startswith(RULE_PREFIX) and _plain(name.removeprefix(RULE_PREFIX), "-."),
        _("The id of a house rule is `house.` and small letters, digits, hyphens, dots: it never stands for a law's."),
    )
    for key in TEXTS:
        yield key, key not in rule or (isinstance(rule[key], str) and len(rule[key]) <= MAX_TEXT), _("This is a text.")
    for key in ("title", "message", "remedy"):
        yield key, bool(str(rule.get(key) or "").strip()), _("A rule needs title, message and remedy, in words.")
    for key in CONDITIONS:
        short = _("A condition is a text of at most %(n)d characters.") % {"n": MAX_CONDITION}
        yield key, key not in rule or _is_text(rule[key], MAX_CONDITION), short
    for key in ("scope", "severity", "checked", "side", "law"):
        yield key, key not in rule or isinstance(rule[key], str), _("This is one word.")
    yield "channels", _is_words(rule.get("channels", [])), _("Channels are a list of words.")
    yield "where", rule.get("where") is None or _is_where(rule["where"]), _("`where` knows people and brand.")
    yield "in_force", _is_span(rule.get("in_force", {})), _("`in_force` knows from and to.")
    yield "also", _is_also(rule.get("also", [])), _("`also` is a list of {law, article, url}.")
    yield from _of_examples(rule.get("examples"))


def _of_examples(examples: Any) -> Iterator[Check]:
    needs = _("A rule needs at least one example that violates it and one on which it is silent.")
    yield "examples", isinstance(examples, dict) and set(examples) == {"violates", "silent"}, needs
    for kind in ("violates", "silent"):
        found = examples[kind]
        place = f"examples.{kind}"
        yield place, isinstance(found, list) and bool(found) and all(isinstance(one, dict) for one in found), needs
        yield place, len(found) <= MAX_EXAMPLES, _("At most %(n)d examples of a kind.") % {"n": MAX_EXAMPLES}
        for number, one in enumerate(found):
            parts = [value for key, value in one.items() if key != "day"]
            fragment = _("An example is a fragment of a registration: brand, source, campaign, measured.")
            yield f"{place}[{number}]", all(isinstance(part, dict) for part in parts), fragment


def _example(read: Reading, place: str, one: dict[str, Any]) -> dict[str, Any]:
    return one | {"day": _day(read, f"{place}.day", one["day"])} if "day" in one else one


def _dated(read: Reading, name: str, entries: Any) -> list[dict[str, Any]]:
    place = f"values.{name}"
    if not name.startswith(VALUE_PREFIX) or not _plain(name, "_"):
        raise PackFault(_("The name of a house value begins with `house_`."), place=place, line=_line(read, place))
    if not isinstance(entries, list) or not all(isinstance(e, dict) and set(e) == {"from", "value"} for e in entries):
        raise PackFault(_("A value is a list of {from, value}."), place=place, line=_line(read, place))
    small = _("A value is one word, one number, or a list of at most %(n)d of them.") % {"n": MAX_VALUES}
    for entry in entries:
        if not _is_small(entry["value"]):
            raise PackFault(small, place=place, line=_line(read, place))
    return [one | {"from": _day(read, f"{place}[{n}].from", one["from"])} for n, one in enumerate(entries)]


def _day(read: Reading, place: str, value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise PackFault(_("This is a day, e.g. 2026-12-31."), place=place, line=_line(read, place)) from error


def _line(read: Reading, place: str) -> int | None:
    """Return the line of a place, or of the nearest place around it."""
    while place and place not in read.lines:
        place = place.rpartition(".")[0] if "." in place else ""
    return read.lines.get(place)


def _name(rule: Any) -> str:
    return str(rule["id"])[:80] if isinstance(rule, dict) and isinstance(rule.get("id"), str) else ""


def _is_code(code: Any) -> bool:
    return isinstance(code, str) and len(code) <= 60 and code.startswith(PREFIX) and _plain(code[len(PREFIX) :], "-")


def _plain(text: str, marks: str) -> bool:
    return bool(text) and all(one in marks or (one.isascii() and (one.islower() or one.isdigit())) for one in text)


def _is_text(value: Any, most: int = MAX_TEXT) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= most


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_small(value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return len(parts) <= MAX_VALUES and all(isinstance(one, (str, int, float)) for one in parts)


def _is_where(value: Any) -> bool:
    return isinstance(value, dict) and all(
        key in ("people", "brand") and (isinstance(one, str) or _is_words(one)) for key, one in value.items()
    )


def _is_span(value: Any) -> bool:
    return isinstance(value, dict) and set(value) <= {"from", "to"}


def _is_also(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, dict) and {"law", "article"} <= set(one) <= {"law", "article", "url"}
        and all(isinstance(part, str) for part in one.values())
        for one in value
    )  # fmt: skip
