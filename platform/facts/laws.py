"""The instruments that findings cite: statutes, directives, regulations and industry rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from facts.places import CODES

KINDS = ("statute", "directive", "regulation", "industry_rule")


class InvalidLaws(ValueError):
    """A list of laws that cannot be used; the message names the entry."""


@dataclass(frozen=True)
class Law:
    """One instrument: its code as cited, name, jurisdiction in words, the places where it applies, and its kind.

    No countries: it is bound to a channel, not to a place.
    """

    code: str
    name: str
    jurisdiction: str
    countries: tuple[str, ...]
    kind: str


@lru_cache(maxsize=1)
def load() -> Mapping[str, Law]:
    """Read the laws that ship with the project, by code; raises InvalidLaws. Cached for the life of the process."""
    text = (Path(__file__).parent / "laws.yaml").read_text(encoding="utf-8")
    laws = {}
    for code, entry in yaml.load(text, Loader=yaml.CSafeLoader).items():
        if set(entry["countries"]) - CODES or entry["kind"] not in KINDS:
            raise InvalidLaws(f"{code}: a place or kind that is not known")
        laws[code] = Law(code, entry["name"], entry["jurisdiction"], tuple(entry["countries"]), entry["kind"])
    return laws
