"""What the law would say to another plan: the CAN verdict with other answers of the campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from audits.engine import coverage
from audits.engine.asking import Answer, ask
from audits.engine.case import Asked, Case, put_to
from audits.engine.environment import answered, answered_for
from audits.engine.light_touch.scoring import Scope
from audits.engine.packs import Rule
from audits.engine.verdict import Can, Finding, effect_of, worst

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
        if SHAPING & changes.keys():
            return self.anew(changes)
        moved = [one for one in self.asked if one.rule.reads & changes.keys()]
        again = {one.rule.id for one in moved}
        kept = [found.effect for found in self.findings if found.rule not in again]
        new = [self.effect(one, scope, changes) for one in moved for scope in self.case.scopes(one.rule)]
        return worst([*kept, *new])

    def effect(self, one: Asked, scope: Scope, changes: Mapping[str, Any]) -> Can:
        """What one rule would make of the verdict in one scope."""
        here = answered_for(one.rule, self.case.packs, scope.here, changes)
        return effect(one.rule, ask(one.rule, here, one.place))

    def anew(self, changes: Mapping[str, Any]) -> Can:
        """The CAN verdict where the changes decide which rules are put."""
        packs = self.case.packs
        changed = replace(
            self.case,
            campaign=Scope("campaign", answered(packs, self.case.campaign.here, changes)),
            sources=tuple(Scope(one.name, answered(packs, one.here, changes)) for one in self.case.sources),
        )
        gaps = coverage.gaps(packs, changed.on, changed.countries, changed.campaign.here)
        effects = [
            effect(one.rule, ask(one.rule, scope.here, one.place))
            for one in put_to(changed)
            for scope in changed.scopes(one.rule)
        ]
        return worst([*effects, *(gap.effect for gap in gaps)])


def effect(rule: Rule, answer: Answer) -> Can:
    """What one answer makes of the CAN verdict."""
    return effect_of(rule.side, rule.severity, answer.outcome) if answer.outcome else "clear"
