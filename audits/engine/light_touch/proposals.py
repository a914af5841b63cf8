"""A proposal: a smallest set of changes of plan, what it reaches and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from audits.engine.light_touch.moves import Answer, Move, words
from facts.catalogue import Catalogue

MOST_PROPOSALS = 5


@dataclass(frozen=True)
class Change:
    """One answer that a plan could change, and the change in words."""

    fact: str
    old: Any
    new: Any
    words: str

    def as_dict(self) -> dict[str, Any]:
        """The change as JSON data."""
        return {"fact": self.fact, "from": self.old, "to": self.new, "words": self.words}


@dataclass(frozen=True)
class Outcome:
    """What a campaign comes to: its score, its band and its CAN verdict."""

    score: int
    band: str
    can: str


@dataclass(frozen=True)
class Proposal:
    """A set of changes none of which can be left out, what it makes of the campaign, and its cost.

    The cost is the number of changes and, in hundredths, their size; answers that change together count once.
    """

    changes: tuple[Change, ...]
    before: Outcome
    after: Outcome
    cost: float

    @property
    def score(self) -> int:
        """The score that it reaches."""
        return self.after.score

    @property
    def words(self) -> str:
        """All changes in words, joined."""
        return "; ".join(change.words for change in self.changes if change.words)

    def as_dict(self) -> dict[str, Any]:
        """The proposal as JSON data."""
        return {
            "changes": [change.as_dict() for change in self.changes],
            "words": self.words,
            "score": self.after.score,
            "score_before": self.before.score,
            "score_after": self.after.score,
            "band": self.after.band,
            "can_before": self.before.can,
            "can_after": self.after.can,
            "cost": self.cost,
        }


def joined(chosen: Sequence[Move]) -> dict[str, Any]:
    """The new answers of several moves."""
    return {path: value for move in chosen for path, value in move.changes}


def cost(chosen: Sequence[Move]) -> float:
    """The number of moves, and their size in hundredths (never as much as another move)."""
    return round(len(chosen) + min(99, sum(move.size for move in chosen)) / 100, 2)


def parts(chosen: Sequence[Move]) -> Iterator[tuple[Move, ...]]:
    """Every set of moves with some, and not all, of these."""
    for size in range(1, len(chosen)):
        yield from combinations(chosen, size)


def order(chosen: Sequence[Move], score: int) -> tuple[float, int, str]:
    """Proposals come by their cost; of equal ones the lighter first, then by their words."""
    return cost(chosen), -score, repr([move.changes for move in chosen])


def changes(catalogue: Catalogue, answer: Answer, answers: Mapping[str, Any]) -> tuple[Change, ...]:
    """Changes with the answers as they stand now, in the order of the catalogue."""
    return tuple(
        Change(path, answer(path), answers[path], words(fact, answer(path), answers[path]))
        for path, fact in catalogue.facts.items()
        if path in answers and answers[path] != answer(path)
    )
