"""Why a message came, in one sentence for the person who gets it (explanation.yaml). Pure: what is said is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Self

import yaml

FILE = Path(__file__).with_name("explanation.yaml")
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Ground:
    """On what a message to one person rests, by her own rows: the record that permits it, and how she is known.

    basis: a value of people.models.Basis; since: the day of that record; how: an answer to source.collected_by;
    source: the name of the data source; observed: the day of her record in it. Days are those of her own time zone.
    """

    basis: str
    since: date
    how: str
    source: str
    observed: date

    def as_dict(self) -> dict[str, str]:
        """The ground as JSON data."""
        return {
            "basis": self.basis,
            "since": self.since.isoformat(),
            "how": self.how,
            "source": self.source,
            "observed": self.observed.isoformat(),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, str]) -> Self:
        """Read what `as_dict` wrote. Raises KeyError, ValueError."""
        return cls(
            basis=told["basis"],
            since=date.fromisoformat(told["since"]),
            how=told["how"],
            source=told["source"],
            observed=date.fromisoformat(told["observed"]),
        )


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Return the clauses of each language, as explanation.yaml has them."""
    raw: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {language: clauses for language, clauses in raw.items() if language != "format"}


def languages() -> tuple[str, ...]:
    """Return the languages in which it can be said."""
    return tuple(table())


def means() -> tuple[str, ...]:
    """Return the answers to source.collected_by that can be told to a person."""
    return tuple(table()[FALLBACK]["known"])


def spoken(language: str) -> str:
    """Return the language to use for a person's (or a page's) language tag: "pt" is answered in English."""
    own = language.lower().partition("-")[0]
    return own if own in table() else FALLBACK


def sentence(ground: Ground, *, brand: str, language: str) -> str:
    """Return the sentence in a language. `brand` is the brand's name. Raises KeyError for what has no clause."""
    clauses = table()[spoken(language)]
    values = {
        "brand": brand,
        "source": ground.source,
        "since": written(ground.since, language),
        "observed": written(ground.observed, language),
    }
    parts = {
        "basis": clauses["basis"][ground.basis].format_map(values),
        "known": clauses["known"][ground.how].format_map(values),
    }
    return str(clauses["sentence"].format_map(values | parts))


def written(day: date, language: str) -> str:
    """Return a day as it is written out in a language."""
    clauses = table()[spoken(language)]
    number = clauses.get("first", "1") if day.day == 1 else str(day.day)
    return str(clauses["date"].format(day=number, month=clauses["months"][day.month - 1], year=day.year))
