"""What a check saw, as data that any page can say in its own language, and as the English sentence of a verdict.

The data of a finding's `shows`: `says` (the check's own sentence), `places` [{part, line, column, quote}] with `more`
that are left out, `contradicts` [{fact, declared, message}] and `proposes` [{fact, value, place}].
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from audits.content.checks import NOWHERE, Declared, Hit
from audits.content.reading import Place
from facts.catalogue import load
from facts.form import label

MOST_PLACES = 5


@dataclass(frozen=True)
class Proposal:
    """An answer to an open question that the message shows, and where."""

    fact: str
    value: Any
    place: Place

    def as_dict(self) -> dict[str, Any]:
        """The proposal as JSON data; the place is null where absence is what is shown."""
        place = self.place.as_dict() if self.place != NOWHERE else None
        return {"fact": self.fact, "value": self.value, "place": place}


def shown(says: str, hits: Sequence[Hit], declared: Declared, proposed: Sequence[Proposal]) -> dict[str, Any]:
    """The data of a check: its places, what is declared against what the message shows, what it proposes."""
    places = [hit.place for hit in hits if hit.place != NOWHERE] if not proposed else []
    data: dict[str, Any] = {"says": says, "places": [one.as_dict() for one in places[:MOST_PLACES]]}
    if len(places) > MOST_PLACES:
        data["more"] = len(places) - MOST_PLACES
    contradicts = []
    for path in dict.fromkeys(path for hit in hits for path in hit.shows):
        values = [hit.shows[path] for hit in hits if path in hit.shows]
        merged = list(dict.fromkeys(chain(*values))) if isinstance(values[0], list) else values[0]
        contradicts.append({"fact": path, "declared": declared.answer(path), "message": merged})
    told = {"contradicts": contradicts, "proposes": [one.as_dict() for one in proposed]}
    return data | {name: value for name, value in told.items() if value}


def sentence(data: Mapping[str, Any]) -> str:
    """The same in English, in the words of the catalogue."""
    parts = [data["says"]]
    if data["places"]:
        more = f" and {data['more']} more" if data.get("more") else ""
        parts.append(f"In the message: {'; '.join(map(placed, data['places']))}{more}.")
    for one in data.get("contradicts", ()):
        said, seen = worded(one["declared"]), worded(one["message"])
        parts.append(f"“{asked(one['fact'])}” Declared: {said}; the message: {seen}.")
    for one in data.get("proposes", ()):
        where = f" ({placed(one['place'])})" if one["place"] else ""
        parts.append(f"“{asked(one['fact'])}” {worded(one['value'])}{where}.")
    return " ".join(parts)


def placed(place: Mapping[str, Any]) -> str:
    """A place in words."""
    return str(Place(place["part"], place["line"], place["quote"], place["column"]))


def asked(path: str) -> str:
    """The question behind a fact."""
    fact = load().get(path)
    return fact.ask if fact else path


def worded(value: Any) -> str:
    """An answer as people read it."""
    if value is None:
        return "not answered"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(worded, value)) or "none"
    text = str(value)
    return label(text).lower() if text.islower() and text.replace("_", "").isalpha() else text
