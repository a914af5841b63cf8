"""How people are written in columns: numbers and bits, and the words that these stand for at one brand.

One row per person, by her number. Instants are microseconds since 1970 (UTC), times of day seconds since midnight.
No identifier, name or id stands in a row.

    number    the person's dense number            born      year of birth, UNKNOWN
    standing  STANDING                             flags     FLAGS, as bits
    place     her place among Words.places         reach     REACH, as bits: kinds of identifier that can be opened
    kinds, channels, senders: what she refused, as bits by the place in Words
    weekly    her own limit of messages a week, or NO_LIMIT
    paused    paused until, or 0                   last      the last message, or 0
    day       the last day with a message (days since 1970), and in `messages` how many: 7 bits a day, backwards
    c0, c1 …  what holds for the use and channel in Words.cells: state << 4 | basis << 1 | by an enquiry; 0: none
    u0, u1 …  until when, or NEVER                 h0, h1 …  when it was said
    s0, s1 …  the record in the source of Words.sources: path << 4 | visibility; 0: none
    o0, o1 …  when that was observed
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from people.models import Basis, Consent, IdentifierKind, Visibility

SCHEMA = 1
"""Lift it whenever a column changes its meaning: what was written under another number is written anew."""
UNKNOWN, NO_LIMIT, NEVER = -1, 32_767, 2**62
ACTIVE, ERASED, OTHER = 0, 1, 2
CONSENTS = {state.value: number for number, state in enumerate(Consent, 1)}
BASES = {basis.value: number for number, basis in enumerate(Basis, 1)}
VISIBILITIES = {one.value: number for number, one in enumerate(Visibility, 1)}
REACH = {kind.value: 1 << number for number, kind in enumerate(IdentifierKind)}
NO_STATE = 15
"""A state, basis or visibility that nobody knows."""
NO_BASIS = 7
FLAGS = ("suppressed", "no_gate", "unreadable", "brand_muted", "no_retargeting", "no_personalisation", "no_inference",
         "unsure", "unclear_signal")  # fmt: skip
"""`unreadable`: her settings make no sense; `unsure`: she does not fit into the columns, the database decides."""
FLAG = {name: 1 << number for number, name in enumerate(FLAGS)}
MOST_BITS = 61
SOMETHING = 1 << 62
"""In `senders`: she muted somebody, whoever it is."""
SLOT_BITS, SLOTS = 7, 9
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIXED = ("number", "standing", "flags", "born", "place", "reach", "kinds", "channels", "senders", "weekly", "paused",
         "last", "day", "messages")  # fmt: skip
TYPES = {"standing": "int8", "flags": "int16", "born": "int16", "place": "int32", "reach": "int8", "weekly": "int16"}
"""Of the columns that are not int64; those of cells and sources (c, s) are int16."""


def micros(at: datetime) -> int:
    """Return an instant as a number."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def type_of(column: str) -> str:
    """Return the type of a column."""
    return TYPES.get(column) or ("int16" if column[0] in "cs" and column[1:].isdigit() else "int64")


def empty_value(column: str) -> int:
    """Return what a column says of somebody about whom nothing is known."""
    return NEVER if column[0] == "u" and column[1:].isdigit() else 0


@dataclass
class Words:
    """What the numbers in one brand's columns stand for. Words are added at the end, never moved or taken away."""

    cells: list[tuple[str, str]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    places: list[tuple[str, str, int | None, int | None]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=lambda: [""])

    def columns(self) -> list[str]:
        """Return the names of all columns, in order."""
        cells = [f"{letter}{number}" for number in range(len(self.cells)) for letter in "cuh"]
        sources = [f"{letter}{number}" for number in range(len(self.sources)) for letter in "so"]
        return [*FIXED, *cells, *sources]

    def bits(self, listed: str, words: Iterable[str]) -> int | None:
        """Return words as bits, new ones added; None where there are too many to be bits."""
        known: list[str] = getattr(self, listed)
        found = 0
        for word in words:
            if word not in known:
                known.append(word)
            if known.index(word) >= MOST_BITS:
                return None
            found |= 1 << known.index(word)
        return found

    def mask(self, listed: str, words: Iterable[str]) -> int:
        """Return those of the words that somebody used, as bits."""
        known: list[str] = getattr(self, listed)
        return sum(1 << known.index(word) for word in set(words) if word in known[:MOST_BITS])

    def to_json(self) -> dict[str, Any]:
        """Return what `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "Words":
        """Read what `to_json` wrote. Raises KeyError, TypeError, ValueError where it did not."""
        words = cls(**json.loads(json.dumps(told)))
        words.cells = [(use, channel) for use, channel in words.cells]
        words.places = [(country, zone, start, end) for country, zone, start, end in words.places]
        return words

    def place_of(self, listed: str, word: Any) -> int:
        """Return the place of a word in its list, added where it is new."""
        known: list[Any] = getattr(self, listed)
        seen = self._index.setdefault(listed, {})
        if len(seen) != len(known):
            seen.update({one: number for number, one in enumerate(known)})
        if word not in seen:
            seen[word] = len(known)
            known.append(word)
        return int(seen[word])

    def __post_init__(self) -> None:
        self._index: dict[str, dict[Any, int]] = {}
