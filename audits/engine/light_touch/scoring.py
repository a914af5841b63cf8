"""The light-touch score: 100 minus the intrusion, with relief limited and caps applied.

Monotone by construction: a factor counts with the heaviest level that is not ruled out, so an unanswered fact never
scores better than its worst answer; relief never takes away more than a share of the intrusion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.engine.environment import Environment, defined
from audits.engine.light_touch.table import Factor, Level, Table
from facts.catalogue import Catalogue
from facts.conditions import Condition, ConditionError, Truth


@dataclass(frozen=True)
class Line:
    """One factor that counted: points, the answers it rests on, and why. `unknown`: an unanswered fact decided."""

    factor: str
    family: str
    points: int
    facts: Mapping[str, Any]
    reason: str
    remedy: str
    citations: tuple[str, ...]
    evidence: str
    unknown: bool
    scope: str

    def as_dict(self) -> dict[str, Any]:
        """The line as JSON data."""
        return {
            "factor": self.factor,
            "family": self.family,
            "points": self.points,
            "facts": dict(self.facts),
            "reason": self.reason,
            "remedy": self.remedy,
            "citations": list(self.citations),
            "evidence": self.evidence,
            "unknown": self.unknown,
            "scope": self.scope,
        }


@dataclass(frozen=True)
class Scope:
    """One thing that is scored: its name ("campaign", "source:<key>") and its environment."""

    name: str
    here: Environment


def lines(table: Table, campaign: Scope, sources: Sequence[Scope]) -> list[Line]:
    """Every factor with the points it counts; of several sources the heaviest counts."""
    found = []
    for factor in table.factors:
        scopes = [campaign] if factor.scope == "campaign" else sources
        counted = [line(factor, scope) for scope in scopes]
        if counted:
            found.append(max(counted, key=lambda one: one.points))
    return found


def line(factor: Factor, scope: Scope) -> Line:
    """One factor in one scope."""
    level, unknown = heaviest(factor, scope.here)
    read = sorted(factor.reads)
    return Line(
        factor.id,
        factor.family,
        level.points,
        {path: scope.here.answer(path) for path in read},
        level.says,
        factor.remedy if level.points > 0 else "",
        factor.citations,
        factor.evidence,
        unknown,
        scope.name,
    )


def heaviest(factor: Factor, here: Environment) -> tuple[Level, bool]:
    """The heaviest level that is not ruled out, and whether it counts only because a fact is unanswered."""
    for level in factor.levels:
        truth = Truth.TRUE if level.when is None else not_ruled_out(level.when, here)
        if truth is not Truth.FALSE:
            return level, truth is Truth.UNKNOWN
    return factor.levels[-1], False


def lightening(factor: Factor, scope: Scope, catalogue: Catalogue) -> Iterator[str]:
    """Yield each unanswered fact of a factor that would make it lighter, the other silences being exemplary answers."""
    known = {path: scope.here.answer(path) for path in factor.reads if scope.here.answer(path) is not None}
    clean = {path: catalogue.facts[path].clean for path in factor.reads - known.keys()}
    for path in clean:
        others = {other: value for other, value in clean.items() if other != path}
        silent, _ = heaviest(factor, defined(known | others, ()))
        spoken, _ = heaviest(factor, defined(known | clean, ()))
        if spoken.points < silent.points:
            yield path


def not_ruled_out(condition: Condition, here: Environment) -> Truth:
    """The truth of a condition; a failure counts as unknown, which is the heavier reading."""
    try:
        return here.truth(condition)
    except ConditionError:
        return Truth.UNKNOWN


def caps(table: Table, campaign: Scope, sources: Sequence[Scope]) -> list[tuple[int, str]]:
    """The caps that are not ruled out, each with its reason: an unanswered fact caps like its worst answer."""
    return [
        (cap.limit, cap.reason)
        for cap in table.caps
        if any(
            not_ruled_out(cap.when, scope.here) is not Truth.FALSE
            for scope in ([campaign] if cap.scope == "campaign" else sources)
        )
    ]


@dataclass(frozen=True)
class Sum:
    """How the points make the score: intrusion, relief before and after its limit, the score without and with caps."""

    intrusion: int
    relief: int
    counted: float
    uncapped: float
    score: int


def total(table: Table, points: Sequence[tuple[str, int]], limits: Sequence[int]) -> Sum:
    """Add up points (with the family of each) under the caps that hold: a score from 0 to 100."""
    intrusion = sum(point for _, point in points if point > 0)
    relievable = sum(point for family, point in points if point > 0 and family in table.relieved)
    relief = -sum(point for _, point in points if point < 0)
    counted = min(relief, relievable * table.relief_share)
    open_score = min(100.0, max(0.0, 100 - intrusion + counted))
    held = [limit * (1 - table.cap_share * (1 - open_score / 100)) for limit in limits]
    return Sum(intrusion, relief, counted, open_score, max(0, round(min([open_score, *held]))))
