"""What would make it lighter: the smallest sets of changes of plan that reach the next band, by exact search.

A set is proposed when it reaches the band, none of its changes can be left out, and no rule comes out worse.
Of several answers to the same facts the cheapest is proposed. Sets of more than three changes are looked for only while
there is none. Most sets are ruled out by a bound: what they could reach if each factor took its best level by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import combinations, product
from typing import Any, Protocol

from audits.engine.environment import Environment, changed, defined
from audits.engine.light_touch.lag import windows_by_kind
from audits.engine.light_touch.moves import Move, moves
from audits.engine.light_touch.proposals import (
    MOST_PROPOSALS,
    Outcome,
    Proposal,
    changes,
    cost,
    joined,
    order,
    parts,
)
from audits.engine.light_touch.scoring import Scope, heaviest, not_ruled_out, total
from audits.engine.light_touch.table import Cap, Factor, Table
from facts.catalogue import Catalogue
from facts.conditions import Condition, Truth, tokens
from facts.words import gettext as _

MOST_CHANGES = 5
FEW = 3


class Law(Protocol):
    """What the law would say to another plan."""

    def can(self, changes: Mapping[str, Any]) -> Any:
        """The CAN verdict with these answers."""

    def breaks(self, changes: Mapping[str, Any]) -> bool:
        """Whether these answers make any rule come out worse than it does now."""


@dataclass
class Search:
    """The search for one campaign: its scopes, the moves that its plan allows, and what has been counted already.

    A factor is counted anew only for changes to facts that it reads, so most of a trial is looked up.
    """

    catalogue: Catalogue
    table: Table
    campaign: Scope
    sources: Sequence[Scope]
    law: Law
    points: dict[tuple[int, str], int] = field(default_factory=dict)
    limits: dict[tuple[int, str], bool] = field(default_factory=dict)
    best: dict[tuple[str, int, tuple[str, ...]], int] = field(default_factory=dict)
    scores: dict[str, int] = field(default_factory=dict)
    masked: dict[tuple[int, int], int] = field(default_factory=dict)

    @cached_property
    def moves(self) -> dict[str, tuple[Move, ...]]:
        """The moves by slot, of the slots that can lighten a factor or lift a cap, alone or together."""
        read = {*self.table.read_by, *self.table.capped_by}
        found = moves(self.catalogue, self.campaign.here.answer, read, self.numbers())
        self.__dict__["moves"] = found
        useful = {
            slot
            for kind, number, slots in self.readers(found)
            if self.at_best(kind, number, slots) < self.at_best(kind, number, ())
            for slot in slots
        }
        return {slot: steps for slot, steps in found.items() if slot in useful}

    def readers(self, found: Mapping[str, Sequence[Move]]) -> Iterator[tuple[str, int, tuple[str, ...]]]:
        """Each factor and cap with the slots that it reads."""
        touched = {slot: {path for move in steps for path, _ in move.changes} for slot, steps in found.items()}
        for number, factor in enumerate(self.table.factors):
            yield "factor", number, tuple(slot for slot, paths in touched.items() if paths & factor.reads)
        for number, cap in enumerate(self.table.caps):
            yield "cap", number, tuple(slot for slot, paths in touched.items() if paths & cap.when.paths)

    @cached_property
    def reading(self) -> tuple[tuple[str, int, tuple[str, ...]], ...]:
        """Each factor and cap with the useful slots that it reads."""
        return tuple(self.readers(self.moves))

    def numbers(self) -> dict[str, set[float]]:
        """The numbers with which the table compares each numeric fact; for the delay those of its own trigger."""
        conditions = [level.when for factor in self.table.factors for level in factor.levels if level.when]
        found = compared([*conditions, *(cap.when for cap in self.table.caps)])
        own = windows_by_kind(self.table.version).get(str(self.campaign.here.answer("campaign.trigger.kind")))
        found["campaign.trigger.delay_hours"] = {own.floor, own.ceiling} if own else set()
        return found

    def score(self, answers: Mapping[str, Any]) -> int:
        """The score that the campaign would have with these answers."""
        key = repr(sorted(answers.items()))
        if key not in self.scores:
            points, held = list(self.present[0]), list(self.present[1])
            for number in {number for path in answers for number in self.table.read_by.get(path, ())}:
                points[number] = self.count(number, answers)
            for number in {number for path in answers for number in self.table.capped_by.get(path, ())}:
                held[number] = self.holds(number, answers)
            self.scores[key] = self.sum(points, held)
        return self.scores[key]

    @cached_property
    def present(self) -> tuple[list[int], list[bool]]:
        """The points of every factor and the caps that hold, as the campaign stands."""
        counted = [self.count(number, {}) for number in range(len(self.table.factors))]
        return counted, [self.holds(number, {}) for number in range(len(self.table.caps))]

    def sum(self, points: Sequence[int], held: Sequence[bool]) -> int:
        """The score of points, factor by factor, under the caps that hold."""
        limits = [cap.limit for cap, holds in zip(self.table.caps, held, strict=True) if holds]
        return total(self.table, list(zip(self.table.families, points, strict=True)), limits).score

    def count(self, number: int, answers: Mapping[str, Any]) -> int:
        """The points of one factor; of several sources the heaviest counts."""
        factor = self.table.factors[number]
        relevant = {path: value for path, value in answers.items() if path in factor.reads}
        key = (number, repr(sorted(relevant.items())))
        if key not in self.points:
            here = [part(scope, factor.reads, relevant) for scope in self.scopes(factor)]
            self.points[key] = max((heaviest(factor, one)[0].points for one in here), default=0)
        return self.points[key]

    def holds(self, number: int, answers: Mapping[str, Any]) -> bool:
        """Whether a cap is not ruled out."""
        cap = self.table.caps[number]
        relevant = {path: value for path, value in answers.items() if path in cap.when.paths}
        key = (number, repr(sorted(relevant.items())))
        if key not in self.limits:
            here = [part(scope, cap.when.paths, relevant) for scope in self.scopes(cap)]
            self.limits[key] = any(not_ruled_out(cap.when, one) is not Truth.FALSE for one in here)
        return self.limits[key]

    def scopes(self, one: Factor | Cap) -> Sequence[Scope]:
        """The scopes that a factor or cap is about."""
        return (self.campaign,) if one.scope == "campaign" else self.sources

    def at_best(self, kind: str, number: int, slots: tuple[str, ...]) -> int:
        """The lightest that a factor (its points) or a cap (0: lifted, 1) can come to by moves in these slots."""
        key = (kind, number, slots)
        if key not in self.best:
            stay = [(None, *self.moves[slot]) for slot in slots]
            trials = (joined([move for move in chosen if move]) for chosen in product(*stay))
            count = self.count if kind == "factor" else self.holds
            self.best[key] = min(int(count(number, answers)) for answers in trials)
        return self.best[key]

    @cached_property
    def bits(self) -> Mapping[str, int]:
        """One bit for each useful slot: sets of slots are looked up by their bits."""
        return {slot: 1 << position for position, slot in enumerate(self.moves)}

    @cached_property
    def masks(self) -> tuple[int, ...]:
        """The bits of the useful slots that each factor and cap reads."""
        return tuple(sum(self.bits[slot] for slot in own) for _, _, own in self.reading)

    def bound(self, slots: Iterable[str]) -> int:
        """A score that no moves in these slots exceed: each factor and cap at its best by itself."""
        within = sum(self.bits[slot] for slot in slots)
        found = [self.at_best_of(place, mask & within) for place, mask in enumerate(self.masks)]
        factors = len(self.table.factors)
        return self.sum(found[:factors], [bool(one) for one in found[factors:]])

    def at_best_of(self, place: int, bits: int) -> int:
        """`at_best` of the factor or cap at a place of `reading`, for slots given by their bits."""
        known = self.masked.get((place, bits))
        if known is None:
            kind, number, own = self.reading[place]
            known = self.at_best(kind, number, tuple(slot for slot in own if self.bits[slot] & bits))
            self.masked[place, bits] = known
        return known

    def goal(self, now: int) -> int | None:
        """The score at which the next band begins; None when it is light already."""
        return next((start for start in (self.table.mixed, self.table.light) if now < start), None)


def part(scope: Scope, paths: Iterable[str], answers: Mapping[str, Any]) -> Environment:
    """A scope reduced to some facts, with other answers to some of them."""
    return defined(changed({path: scope.here.answer(path) for path in paths}, answers), ())


def proposals(search: Search) -> tuple[tuple[Proposal, ...], str]:
    """At most five proposals, the cheapest first, and a sentence where nothing can be proposed (else "")."""
    now = search.score({})
    goal = search.goal(now)
    if goal is None:
        return (), ""
    if search.bound(search.moves) < goal:
        return (), _(
            "No change of plan reaches the next band: what weighs most is history, such as where the data came from."
        )
    found: list[tuple[Move, ...]] = []
    for size in range(1, MOST_CHANGES + 1):
        sets = (slots for slots in combinations(search.moves, size) if search.bound(slots) >= goal)
        found += [cheapest for slots in sets for cheapest in chosen(search, slots, goal)]
        if len(found) >= MOST_PROPOSALS or (found and size >= FEW):
            break
    if not found:
        return (), _("No {most} changes of plan reach the next band within the law.").format(most=MOST_CHANGES)
    found.sort(key=lambda one: order(one, search.score(joined(one))))
    before = Outcome(now, search.table.band(now), search.law.can({}))
    return tuple(told(search, one, before) for one in found[:MOST_PROPOSALS]), ""


def chosen(search: Search, slots: Sequence[str], goal: int) -> list[tuple[Move, ...]]:
    """The cheapest moves in all of these slots that reach the goal, need each other and break no rule; else nothing."""
    reached = [one for one in product(*(search.moves[slot] for slot in slots)) if search.score(joined(one)) >= goal]
    needed = [one for one in reached if all(search.score(joined(few)) < goal for few in parts(one))]
    needed.sort(key=lambda one: order(one, search.score(joined(one))))
    return next(([one] for one in needed if not search.law.breaks(joined(one))), [])


def told(search: Search, one: Sequence[Move], before: Outcome) -> Proposal:
    """Moves as a proposal."""
    answers = joined(one)
    score = search.score(answers)
    after = Outcome(score, search.table.band(score), search.law.can(answers))
    return Proposal(changes(search.catalogue, search.campaign.here.answer, answers), before, after, cost(one))


def compared(conditions: Iterable[Condition]) -> dict[str, set[float]]:
    """The numbers with which conditions compare each fact."""
    found: dict[str, set[float]] = {}
    for condition in conditions:
        for path, number in compared_in(condition.source, frozenset(condition.paths)):
            found.setdefault(path, set()).add(number)
    return found


@lru_cache(maxsize=4_096)
def compared_in(source: str, paths: frozenset[str]) -> frozenset[tuple[str, float]]:
    """The facts of one condition with the numbers that they are compared with."""
    spoken = tokens(source)
    return frozenset(
        (path, float(number.text))
        for name, sign, number in zip(spoken, spoken[1:], spoken[2:], strict=False)
        if number.kind == "number" and sign.kind == "mark" and name.kind == "name"
        for path in paths
        if path.rpartition(".")[2] == name.text
    )
