"""A verdict read country by country: clear in one, blocked in another because of these findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from audits.engine.verdict import WORST, Can, effect_of


@dataclass(frozen=True)
class CountryVerdict:
    """What a campaign can do in some countries alike, and the findings that decide it (none where it is clear).

    A finding is as in the JSON of the verdict.
    """

    countries: tuple[str, ...]
    verdict: Can
    deciding: tuple[Mapping[str, Any], ...]

    @property
    def laws(self) -> tuple[str, ...]:
        """The laws that decide, with their articles, each once."""
        cited = (f"{one['law']} {one['article']}" for found in self.deciding for one in found["citations"])
        return tuple(dict.fromkeys(cited))


def by_country(verdict: Mapping[str, Any]) -> tuple[CountryVerdict, ...]:
    """Read a verdict (its JSON, as it is kept) country by country: one entry for each, in the campaign's order.

    The finding of a rule decides a country where it binds that country and its effect alone is that country's verdict.
    The CAN verdict is the strictest of all entries; without any country, of what is held against the campaign itself.
    """
    return tuple(
        CountryVerdict((place,), said, tuple(deciding(verdict["findings"], place, said)))
        for place, said in verdict["can"]["countries"].items()
    )


def deciding(findings: Iterable[Mapping[str, Any]], place: str, verdict: Can) -> Iterable[Mapping[str, Any]]:
    """The findings that make the verdict of a place what it is."""
    for one in findings if verdict != "clear" else ():
        if place in one["countries"] and effect_of(one["side"], one["severity"], one["outcome"]) == verdict:
            yield one


def alike(entries: Iterable[CountryVerdict]) -> tuple[CountryVerdict, ...]:
    """Countries of the same verdict for the same reasons together, the strictest first: the rows of a small table."""
    rows: dict[tuple[Any, ...], CountryVerdict] = {}
    for one in entries:
        key = (one.verdict, *((found["rule"], found["scope"]) for found in one.deciding))
        known = rows.get(key)
        rows[key] = CountryVerdict((*known.countries, *one.countries), one.verdict, one.deciding) if known else one
    return tuple(sorted(rows.values(), key=lambda row: WORST.index(row.verdict)))
