"""What would make it lighter: a small search over the answers that a plan can still change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from audits.engine.environment import answered
from audits.engine.light_touch.scoring import Change, Proposal, Scope, caps, lines, total
from audits.engine.light_touch.table import Table
from audits.engine.packs import Packs
from facts.catalogue import Fact
from facts.conditions import tokens

MOST_PROPOSALS = 5
MOST_CHANGES = 4
BEAM = 9


@dataclass
class Search:
    """The search for one campaign: its scopes, the score to reach, and what has been scored already."""

    packs: Packs
    table: Table
    campaign: Scope
    sources: Sequence[Scope]
    allowed: Callable[[Mapping[str, Any]], bool]
    seen: dict[tuple[tuple[str, str], ...], int] = field(default_factory=dict)

    def score(self, changes: Mapping[str, Any]) -> int:
        """The score that the campaign would have with these answers."""
        key = tuple(sorted((path, repr(value)) for path, value in changes.items()))
        if key not in self.seen:
            campaign = Scope(self.campaign.name, answered(self.packs, self.campaign.here, changes))
            sources = [Scope(one.name, answered(self.packs, one.here, changes)) for one in self.sources]
            points = [line.points for line in lines(self.table, campaign, sources)]
            self.seen[key] = total(self.table, points, [limit for limit, _ in caps(self.table, campaign, sources)])
        return self.seen[key]


def proposals(search: Search) -> tuple[Proposal, ...]:
    """At most five of the smallest sets of changes found that reach the next band; none when it is light already.

    All sets of one change are tried, then sets of the most helpful single changes; a set that contains a smaller
    proposal is left out, and so is one that makes the legal side worse.
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
        if len(found) >= MOST_PROPOSALS:
            break
    best = sorted(found, key=lambda one: (len(one[0]), -one[1], str(one[0])))[:MOST_PROPOSALS]
    return tuple(Proposal(as_changes(search, changes), score) for changes, score in best)


def capped(search: Search, now: int) -> bool:
    """Whether a cap holds the score down, so that a single change may help only together with another."""
    points = [line.points for line in lines(search.table, search.campaign, search.sources)]
    return total(search.table, points, []) > now


def as_changes(search: Search, changes: Mapping[str, Any]) -> tuple[Change, ...]:
    """Changes with the answers as they stand now."""
    return tuple(Change(path, search.campaign.here.answer(path), value) for path, value in sorted(changes.items()))


def single_changes(search: Search) -> Iterator[dict[str, Any]]:
    """Every other answer to one fact that the plan can change and a factor reads, and answers that change together."""
    for bundle in search.table.bundles:
        changed = {path: value for path, value in bundle.items() if search.campaign.here.answer(path) != value}
        if changed.keys() >= {next(iter(bundle))}:
            yield changed
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
