"""What would make a campaign light, or unblock it: the proposals of a verdict for a page, and one of them applied."""

import copy
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from facts.catalogue import load
from kernel.errors import Invalid
from portal.words import in_words

OWN = "campaign."
MOST = 20


class UnusableProposal(Invalid):
    """What was asked for is no change of this campaign's plan."""

    code = "unusable_proposal"


@dataclass(frozen=True, slots=True)
class Change:
    """One answer that would change, in words; `words` says it as an imperative where the proposal came with one."""

    path: str
    ask: str
    old: str
    new: str
    words: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal: its changes, where the campaign stands and where it would stand, and what to post to apply it."""

    changes: tuple[Change, ...]
    words: str
    score_before: int
    score_after: int
    band_before: str
    band_after: str
    can_before: str
    can_after: str
    value: str

    @property
    def gain(self) -> int:
        """How many points it brings."""
        return self.score_after - self.score_before


def to_lighten(verdict: Mapping[str, Any]) -> list[Proposal]:
    """Return the proposals that reach the next band, as the verdict has them."""
    return [_proposal(one, verdict) for one in (verdict.get("should") or {}).get("mend") or ()]


def to_unblock(verdict: Mapping[str, Any]) -> list[Proposal]:
    """Return the proposals by which a blocked campaign is blocked no more."""
    return [_proposal(one, verdict) for one in (verdict.get("can") or {}).get("unblock") or ()]


def _proposal(proposal: Mapping[str, Any], verdict: Mapping[str, Any]) -> Proposal:
    can, should = verdict.get("can") or {}, verdict.get("should") or {}
    score = int(should.get("score") or 0)
    after = int(proposal.get("score_after", proposal.get("score", score)))
    asked = [{"fact": one["fact"], "to": one.get("to"), "from": one.get("from")} for one in proposal["changes"]]
    changes = tuple(_change(one) for one in proposal["changes"])
    return Proposal(
        changes=changes,
        words=str(proposal.get("words") or ""),
        score_before=int(proposal.get("score_before", score)),
        score_after=after,
        band_before=str(should.get("verdict") or ""),
        band_after=str(proposal.get("band") or _band(after, should)),
        can_before=str(proposal.get("can_before") or can.get("verdict") or ""),
        can_after=str(proposal.get("can_after") or can.get("verdict") or ""),
        value=json.dumps(asked, separators=(",", ":"), sort_keys=True),
    )


def _band(score: int, should: Mapping[str, Any]) -> str:
    bands = bands_of(should)
    return "light" if score >= bands["light"] else "mixed" if score >= bands["mixed"] else "heavy"


def bands_of(should: Mapping[str, Any]) -> dict[str, int]:
    """Return where the bands begin for the brand of a verdict."""
    from audits.engine.light_touch.table import load_table

    table, told = load_table(), should.get("bands") or {}
    return {"light": int(told.get("light", table.light)), "mixed": int(told.get("mixed", table.mixed))}


def _change(one: Mapping[str, Any]) -> Change:
    fact = load().get(one["fact"])
    ask = _(fact.ask) if fact else str(one["fact"])
    return Change(one["fact"], ask, in_words(one.get("from")), in_words(one.get("to")), str(one.get("words") or ""))


def read(text: str) -> list[dict[str, Any]]:
    """Read the changes that a button posted. Raises UnusableProposal."""
    try:
        asked = json.loads(text)
    except ValueError:
        asked = None
    if not isinstance(asked, list) or not 0 < len(asked) <= MOST:
        raise _unusable()
    for one in asked:
        path = one.get("fact") if isinstance(one, dict) else None
        if not isinstance(path, str) or not path.startswith(OWN) or load().get(path) is None or "to" not in one:
            raise _unusable()
    return asked


def _unusable() -> UnusableProposal:
    return UnusableProposal(
        _("This is no change of the campaign's plan."), place="changes", remedy=_("Open the campaign again.")
    )


def applied(answers: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a campaign's answers with the changes put in; an answer of None is taken out. Nothing given is touched."""
    found = copy.deepcopy(dict(answers))
    for one in changes:
        *way, last = one["fact"].removeprefix(OWN).split(".")
        place = found
        for name in way:
            place = place.setdefault(name, {})
        if one["to"] is None:
            place.pop(last, None)
        else:
            place[last] = one["to"]
    return {name: answer for name, answer in found.items() if answer != {}}


def undoing(answers: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the changes that bring the answers back to what they are before these changes."""
    return [{"fact": one["fact"], "to": answer_at(answers, one["fact"])} for one in changes]


def answer_at(answers: Mapping[str, Any], path: str) -> Any:
    """Return a campaign's answer at a path of the catalogue, None where there is none."""
    place: Any = answers
    for name in path.removeprefix(OWN).split("."):
        place = place.get(name) if isinstance(place, Mapping) else None
    return place
