"""Judging a data source alone, by the rules that need no fact of a campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.engine import judging
from audits.engine.case import Asked, open_case, put_to
from audits.engine.packs import Packs
from audits.engine.verdict import Can, Finding, worst
from facts import document


@dataclass(frozen=True)
class SourceVerdict:
    """What the rules say about one source alone. Clear means: nothing speaks against it before a campaign uses it."""

    verdict: Can
    findings: tuple[Finding, ...]
    questions: tuple[str, ...]
    rules_asked: int

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON data."""
        return {
            "verdict": self.verdict,
            "findings": [finding.as_dict() for finding in self.findings],
            "questions": list(self.questions),
            "rules_asked": self.rules_asked,
        }


def judge_source(
    source: Mapping[str, Any], *, brand: Mapping[str, Any], countries: tuple[str, ...], packs: Packs, on: date
) -> SourceVerdict:
    """Judge a source (with its `key`) for people in `countries`; where no rule was asked a person must decide.

    Raises InvalidDocument where source or brand is not as in a registration document.
    """
    data = {"registration": 1, "brand": brand, "sources": [source]}
    valid = document.parse(data | {"campaign": {"key": "alone", "countries": list(countries)}})
    case = open_case(valid, packs, on, None)
    asked = [one for one in put_to(case) if alone(one)]
    findings = [found for one in asked for found in judging.put(case, one)]
    verdict = worst([found.effect for found in findings]) if asked else "needs_human"
    questions = {path for found in findings if found.outcome == "unanswered" for path in found.asks}
    order = [path for path in packs.catalogue.facts if path in questions]
    return SourceVerdict(verdict, tuple(sorted(findings, key=judging.weight)), tuple(order), len(asked))


def alone(asked: Asked) -> bool:
    """Whether a rule is about a source and reads nothing of a campaign."""
    rule = asked.rule
    reads = not any(path.startswith(("campaign.", "measured.")) for path in rule.reads)
    return rule.scope == "source" and reads and not rule.channels
