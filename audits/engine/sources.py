"""Judging a data source alone: the rules about sources, as far as they can be decided without any campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.engine import judging
from audits.engine.asking import ask
from audits.engine.case import Asked, Case, open_case, put_to
from audits.engine.packs import Packs
from audits.engine.questions import Waiting, shortest
from audits.engine.verdict import Can, Finding, worst
from facts import document


@dataclass(frozen=True)
class SourceVerdict:
    """What the rules say about one source alone. Clear means: nothing speaks against it before a campaign uses it.

    `countries` holds the verdict for people in each country that it was judged for.
    """

    verdict: Can
    on: str
    countries: Mapping[str, Can]
    findings: tuple[Finding, ...]
    questions: tuple[str, ...]
    packs: Mapping[str, str]
    rules_asked: int

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON data, in the form of a campaign's verdict without its SHOULD side."""
        return {
            "verdict": self.verdict,
            "on": self.on,
            "can": {"verdict": self.verdict, "countries": dict(self.countries)},
            "findings": [finding.as_dict() for finding in self.findings],
            "questions": list(self.questions),
            "packs": dict(self.packs),
            "rules_asked": self.rules_asked,
        }


def judge_source(
    source: Mapping[str, Any], *, brand: Mapping[str, Any], countries: tuple[str, ...], packs: Packs, on: date
) -> SourceVerdict:
    """Judge a source (with its `key`) for people in `countries`; where no rule was asked a person must decide.

    Every rule about sources is put with nothing said about a campaign; by three-valued logic it speaks where the
    source's own answers decide. A campaign that uses the source cannot undo that: what is found here is found there
    too. Raises InvalidDocument where source or brand is not as in a registration document.
    """
    data = {"registration": 1, "brand": brand, "sources": [source]}
    valid = document.parse(data | {"campaign": {"key": "alone", "countries": list(countries)}})
    case = open_case(valid, packs, on, None)
    asked = [one for one in put_to(case) if one.rule.scope == "source" and alone(one, case)]
    findings = [found for one in asked for found in judging.put(case, one)]
    verdict = worst([found.effect for found in findings]) if asked else "needs_human"
    return SourceVerdict(
        verdict=verdict,
        on=on.isoformat(),
        countries={place: judging.verdict_of(place, findings) if asked else verdict for place in countries},
        findings=tuple(sorted(findings, key=judging.weight)),
        questions=tuple(questions_of(case, asked, findings)) if verdict != "blocked" else (),
        packs=packs.hashes,
        rules_asked=len(asked),
    )


def alone(asked: Asked, case: Case) -> bool:
    """Whether the source's own answers decide a rule, or would once it is answered what it still leaves open."""
    here = case.sources[0].here
    if ask(asked.rule, here, asked.place).outcome != "unanswered":
        return True
    open_facts = [path for path in asked.rule.reads if here.answer(path) is None]
    return all(path.startswith(("source.", "brand.")) for path in open_facts) and not asked.rule.channels


def questions_of(case: Case, asked: list[Asked], findings: list[Finding]) -> Iterator[str]:
    """The shortest list of questions that would settle the source's verdict, in the order of the catalogue."""
    rules = {one.rule.id: one.rule for one in asked}
    waiting = [
        Waiting(rules[found.rule], case.sources[0].here, found.asks)
        for found in findings
        if found.outcome == "unanswered" and found.effect == "needs_human"
    ]
    wanted = shortest(waiting, case.packs)
    yield from (path for path in case.packs.catalogue.facts if path in wanted)
