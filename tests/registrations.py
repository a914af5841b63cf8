"""Registration documents for tests: the exemplary one, overlays on it, and strategies for random ones."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from facts import catalogue
from facts.catalogue import Fact

PLACES = ("GB", "DE", "FR", "IT", "NL", "NO", "US", "US-CA", "US-TX", "US-IN", "CA-QC", "CA", "BR", "AU")


def exemplary() -> dict[str, Any]:
    """The document in which every fact has its clean answer."""
    facts = catalogue.load()
    return {
        "registration": 1,
        "brand": {"name": "Northwind Shoes", **facts.clean("brand")},
        "sources": [{"key": "main", "name": "Shop accounts", **facts.clean("source")}],
        "campaign": {"key": "spring", "name": "Spring", "sources": ["main"], **facts.clean("campaign")},
    }


def overlaid(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `overlay` laid over it: mappings merge, everything else replaces."""
    result = copy.deepcopy(dict(base))
    for key, value in overlay.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = overlaid(result[key], value) if both else copy.deepcopy(value)
    return result


def registered(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The exemplary document with facts (by section, `source` for the one source) laid over it."""
    document = exemplary()
    for section in ("brand", "campaign"):
        document[section] = overlaid(document[section], facts.get(section, {}))
    document["sources"][0] = overlaid(document["sources"][0], facts.get("source", {}))
    return document


def answered(path: str, value: Any) -> dict[str, Any]:
    """The exemplary document with one fact answered otherwise; None makes it unanswered."""
    overlay: Any = value
    for key in reversed(path.split(".")):
        overlay = {key: overlay}
    return registered(overlay)


def answers(fact: Fact) -> st.SearchStrategy[Any]:
    """Random valid answers to one question, None (unanswered) among them."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(),
        "int": st.integers(0, 200_000) | st.integers(0, 40),
        "number": st.floats(0, 1000, allow_nan=False).map(lambda value: round(value, 2)) | st.integers(0, 400),
        "text": st.sampled_from(["09:00-19:00", "00:00-24:00", "08:00-22:00", "late"]),
        "country": st.sampled_from(PLACES),
        "countries": st.lists(st.sampled_from(PLACES), unique=True, max_size=4),
        "fields": st.lists(st.sampled_from(["email", "first_name", "birthday"]), unique=True),
        "choice": st.sampled_from(fact.choices or ("",)),
        "choices": st.lists(st.sampled_from(fact.choices or ("",)), unique=True, max_size=5),
    }
    return st.none() | kinds[fact.kind]


def deviations(most: int = 12) -> st.SearchStrategy[dict[str, Any]]:
    """Exemplary documents in which up to `most` facts are answered otherwise or not at all."""
    facts = list(catalogue.load().facts.values())
    pairs = st.lists(
        st.sampled_from(facts).flatmap(lambda fact: st.tuples(st.just(fact.path), answers(fact))), max_size=most
    )

    def build(chosen: list[tuple[str, Any]]) -> dict[str, Any]:
        document = exemplary()
        for path, value in chosen:
            put(document, path, value)
        return document

    return pairs.map(build)


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Set one fact of a document by its path (that of the first source for source facts)."""
    section, *keys = path.split(".")
    here = document["sources"][0] if section == "source" else document[section]
    for key in keys[:-1]:
        here = here.setdefault(key, {})
    here[keys[-1]] = value
