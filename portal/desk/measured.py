"""What was measured beside what was declared."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audits.models import Case
from facts.catalogue import load
from portal.verdicts import SHARE, share_in_words
from portal.words import in_words

DECLARED = {
    "audience_size": "campaign.audience.size",
    "with_valid_consent_share": "source.lawful_basis",
    "oldest_consent_months": "source.consent.age_months",
    "refused": "campaign.audience.opted_out_included",
    "objected": "campaign.audience.opted_out_included",
    "withdrawn": "campaign.audience.opted_out_included",
    "suppressed": "campaign.audience.suppression_checked",
    "forbid_kind_share": "source.categories",
    "forbid_retargeting_share": "campaign.purpose",
    "over_frequency_share": "campaign.timing.per_week",
    "minors": "campaign.audience.minors",
    "outside_countries": "campaign.countries",
    "source_oldest_months": "source.retention_months",
}
"""For each measured fact the answer that it checks, where there is one."""


@dataclass(frozen=True)
class Line:
    """One thing that was measured: in words, what was declared about it, and whether a finding says they disagree."""

    ask: str
    measured: str
    declared_ask: str
    declared: str
    disagrees: bool


@dataclass(frozen=True)
class Lines:
    """Everything that was measured: first what a finding says contradicts the declaration, then the rest."""

    disagreeing: tuple[Line, ...]
    others: tuple[Line, ...]

    def __bool__(self) -> bool:
        """Whether anything was measured."""
        return bool(self.disagreeing or self.others)


def beside_declared(case: Case, document: Mapping[str, Any]) -> Lines:
    """Return the measured facts of a case, each with what the frozen registration declares about it."""
    found = _lines(case, document)
    return Lines(tuple(one for one in found if one.disagrees), tuple(one for one in found if not one.disagrees))


def _lines(case: Case, document: Mapping[str, Any]) -> list[Line]:
    against = {
        path.removeprefix("measured.")
        for finding in case.verdict.get("findings", ())
        if finding["outcome"] != "unanswered"
        for path in finding.get("facts") or {}
        if path.startswith("measured.")
    }
    catalogue = load()
    return [
        Line(
            _(fact.ask),
            _number(name, case.measured[name]),
            _(catalogue.facts[DECLARED[name]].ask) if name in DECLARED else "",
            in_words(_declared(DECLARED[name], document)) if name in DECLARED else "",
            name in against and bool(case.measured[name]),
        )
        for path, fact in catalogue.measured.items()
        if (name := path.removeprefix("measured.")) in case.measured
    ]


def _number(name: str, value: Any) -> str:
    if name.endswith(SHARE):
        return share_in_words(value)
    return f"{value:,}" if isinstance(value, int) else in_words(value)


def _declared(path: str, document: Mapping[str, Any]) -> Any:
    section, _dot, rest = path.partition(".")
    if section == "campaign":
        return _at(document.get("campaign") or {}, rest)
    said = [_at(source, rest) for source in document.get("sources") or []]
    known = [one for one in said if one is not None]
    return known[0] if len(known) == 1 else known or None


def _at(answers: Any, path: str) -> Any:
    for key in path.split("."):
        answers = answers.get(key) if isinstance(answers, Mapping) else None
    return answers
