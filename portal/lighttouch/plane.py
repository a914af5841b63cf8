"""The plane as a drawing: three lanes of law from blocked (below) to clear (above), the score from 0 to 100 across.

Places across are per cent of the width, places down are pixels, so that the drawing needs no script and no fixed width:
its letters keep their size on a phone. Points that would lie on each other stand in rows of their own lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from portal import tones
from portal.lighttouch.positions import Position, Track

LANES = ("clear", "needs_human", "blocked")
ROW = 30
"""How many pixels one row of points takes: the target of a finger, with some air (WCAG 2.2, 2.5.8: at least 24)."""
NARROWEST = 250
"""The narrowest drawing in pixels, on a phone: points are kept apart for this one."""
LEAST_ROWS = 2
NAME = 22
"""How many pixels the name of a lane takes, above its points."""
SMALL_LANE = 18
EDGE = 5.0
"""Per cent of the width that is left free on both sides, for the points at 0 and 100."""


@dataclass(frozen=True, slots=True)
class Point:
    """One campaign in the drawing. `before` are earlier places as (x, y), the oldest first; `x2`, `y2` the next."""

    number: int
    track: Track
    place: Position
    x: float
    y: int
    before: tuple[tuple[float, int], ...] = ()

    @property
    def looks(self) -> tones.Tone:
        """The word and colour of its law side."""
        return tones.tone(tones.CAN, self.place.can)

    @property
    def label(self) -> str:
        """The point in words."""
        return _("%(number)d: %(name)s. %(can)s, light touch %(score)d of 100: %(band)s.") % {
            "number": self.number,
            "name": self.track.campaign.name,
            "can": self.looks.label,
            "score": self.place.score,
            "band": tones.tone(tones.SHOULD, self.place.band).label,
        }

    @property
    def trail(self) -> list[dict[str, float]]:
        """The way from each earlier place to the next."""
        stops = [*self.before, (self.x, self.y)]
        return [
            {"x1": x1, "y1": y1, "x2": x2, "y2": y2} for (x1, y1), (x2, y2) in pairwise(stops) if (x1, y1) != (x2, y2)
        ]


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane: where it begins, how high it is, and how many stand in it."""

    word: str
    y: int
    height: int
    count: int

    @property
    def looks(self) -> tones.Tone:
        """Its word and colour."""
        return tones.tone(tones.CAN, self.word)

    @property
    def middle(self) -> int:
        """Where its middle is."""
        return self.y + NAME + (self.height - NAME) // 2


@dataclass(frozen=True, slots=True)
class Plane:
    """The whole drawing; `marks` are (x, value) of the scale, `bands` (x, width, word) of heavy, mixed and light."""

    lanes: tuple[Lane, ...]
    points: tuple[Point, ...]
    height: int
    marks: tuple[tuple[float, int], ...]
    bands: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class SmallPlane:
    """The plane of one day, small: its dots as (x, y, word of the law)."""

    day: date
    dots: tuple[tuple[float, int, str], ...]
    height: int = SMALL_LANE * len(LANES)

    @property
    def lines(self) -> list[int]:
        """Where one lane ends and the next begins."""
        return [SMALL_LANE * number for number in range(1, len(LANES))]


def draw_small(found: Sequence[Track], day: date) -> SmallPlane:
    """Lay the campaigns out as they stood on a day."""
    dots = [
        (across(track.now.score), SMALL_LANE * LANES.index(track.now.can) + 5 + 4 * (number % 3), track.now.can)
        for number, track in enumerate(found)
        if track.now is not None and track.now.can in LANES
    ]
    return SmallPlane(day, tuple(dots))


def across(score: int) -> float:
    """Return where a score lies, in per cent of the width."""
    return round(EDGE + score * (100 - 2 * EDGE) / 100, 2)


def draw(found: Sequence[Track], *, light: int, mixed: int) -> Plane:
    """Lay the campaigns out, numbered as they come. `light` and `mixed` are where these bands begin."""
    placed = [(number, track, track.now) for number, track in enumerate(found, 1) if track.now is not None]
    lanes: list[Lane] = []
    rows: dict[int, int] = {}
    top = 0
    for word in LANES:
        here = {number: place for number, _track, place in placed if place.can == word}
        rows_here = _rows(here)
        height = NAME + ROW * max(LEAST_ROWS, 1 + max(rows_here.values(), default=0)) + ROW // 4
        lanes.append(Lane(word, top, height, len(here)))
        rows |= {number: top + NAME + ROW // 2 + row * ROW for number, row in rows_here.items()}
        top += height
    middles = {lane.word: lane.middle for lane in lanes}
    points = []
    for number, track, place in placed:
        if number in rows:
            # Within the lane where it stands now a campaign moves along a straight line.
            before = _before(track, {**middles, place.can: rows[number]})
            points.append(Point(number, track, place, across(place.score), rows[number], before))
    edges = [("heavy", 0, mixed), ("mixed", mixed, light), ("light", light, 100)]
    bands = tuple(
        {"word": word, "x": across(first), "width": round(across(last) - across(first), 2), "first": first}
        for word, first, last in edges
    )
    marks = tuple((across(value), value) for value in sorted({0, 20, 40, mixed, light, 100}))
    return Plane(tuple(lanes), tuple(points), top, marks, bands)


def _before(track: Track, middles: dict[str, int]) -> tuple[tuple[float, int], ...]:
    return tuple((across(place.score), middles[place.can]) for place in track.before if place.can in middles)


def _rows(places: dict[int, Position]) -> dict[int, int]:
    """Give each point the first row in which nobody stands too near."""
    apart = 100 * ROW / (NARROWEST * (100 - 2 * EDGE) / 100)
    taken: list[list[int]] = []
    found = {}
    for number, place in sorted(places.items(), key=lambda one: (one[1].score, one[0])):
        free = next(
            (row for row, held in enumerate(taken) if all(abs(place.score - other) >= apart for other in held)),
            len(taken),
        )
        if free == len(taken):
            taken.append([])
        taken[free].append(place.score)
        found[number] = free
    return found
