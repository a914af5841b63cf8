"""What house packs would find in a case that stands, against what was found when it was judged. It changes nothing.

Only the house packs are asked: the law is the same before and after. The answers are those that were frozen, what was
measured is what the decision rested on, and the day is today's.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from audits.engine.case import open_case, put_to
from audits.engine.judging import put
from audits.engine.packs import Rule
from audits.house import PREFIX
from audits.house.reading import House, alone
from audits.models import Case, CaseState
from audits.services.checking import TamperedVersion, read_frozen
from facts.errors import InvalidDocument

ADVICE = "advised"
TOLD = ("rule", "title", "pack", "scope", "outcome", "message", "remedy", "citations")
ORDER = ("clear", "needs_human", "blocked")


@dataclass(frozen=True)
class Tried:
    """One case as other house packs see it: the verdict before and after, what they find anew, what they miss.

    `error` says why it could not be asked; such a case is affected, for silence clears nothing.
    """

    case: str
    campaign: str
    before: str
    after: str
    new: list[dict[str, Any]] = field(default_factory=list)
    gone: int = 0
    error: str = ""

    def affected(self, state: str) -> bool:
        """Whether the case cannot stand as it is under the new packs.

        An approval stands while nothing new speaks against it. What is still in review must show the officer exactly
        what the packs in use find.
        """
        if self.error or self.new:
            return True
        return state != CaseState.APPROVED and bool(self.gone)


def attempt(case: Case, houses: Sequence[House], before: Iterable[House], on: date) -> Tried:
    """Ask house packs about what a case froze. `before` are the packs in use, under which the case stands."""
    name, verdict = case.version.campaign.name, str(case.verdict.get("verdict", ""))
    try:
        found = _findings(case, houses, on)
    except (TamperedVersion, InvalidDocument) as error:
        return Tried(str(case.pk), name, verdict, "blocked", error=str(error))
    known = [one for one in case.verdict.get("findings", ()) if str(one["pack"]).startswith(PREFIX)]
    kept = _unchanged(houses, before)
    new = [one for one in found if one["outcome"] != ADVICE and not _was_known(one, known, kept)]
    gone = [one for one in known if not any(_same(one, other) for other in found)]
    return Tried(str(case.pk), name, verdict, _worse(verdict, new), [_told(one) for one in new], len(gone))


def _findings(case: Case, houses: Sequence[House], on: date) -> list[dict[str, Any]]:
    opened = open_case(read_frozen(case.version).registration, alone(houses), on, case.measured)
    found = [found.as_dict() for asked in put_to(opened) for found in put(opened, asked)]
    # As the database gives findings back, so that they can be compared with those of the verdict.
    read: list[dict[str, Any]] = json.loads(json.dumps(found))
    return read


def _unchanged(houses: Iterable[House], before: Iterable[House]) -> set[str]:
    """Return the ids of the rules that say the very same as before. An officer's reason was about those words."""
    old = {rule.id: (_words(rule), house.pack.values) for house in before for rule in house.pack.rules}
    return {
        rule.id
        for house in houses
        for rule in house.pack.rules
        if old.get(rule.id) == (_words(rule), house.pack.values)
    }


def _words(rule: Rule) -> tuple[Any, ...]:
    conditions = (rule.applies.source if rule.applies else "", rule.requires.source)
    told = (rule.title, rule.message, rule.remedy, rule.citations, rule.severity, rule.side, rule.checked)
    return (*conditions, *told, rule.scope, rule.where, rule.channels, rule.start, rule.end)


def _was_known(one: Mapping[str, Any], known: list[Any], kept: set[str]) -> bool:
    return one["rule"] in kept and any(_same(one, other) for other in known)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return {**one, "pack_version": ""} == {**other, "pack_version": ""}


def _worse(verdict: str, new: list[dict[str, Any]]) -> str:
    effects = [verdict, *(_effect(one) for one in new)]
    return max((one for one in effects if one in ORDER), key=ORDER.index, default="blocked")


def _effect(one: Mapping[str, Any]) -> str:
    if one["side"] != "can" or (one["severity"] == "advise" and one["outcome"] != "errored"):
        return "clear"
    return "blocked" if one["outcome"] in ("violated", "errored") else "needs_human"


def _told(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in TOLD}
