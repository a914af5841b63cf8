"""What would unblock a campaign: the smallest changes of plan after which no rule blocks it, found by exact search.

A set is proposed when nothing blocks any more, none of its changes can be left out, and no other rule comes out worse.
What only history could mend is said in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, product
from typing import Any

from audits.engine.case import Asked
from audits.engine.light_touch.mending import Search, compared
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
from audits.engine.light_touch.scoring import Scope
from audits.engine.packs import Rule
from audits.engine.verdict import Can, Finding
from audits.engine.whatif import SHAPING, Plan
from facts.words import gettext as _

MOST_CHANGES = 4
FEW = 2
COUNTRIES, CHANNELS = "campaign.countries", "campaign.channels"
MOST_TRIALS = 4000
"""Sets of answers that are tried for one campaign at most; a campaign that breaks so much is planned anew."""


@dataclass
class Unblocking:
    """The search for one blocked campaign. `score` counts what a proposal does to the light touch."""

    plan: Plan
    touch: Search
    known: dict[str, bool] = field(default_factory=dict)
    effects: dict[tuple[str, str, str], Can] = field(default_factory=dict)

    @cached_property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that block."""
        return tuple(one for one in self.plan.findings if one.effect == "blocked")

    @cached_property
    def put(self) -> tuple[tuple[Asked, Scope], ...]:
        """The questions behind the findings that block, each with its scope."""
        named = {(one.rule, one.scope) for one in self.blocking}
        return tuple(
            (one, scope) for one, scope in self.plan.scoped(self.plan.asked) if (one.rule.id, scope.name) in named
        )

    @cached_property
    def moves(self) -> dict[str, tuple[Move, ...]]:
        """The moves of the facts that the blocking rules read, and of those that decide which rules are put."""
        packs = self.plan.case.packs
        rules = [one.rule for one, _ in self.put]
        paths = {path for rule in rules for path in rule.reads} | SHAPING
        numbers = compared(condition for rule in rules for condition in conditions(rule, packs.definitions))
        found = moves(packs.catalogue, self.plan.case.campaign.here.answer, paths, numbers)
        places = self.plan.case.countries
        left = [place for place in places if not any(place in one.countries for one in self.blocking)]
        if left and len(left) < len(places) - 1:
            away = Move(COUNTRIES, ((COUNTRIES, left),), len(places) - len(left))
            found[COUNTRIES] = (*found.get(COUNTRIES, ()), away)
        return found

    def unblocks(self, answers: Mapping[str, Any]) -> bool:
        """Whether nothing blocks with these answers."""
        key = repr(sorted(answers.items()))
        if key not in self.known:
            self.known[key] = self.frees(answers) and self.plan.can(answers) != "blocked"
        return self.known[key]

    def frees(self, answers: Mapping[str, Any]) -> bool:
        """Whether each of the rules that block now would let go: cheap to see, and mostly not so."""
        places = set(answers.get(COUNTRIES, self.plan.case.countries))
        channels = answers.get(CHANNELS)
        return not any(
            places & set(one.countries)
            and (channels is None or not one.rule.channels or set(channels) & set(one.rule.channels))
            and self.effect(one, scope, answers) == "blocked"
            for one, scope in self.put
        )

    def effect(self, one: Asked, scope: Scope, answers: Mapping[str, Any]) -> Can:
        """What one blocking rule would come to; looked up where the same answers were tried."""
        relevant = {path: value for path, value in answers.items() if path in one.rule.reads}
        if not relevant:
            return "blocked"
        key = (one.rule.id, scope.name, repr(sorted(relevant.items())))
        if key not in self.effects:
            self.effects[key] = self.plan.effect(one, scope, relevant)
        return self.effects[key]

    def sets(self, size: int) -> Iterator[tuple[str, ...]]:
        """Each set of slots that touches every rule that blocks."""
        touched = {slot: {path for path, _ in steps[0].changes} for slot, steps in self.moves.items()}
        for slots in combinations(self.moves, size):
            paths = set().union(*(touched[slot] for slot in slots))
            if paths & SHAPING or all(paths & one.rule.reads for one, _ in self.put):
                yield slots


def conditions(rule: Rule, definitions: Mapping[str, Any]) -> list[Any]:
    """The conditions of a rule and of the definitions that it uses."""
    own = [rule.requires, *([rule.applies] if rule.applies else [])]
    return [*own, *(definitions[name].condition for name in rule.uses)]


def unblock(plan: Plan, touch: Search) -> tuple[tuple[Proposal, ...], str]:
    """At most five proposals, the cheapest first, and a sentence where a change of plan does not do (else "")."""
    search = Unblocking(plan, touch)
    if not search.blocking:
        return (), ""
    found: list[tuple[Move, ...]] = []
    trials = 0
    for size in range(1, MOST_CHANGES + 1):
        for slots in search.sets(size):
            trials += len(list(product(*(search.moves[slot] for slot in slots))))
            if trials > MOST_TRIALS:
                break
            found += chosen(search, slots)
        if len(found) >= MOST_PROPOSALS or (found and size >= FEW) or trials > MOST_TRIALS:
            break
    if not found:
        return (), history(search.blocking)
    found.sort(key=lambda one: order(one, touch.score(joined(one))))
    before = outcome(plan, touch, {})
    return tuple(told(plan, touch, one, before) for one in found[:MOST_PROPOSALS]), ""


def chosen(search: Unblocking, slots: Sequence[str]) -> list[tuple[Move, ...]]:
    """The cheapest moves in all of these slots that unblock, need each other and make no rule worse; else nothing."""
    tried = sorted(product(*(search.moves[slot] for slot in slots)), key=lambda one: order(one, 0))
    for one in tried:
        free = search.unblocks(joined(one)) and not any(search.unblocks(joined(few)) for few in parts(one))
        if free and not search.plan.breaks(joined(one)):
            return [one]
    return []


def outcome(plan: Plan, touch: Search, answers: Mapping[str, Any]) -> Outcome:
    """What the campaign comes to with these answers."""
    score = touch.score(answers)
    return Outcome(score, touch.table.band(score), plan.can(answers))


def told(plan: Plan, touch: Search, one: Sequence[Move], before: Outcome) -> Proposal:
    """Moves as a proposal."""
    answers = joined(one)
    told = changes(plan.case.packs.catalogue, plan.case.campaign.here.answer, answers)
    return Proposal(told, before, outcome(plan, touch, answers), cost(one))


def history(blocking: Sequence[Finding]) -> str:
    """What stands in the way, where no small change of plan removes it."""
    titles = list(dict.fromkeys(one.title for one in blocking))
    named = "; ".join(titles[:3]) + (_(" and {count} more").format(count=len(titles) - 3) if len(titles) > 3 else "")
    return _("No small change of plan unblocks it. In the way: {titles}. Each finding says what would mend it.").format(
        titles=named
    )
