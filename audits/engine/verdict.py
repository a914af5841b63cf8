"""What an audit says: findings, the verdict per country, the light-touch score, questions, the packs it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from audits.engine.asking import Outcome
from audits.engine.light_touch.proposals import Proposal
from audits.engine.light_touch.should import Should
from audits.engine.packs import Citation

Can = Literal["blocked", "needs_human", "clear"]
WORST: tuple[Can, ...] = ("blocked", "needs_human", "clear")


def effect_of(side: str, severity: str, outcome: str) -> Can:
    """What a finding of this side, severity and outcome alone makes of the CAN verdict of its countries."""
    if side != "can" or (severity == "advise" and outcome != "errored"):
        return "clear"
    if outcome in ("violated", "errored"):
        return "blocked"
    return "needs_human" if outcome in ("judgement", "unanswered") else "clear"


@dataclass(frozen=True)
class Finding:
    """One rule that has something to say. `scope` is "campaign" or "source:<key>"; `asks` names unanswered facts.

    `shows` is what a check of the message saw (see `audits.content.telling`): a page can say it in its language.
    """

    rule: str
    title: str
    pack: str
    pack_version: str
    side: str
    scope: str
    countries: tuple[str, ...]
    outcome: Outcome
    severity: str
    citations: tuple[Citation, ...]
    checked: str
    message: str
    remedy: str
    facts: Mapping[str, Any]
    asks: tuple[str, ...] = ()
    error: str = ""
    shows: Mapping[str, Any] = field(default_factory=dict)

    @property
    def effect(self) -> Can:
        """What the finding alone makes of the CAN verdict of its countries."""
        return effect_of(self.side, self.severity, self.outcome)

    def as_dict(self) -> dict[str, Any]:
        """The finding as JSON data."""
        told: dict[str, Any] = {
            "rule": self.rule,
            "title": self.title,
            "pack": self.pack,
            "pack_version": self.pack_version,
            "side": self.side,
            "scope": self.scope,
            "countries": list(self.countries),
            "outcome": self.outcome,
            "severity": self.severity,
            "citations": [citation.as_dict() for citation in self.citations],
            "checked": self.checked,
            "message": self.message,
            "remedy": self.remedy,
            "facts": dict(self.facts),
        }
        if self.asks:
            told["asks"] = list(self.asks)
        if self.shows:
            told["shows"] = dict(self.shows)
        return told | ({"error": self.error} if self.error else {})


@dataclass(frozen=True)
class Outlook:
    """A rule that will fail from a day that the campaign's schedule reaches."""

    day: str
    rule: str
    title: str
    scope: str

    def as_dict(self) -> dict[str, str]:
        """The warning as JSON data."""
        return {"from": self.day, "rule": self.rule, "title": self.title, "scope": self.scope}


@dataclass(frozen=True)
class Verdict:
    """The verdict on one registration as of a day. `countries` holds the CAN verdict of each of its countries."""

    verdict: Can
    on: str
    can: Can
    countries: Mapping[str, Can]
    should: Should
    findings: tuple[Finding, ...]
    questions: tuple[str, ...]
    warnings: tuple[Outlook, ...]
    packs: Mapping[str, str]
    rules_asked: int
    unblock: tuple[Proposal, ...] = ()
    unblock_note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON data, without the name of the file."""
        return {
            "verdict": self.verdict,
            "on": self.on,
            "can": {"verdict": self.can, "countries": dict(self.countries), **self.ways_out()},
            "should": self.should.as_dict(),
            "findings": [finding.as_dict() for finding in self.findings],
            "questions": list(self.questions),
            "warnings": [warning.as_dict() for warning in self.warnings],
            "packs": dict(self.packs),
            "rules_asked": self.rules_asked,
        }

    def ways_out(self) -> dict[str, Any]:
        """What would unblock a blocked campaign, as JSON data."""
        if self.can != "blocked":
            return {}
        return {"unblock": [proposal.as_dict() for proposal in self.unblock], "unblock_note": self.unblock_note}


def worst(verdicts: list[Can]) -> Can:
    """The strictest of several verdicts; clear where there is none."""
    return min(verdicts, key=WORST.index, default="clear")
