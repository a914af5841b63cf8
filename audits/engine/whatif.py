"""What the law would say to another plan: the CAN verdict with other answers of the campaign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from audits.engine import coverage
from audits.engine.asking import Answer, ask
from audits.engine.case import Asked, Case, put_to
from audits.engine.environment import answered, answered_for
from audits.engine.light_touch.scoring import Scope
from audits.engine.packs import Rule
from audits.engine.verdict import WORST, Can, Finding, effect_of, worst

SHAPING = frozenset({"campaign.channels", "campaign.countries", "brand.country"})
"""Facts that decide which rules are put at all."""


@dataclass(frozen=True)
class Plan:
    """The campaign as it was judged: the rules that were put to it, and what was found."""

    case: Case
    asked: Sequence[Asked]
    findings: Sequence[Finding]

    def can(self, changes: Mapping[str, Any]) -> Can:
        """The CAN verdict with these answers of the campaign instead of its own."""
        return worst([*self.effects(changes).values()])

    def breaks(self, changes: Mapping[str, Any]) -> bool:
        """Whether these answers make any rule come out worse for the CAN verdict than it does now."""
        now = self.standing
        return any(
            WORST.index(effect) < WORST.index(now.get(rule, "clear")) for rule, effect in self.effects(changes).items()
        )

    @cached_property
    def standing(self) -> Mapping[tuple[str, str], Can]:
        """What each finding makes of the CAN verdict now, by rule and scope."""
        found: dict[tuple[str, str], Can] = {}
        for one in self.findings:
            key = (one.rule, one.scope)
            found[key] = worst([found.get(key, "clear"), one.effect])
        return found

    def effects(self, changes: Mapping[str, Any]) -> dict[tuple[str, str], Can]:
        """What each rule makes of the CAN verdict with these answers, by rule and scope; other rules keep theirs."""
        if SHAPING & changes.keys():
            return self.anew(changes)
        moved = [one for one in self.asked if one.rule.reads & changes.keys()]
        again = {one.rule.id for one in moved}
        kept = {key: effect for key, effect in self.standing.items() if key[0] not in again}
        return merged(kept, ((one, scope, self.effect(one, scope, changes)) for one, scope in self.scoped(moved)))

    def scoped(self, asked: Sequence[Asked]) -> Iterator[tuple[Asked, Scope]]:
        """Each question with each of its scopes."""
        for one in asked:
            for scope in self.case.scopes(one.rule):
                yield one, scope

    def effect(self, one: Asked, scope: Scope, changes: Mapping[str, Any]) -> Can:
        """What one rule would make of the verdict in one scope."""
        here = answered_for(one.rule, self.case.packs, scope.here, changes)
        return effect(one.rule, ask(one.rule, here, one.place))

    def anew(self, changes: Mapping[str, Any]) -> dict[tuple[str, str], Can]:
        """What each rule makes of the CAN verdict where the changes decide which rules are put."""
        packs = self.case.packs
        countries = changes.get("campaign.countries", self.case.countries)
        changed = replace(
            self.case,
            countries=tuple(countries),
            campaign=Scope("campaign", answered(packs, self.case.campaign.here, changes)),
            sources=tuple(Scope(one.name, answered(packs, one.here, changes)) for one in self.case.sources),
        )
        gaps = coverage.gaps(packs, changed.on, changed.countries, changed.campaign.here)
        content = {key: effect for key, effect in self.standing.items() if key[0].startswith("content.")}
        kept = merged(content, ((gap, Scope(gap.scope, changed.campaign.here), gap.effect) for gap in gaps))
        told = (
            (one, scope, effect(one.rule, ask(one.rule, scope.here, one.place)))
            for one in put_to(changed)
            for scope in changed.scopes(one.rule)
        )
        return merged(kept, told)


def merged(
    kept: Mapping[tuple[str, str], Can], told: Iterable[tuple[Asked | Finding, Scope, Can]]
) -> dict[tuple[str, str], Can]:
    """Effects by rule and scope, of several the worst."""
    found = dict(kept)
    for one, scope, effect in told:
        key = (one.rule if isinstance(one, Finding) else one.rule.id, scope.name)
        found[key] = worst([found.get(key, "clear"), effect])
    return found


def effect(rule: Rule, answer: Answer) -> Can:
    """What one answer makes of the CAN verdict."""
    return effect_of(rule.side, rule.severity, answer.outcome) if answer.outcome else "clear"
