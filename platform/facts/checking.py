"""Checking decoded data against the catalogue: structure, types, choices, keys. The first thing wrong is reported."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from facts.catalogue import Catalogue, Fact
from facts.errors import InvalidDocument
from facts.places import CODES
from facts.reading import joined

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
FIELD = re.compile(r"\S(?:.{0,98}\S)?\Z")
LARGEST = 2**53 - 1
TOP = ("registration", "brand", "sources", "campaign", "content", "schedule", "integrations")
HEADERS = ("from", "reply_to", "list_unsubscribe", "list_unsubscribe_post")
"""Headers of a mail, each as its one line says it: `from: "Northwind Shoes <news@northwind.example>"`."""

CONTENT = ("subject", "html", "text", "landing_url", *HEADERS)
LONGEST_HEADER = 998
"""Characters of a header. A line of a mail is no longer (RFC 5322, 2.1.1)."""

LONGEST_TEXT = 1_000_000


def check(data: Any, catalogue: Catalogue) -> None:
    """Raise InvalidDocument at the first thing in `data` that a registration document may not hold."""
    mapping(data, "", TOP)
    version = data.get("registration")
    if version != 1 or isinstance(version, bool) or not isinstance(version, int):
        raise InvalidDocument("registration", version, "1, the version of the document format")
    section(data.get("brand"), "brand", catalogue.tree("brand"), {"name": text})
    keys = sources(data.get("sources"), catalogue)
    campaign(data.get("campaign"), catalogue, keys)
    content(data.get("content"))
    schedule(data.get("schedule"))
    keyed_list(data.get("integrations"), "integrations")


def mapping(value: Any, path: str, allowed: Collection[str]) -> None:
    """Check that a value is a mapping with no other keys than those allowed."""
    if not isinstance(value, Mapping):
        raise InvalidDocument(path, value, "a mapping of keys to values")
    for name in value:
        if name not in allowed:
            near = difflib.get_close_matches(str(name), allowed, 1)
            expected = f"a known key (did you mean {near[0]!r}?)" if near else f"one of {', '.join(sorted(allowed))}"
            raise InvalidDocument(joined(path, str(name)), name, expected)


def section(value: Any, path: str, tree: Mapping[str, Any], extra: Mapping[str, Callable[[Any, str], None]]) -> None:
    """Check one section or group: its facts by the catalogue and its structure (`extra`) by their own checks."""
    if value is None:
        return
    mapping(value, path, {**extra, **tree})
    for name, entry in value.items():
        where = joined(path, name)
        if entry is None:
            continue
        if name in extra:
            extra[name](entry, where)
        elif isinstance(tree[name], Fact):
            answer(entry, where, tree[name])
        else:
            section(entry, where, tree[name], {})


def sources(value: Any, catalogue: Catalogue) -> set[str]:
    """Check the data sources and return their keys."""
    keys: set[str] = set()
    if value is None:
        return keys
    if not isinstance(value, list):
        raise InvalidDocument("sources", value, "a list of data sources")
    for index, entry in enumerate(value):
        path = f"sources[{index}]"
        mapping(entry, path, ["key", "name", *catalogue.tree("source")])
        key(entry.get("key"), f"{path}.key")
        section(entry, path, catalogue.tree("source"), {"key": key, "name": text})
        if entry["key"] in keys:
            raise InvalidDocument(f"{path}.key", entry["key"], "a key that no other source has")
        keys.add(entry["key"])
    return keys


def campaign(value: Any, catalogue: Catalogue, keys: set[str]) -> None:
    """Check the campaign; each source that it names must be defined."""
    if value is None:
        return
    tree = catalogue.tree("campaign")
    section(value, "campaign", tree, {"key": key, "name": text, "sources": keyed_list})
    key(value.get("key"), "campaign.key")
    for index, name in enumerate(value.get("sources") or ()):
        if name not in keys:
            known = ", ".join(sorted(keys)) or "none is"
            raise InvalidDocument(
                f"campaign.sources[{index}]", name, f"a source that is defined under sources ({known})"
            )


def key(value: Any, path: str) -> None:
    """Check a key: 1 to 100 letters, digits, dots, hyphens and underscores."""
    if not isinstance(value, str) or not KEY.match(value):
        raise InvalidDocument(path, value, "a key of letters, digits, dots, hyphens and underscores")


def text(value: Any, path: str) -> None:
    """Check text."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not encodable(value):
        raise InvalidDocument(path, value, f"text of at most {LONGEST_TEXT} characters")


def encodable(value: str) -> bool:
    """Whether text can be kept: no lone surrogate of a JSON escape (not UTF-8), no NUL (in no database's text)."""
    return "\0" not in value and (value.isascii() or not any("\ud800" <= one <= "\udfff" for one in value))


def keyed_list(value: Any, path: str) -> None:
    """Check a list of keys, each once."""
    if value is None:
        return
    if not isinstance(value, list):
        raise InvalidDocument(path, value, "a list of keys")
    for index, entry in enumerate(value):
        key(entry, f"{path}[{index}]")
    once(value, path)


def once(value: list[Any], path: str) -> None:
    """Check that no entry of a list stands twice."""
    for index, entry in enumerate(value):
        if entry in value[:index]:
            raise InvalidDocument(f"{path}[{index}]", entry, "each entry once")


def content(value: Any) -> None:
    """Check the content of the message."""
    if value is None:
        return
    mapping(value, "content", CONTENT)
    for name, entry in value.items():
        if entry is not None:
            text(entry, f"content.{name}")
            if name in HEADERS and (len(entry) > LONGEST_HEADER or not entry.isprintable()):
                raise InvalidDocument(f"content.{name}", entry, f"one line of at most {LONGEST_HEADER} characters")
    landing = value.get("landing_url")
    if landing is not None and not re.match(r"https?://[^\s/]\S{0,1990}\Z", landing):
        raise InvalidDocument("content.landing_url", landing, "an http or https address")


def schedule(value: Any) -> None:
    """Check the first and the last day."""
    if value is None:
        return
    mapping(value, "schedule", ("from", "until"))
    days = {name: day(entry, f"schedule.{name}") for name, entry in value.items() if entry is not None}
    if "from" in days and "until" in days and days["until"] < days["from"]:
        raise InvalidDocument("schedule.until", value["until"], f"a day not before {value['from']}")


def day(value: Any, path: str) -> date:
    """Check and return an ISO 8601 calendar date."""
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise InvalidDocument(path, value, "a date as YYYY-MM-DD")


def answer(value: Any, path: str, fact: Fact) -> None:
    """Check one answer against its question."""
    kind = fact.kind
    if kind in ("countries", "fields", "choices"):
        if not isinstance(value, list):
            raise InvalidDocument(path, value, "a list" + (f" of {', '.join(fact.choices)}" if fact.choices else ""))
        for index, entry in enumerate(value):
            single(entry, f"{path}[{index}]", kind, fact.choices)
        once(value, path)
    else:
        single(value, path, kind, fact.choices)


def single(value: Any, path: str, kind: str, choices: tuple[str, ...]) -> None:
    """Check a single value of a kind."""
    if kind in ("choice", "choices"):
        right, expected = isinstance(value, str) and value in choices, f"one of {', '.join(choices)}"
    elif kind == "bool":
        right, expected = isinstance(value, bool), "true or false"
    elif kind == "int":
        right = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST
        expected = "a whole number from 0"
    elif kind == "number":
        right = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= LARGEST
        right, expected = right and math.isfinite(value), "a number from 0"
    elif kind in ("country", "countries"):
        right = isinstance(value, str) and value in CODES
        expected = "an ISO 3166 code such as FR, US-CA or CA-QC" + (
            " (the United Kingdom is GB)" if value == "UK" else ""
        )
    else:
        right = isinstance(value, str) and encodable(value) and bool(FIELD.match(value) if kind == "fields" else value)
        expected = "text"
    if not right:
        raise InvalidDocument(path, value, expected)
