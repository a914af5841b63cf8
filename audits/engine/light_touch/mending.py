"""What would make it lighter: a small search over the answers that a plan can still change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from audits.engine.environment import Environment, changed, defined
from audits.engine.light_touch.scoring import Change, Proposal, Scope, heaviest, not_ruled_out, total
from audits.engine.light_touch.table import Cap, Factor, Table
from audits.engine.packs import Packs
from facts.catalogue import Fact
from facts.conditions import Truth, tokens

MOST_PROPOSALS = 5
MOST_CHANGES = 4
BEAM = 9


@dataclass
class Search:
    """The search for one campaign: its scopes, what it may change, and what has been counted already.

    A factor is counted anew only for changes to facts that it reads, so most of a trial is looked up.
    """

    packs: Packs
    table: Table
    campaign: Scope
    sources: Sequence[Scope]
    allowed: Callable[[Mapping[str, Any]], bool]
    points: dict[tuple[str, str], int] = field(default_factory=dict)
    limits: dict[tuple[int, str], bool] = field(default_factory=dict)
    base: tuple[list[int], list[bool]] | None = None

    def score(self, changes: Mapping[str, Any]) -> int:
        """The score that the campaign would have with these answers."""
        if self.base is None:
            counted = [self.count(factor, {}) for factor in self.table.factors]
            self.base = counted, [self.holds(number, cap, {}) for number, cap in enumerate(self.table.caps)]
        points, held = list(self.base[0]), list(self.base[1])
        for path in changes:
            for number in self.table.read_by.get(path, ()):
                points[number] = self.count(self.table.factors[number], changes)
            for number in self.table.capped_by.get(path, ()):
                held[number] = self.holds(number, self.table.caps[number], changes)
        limits = [cap.limit for cap, holds in zip(self.table.caps, held, strict=True) if holds]
        return total(self.table, list(zip(self.table.families, points, strict=True)), limits).score

    def count(self, factor: Factor, changes: Mapping[str, Any]) -> int:
        """The points of one factor; of several sources the heaviest counts."""
        relevant = {path: value for path, value in changes.items() if path in factor.reads}
        key = (factor.id, repr(relevant))
        if key not in self.points:
            here = [part(scope, factor.reads, relevant) for scope in self.scopes(factor.scope)]
            self.points[key] = max((heaviest(factor, one)[0].points for one in here), default=0)
        return self.points[key]

    def holds(self, number: int, cap: Cap, changes: Mapping[str, Any]) -> bool:
        """Whether a cap is not ruled out."""
        relevant = {path: value for path, value in changes.items() if path in cap.when.paths}
        key = (number, repr(relevant))
        if key not in self.limits:
            here = [part(scope, cap.when.paths, relevant) for scope in self.scopes(cap.scope)]
            self.limits[key] = any(not_ruled_out(cap.when, one) is not Truth.FALSE for one in here)
        return self.limits[key]

    def scopes(self, scope: str) -> Sequence[Scope]:
        """The scopes that a factor or cap is about."""
        return (self.campaign,) if scope == "campaign" else self.sources


def part(scope: Scope, paths: Iterable[str], changes: Mapping[str, Any]) -> Environment:
    """A scope reduced to some facts, with other answers to some of them."""
    answers = {path: scope.here.answer(path) for path in paths}
    return defined(changed(answers, changes), ())


def proposals(search: Search) -> tuple[Proposal, ...]:
    """At most five of the smallest sets of changes found that reach the next band; none when it is light already.

    All sets of one change are tried, then sets of the most helpful single changes; a set that contains a smaller
    proposal is left out, and so is one that makes the legal side worse. Of several answers to the same facts the one
    that changes the score least is proposed.
    """
    now = search.score({})
    goal = search.table.mixed if now < search.table.mixed else search.table.light
    if now >= search.table.light:
        return ()
    singles = sorted(single_changes(search), key=lambda change: (-search.score(change), str(change)))
    helpful = [change for change in singles if search.score(change) > now or capped(search, now)][:BEAM]
    found: list[tuple[dict[str, Any], int]] = []
    for size in range(1, MOST_CHANGES + 1):
        pool = singles if size == 1 else helpful
        for chosen in combinations(pool, size):
            together = {path: value for change in chosen for path, value in change.items()}
            contains = any(small.items() <= together.items() for small, _ in found)
            distinct = len(together) == sum(map(len, chosen))
            if distinct and not contains and search.score(together) >= goal and search.allowed(together):
                found.append((together, search.score(together)))
        if len({frozenset(changes) for changes, _ in found}) >= MOST_PROPOSALS:
            break
    least: dict[frozenset[str], tuple[dict[str, Any], int]] = {}
    for changes, score in sorted(found, key=lambda one: one[1]):
        least.setdefault(frozenset(changes), (changes, score))
    best = sorted(least.values(), key=lambda one: (len(one[0]), -one[1], str(one[0])))[:MOST_PROPOSALS]
    return tuple(Proposal(as_changes(search, changes), score) for changes, score in best)


def capped(search: Search, now: int) -> bool:
    """Whether a cap holds the score down, so that a single change may help only together with another."""
    return (
        total(search.table, [(factor.family, search.count(factor, {})) for factor in search.table.factors], []).score
        > now
    )


def as_changes(search: Search, changes: Mapping[str, Any]) -> tuple[Change, ...]:
    """Changes with the answers as they stand now."""
    return tuple(Change(path, search.campaign.here.answer(path), value) for path, value in sorted(changes.items()))


def single_changes(search: Search) -> Iterator[dict[str, Any]]:
    """Every other answer to one fact that the plan can change and a factor reads, and answers that change together."""
    for bundle in search.table.bundles:
        other = {path: value for path, value in bundle.items() if search.campaign.here.answer(path) != value}
        if next(iter(bundle)) in other:
            yield other
    read = {path for factor in search.table.factors for path in factor.reads}
    read |= {path for cap in search.table.caps for path in cap.when.paths}
    for path in search.table.changeable:
        if path not in read:
            continue
        now = search.campaign.here.answer(path)
        for value in alternatives(search.packs.catalogue.facts[path], now, search.table):
            if value != now:
                yield {path: value}


def alternatives(fact: Fact, now: Any, table: Table) -> Iterator[Any]:
    """Other answers to a fact: the better ones where answers are ordered, the exemplary one, and numbers at a step."""
    if fact.kind == "bool":
        yield fact.clean
    elif fact.kind == "choice":
        ordered = fact.order if isinstance(fact.order, tuple) else None
        yield from ordered[: ordered.index(now)] if ordered and now in ordered else fact.choices
    elif fact.kind == "choices":
        yield fact.clean
        if fact.order == "rising":
            yield []
    elif fact.kind in ("int", "number"):
        for step in sorted(steps(fact, table)):
            yield step if fact.kind == "number" else int(step)


def steps(fact: Fact, table: Table) -> set[float]:
    """The numbers with which the table compares a fact, and the exemplary one."""
    found = {float(fact.clean)}
    for factor in table.factors:
        for level in factor.levels:
            if level.when is None or fact.path not in level.when.paths:
                continue
            parts = tokens(level.when.source)
            for name, sign, number in zip(parts, parts[1:], parts[2:], strict=False):
                if number.kind == "number" and name.text == fact.path.rpartition(".")[2] and sign.kind == "mark":
                    found.add(float(number.text))
    return found
