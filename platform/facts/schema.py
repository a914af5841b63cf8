"""The registration document as a JSON Schema (draft 2020-12), generated from the catalogue.

What a schema cannot say (a source named and not defined, a last day before the first) only `document.parse` refuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facts.catalogue import Catalogue, Fact
from facts.catalogue import load as load_catalogue
from facts.checking import CONTENT, HEADERS, LARGEST, LONGEST_HEADER
from facts.places import CODES

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEY: dict[str, Any] = {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"}
KEYS: dict[str, Any] = {"type": ["array", "null"], "items": KEY, "uniqueItems": True}
TEXT: dict[str, Any] = {"type": ["string", "null"]}
HEADER = {"type": ["string", "null"], "maxLength": LONGEST_HEADER, "pattern": "^[^\\u0000-\\u001f\\u007f]*$"}
DAY: dict[str, Any] = {"type": ["string", "null"], "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def json_schema(catalogue: Catalogue | None = None) -> dict[str, Any]:
    """The JSON Schema of a registration document. Null is allowed everywhere and means unanswered."""
    catalogue = catalogue or load_catalogue()
    source = section(catalogue.tree("source"), {"key": KEY, "name": TEXT}, ["key"])
    campaign = section(catalogue.tree("campaign"), {"key": KEY, "name": TEXT, "sources": KEYS}, ["key"])
    content = dict.fromkeys(CONTENT, TEXT) | dict.fromkeys(HEADERS, HEADER)
    content["landing_url"] = {"type": ["string", "null"], "pattern": "^https?://"}
    return {
        "$schema": DIALECT,
        "title": "Registration of a marketing campaign",
        "description": "A fact that is absent or null is unanswered. It is never false, and never consent.",
        **closed(
            {
                "registration": {"const": 1},
                "brand": nullable(section(catalogue.tree("brand"), {"name": TEXT}, [])),
                "sources": {"type": ["array", "null"], "items": source},
                "campaign": nullable(campaign),
                "content": nullable(closed(content, [])),
                "schedule": nullable(closed({"from": DAY, "until": DAY}, [])),
                "integrations": KEYS,
            },
            ["registration"],
        ),
        "$defs": {"place": {"enum": sorted(CODES)}},
    }


def closed(properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    """An object that allows no other keys."""
    return {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    """The same object, or null."""
    return schema | {"type": ["object", "null"]}


def section(tree: Mapping[str, Any], extra: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    """One section or group with the facts of the catalogue and the structure beside them."""
    properties = dict(extra)
    for key, node in tree.items():
        properties[key] = answer(node) if isinstance(node, Fact) else nullable(section(node, {}, []))
    return closed(properties, required)


def answer(fact: Fact) -> dict[str, Any]:
    """The answers that one question allows, with the question as its description."""
    place = {"$ref": "#/$defs/place"}
    shapes: dict[str, dict[str, Any]] = {
        "bool": {"type": ["boolean", "null"]},
        "int": {"type": ["integer", "null"], "minimum": 0, "maximum": LARGEST},
        "number": {"type": ["number", "null"], "minimum": 0, "maximum": LARGEST},
        "text": {"type": ["string", "null"], "minLength": 1},
        "country": {"anyOf": [place, {"type": "null"}]},
        "countries": {"type": ["array", "null"], "items": place, "uniqueItems": True},
        "fields": {"type": ["array", "null"], "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
        "choice": {"enum": [*fact.choices, None]},
        "choices": {"type": ["array", "null"], "items": {"enum": list(fact.choices)}, "uniqueItems": True},
    }
    return {"description": fact.ask, **shapes[fact.kind]}
