"""Verdicts as the pages show them: in plain words, in order of weight, with the law and the remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import gettext as _

from audits import findings as findings_of
from audits import preview
from audits.house.in_use import fingerprints
from campaigns.models import Campaign
from campaigns.queries import document_of
from facts.catalogue import load
from facts.document import sha256
from kernel.canonical import fingerprint
from portal import countries, messages, tones
from portal.words import in_words
from tenants.queries import bands_of

KEEP_SECONDS = 600
MEASURED = "measured."
REASON = "reasons."
SHARE = "_share"


@dataclass(frozen=True)
class Said:
    """One fact that a finding rests on: the question, the answer in words, where it is asked."""

    path: str
    ask: str
    answer: str
    measured: bool
    silent: bool


@dataclass(frozen=True)
class Shown:
    """One finding as a page shows it. `id` names it in a decision; `data` is the finding itself."""

    id: str
    data: Mapping[str, Any]
    said: tuple[Said, ...]
    source: str
    to_answer: bool

    @property
    def told(self) -> str:
        """What it says, in the language of the page."""
        shows = self.data.get("shows")
        return messages.told(shows)[0] if shows else _(str(self.data["message"]))

    @property
    def saw(self) -> list[str]:
        """What a check of the message saw: the places, and what is declared against what they show."""
        shows = self.data.get("shows")
        return messages.told(shows)[1:] if shows else []

    @property
    def read(self) -> str:
        """How surely the law behind it is known, in plain words."""
        return str(tones.CHECKED.get(str(self.data.get("checked")), ""))

    @property
    def offers(self) -> tuple[messages.Offer, ...]:
        """The answers that the message offers to open questions."""
        return messages.offers(self.data.get("shows") or {})

    @property
    def field(self) -> str:
        """The name of the field in which an officer gives her reason for accepting it."""
        return REASON + self.id

    @property
    def weighs(self) -> bool:
        """Whether its evidence is shown at once: what is against a rule, or could not be judged."""
        return self.data["outcome"] in ("violated", "errored")

    @property
    def looks(self) -> tones.Tone:
        """The word and the colour of its outcome."""
        return tones.tone(tones.OUTCOMES, self.data.get("outcome"))


@dataclass(frozen=True)
class Question:
    """A question that is open: where to answer it."""

    path: str
    ask: str
    sources: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """Where it is answered: brand, source, campaign; measured where nobody is asked."""
        return self.path.partition(".")[0]


@dataclass(frozen=True)
class Panel:
    """A verdict, taken apart for a page. `questions` is the shortest list that would settle it."""

    verdict: Mapping[str, Any]
    weighty: tuple[Shown, ...]
    unanswered: tuple[Shown, ...]
    questions: tuple[Question, ...]
    countries: tuple[countries.Row, ...]
    offers: tuple[messages.Offer, ...]
    mend: tuple[tuple[int, tuple[tuple[str, str, str], ...]], ...]
    factors: tuple[Mapping[str, Any], ...]

    @property
    def error(self) -> Mapping[str, Any] | None:
        """What cannot be judged, and why, where no verdict was given."""
        found: Mapping[str, Any] | None = self.verdict.get("error")
        return found

    @property
    def word(self) -> str:
        """The overall verdict; without one it is not clear."""
        return str(self.verdict.get("verdict") or "")

    @property
    def total(self) -> int:
        """How many findings there are."""
        return len(self.weighty) + len(self.unanswered)

    @property
    def against(self) -> tuple[Shown, ...]:
        """The weighty findings that are more than advice."""
        return tuple(one for one in self.weighty if one.data["outcome"] != "advised")

    @property
    def advice(self) -> tuple[Shown, ...]:
        """The findings that only advise."""
        return tuple(one for one in self.weighty if one.data["outcome"] == "advised")

    @property
    def should(self) -> Mapping[str, Any]:
        """The SHOULD side."""
        found: Mapping[str, Any] = self.verdict.get("should") or {}
        return found

    @property
    def where(self) -> str:
        """The verdict by country, in one sentence."""
        return countries.in_a_sentence(self.countries)

    @property
    def can(self) -> Mapping[str, Any]:
        """The CAN side."""
        found: Mapping[str, Any] = self.verdict.get("can") or {}
        return found


def judged(document: Mapping[str, Any], on: date, brand_id: UUID) -> dict[str, Any]:
    """Return the verdict of the brand's rules on a document as declared, kept for ten minutes under both."""
    rules = fingerprint([list(one) for one in fingerprints(brand_id)])
    bands = "-".join(map(str, bands_of(brand_id).values()))
    key = f"verdict:{sha256(document)}:{rules}:{bands}:{on.isoformat()}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = preview.judge_draft(document, on, brand_id)
        cache.set(key, found, KEEP_SECONDS)
    return found


def draft_verdict(campaign: Campaign, on: date) -> dict[str, Any]:
    """Return the verdict on a campaign's draft, as declared. The draft need not be saved."""
    return judged(document_of(campaign), on, campaign.brand_id)


def panel(verdict: Mapping[str, Any], only_scope: str = "") -> Panel:
    """Take a verdict apart; with `only_scope`, what it says of that scope alone."""
    everything = [one for one in verdict.get("findings", ()) if only_scope in ("", one["scope"])]
    to_answer = findings_of.to_answer(verdict)
    shown = sorted((_shown(one, to_answer) for one in everything), key=_weight)
    should = verdict.get("should") or {}
    return Panel(
        verdict=verdict,
        weighty=tuple(one for one in shown if one.data["outcome"] != "unanswered" and not one.offers),
        unanswered=tuple(one for one in shown if one.data["outcome"] == "unanswered"),
        questions=tuple(_question(path, everything) for path in verdict.get("questions", ())),
        countries=countries.rows(verdict),
        offers=tuple(offer for one in shown for offer in one.offers),
        mend=tuple(
            (one["score"], tuple(_change(change) for change in one["changes"])) for one in should.get("mend", ())
        ),
        factors=tuple(sorted(should.get("factors", ()), key=lambda one: -abs(one["points"]))),
    )


def _weight(one: Shown) -> tuple[int, str, str]:
    return (tones.ORDER.get(one.data["outcome"], 9), one.data["side"], one.id)


def _shown(finding: Mapping[str, Any], to_answer: Mapping[str, str]) -> Shown:
    name = findings_of.finding_id(finding)
    facts = sorted((finding.get("facts") or {}).items(), key=lambda one: (one[1] is None, one[0]))
    said = tuple(_said(path, value) for path, value in facts)
    _kind, _colon, source = str(finding["scope"]).partition(":")
    return Shown(name, finding, said, source, name in to_answer)


def _said(path: str, value: Any) -> Said:
    fact = load().get(path)
    words = share_in_words(value) if path.endswith(SHARE) else in_words(value)
    return Said(path, _(fact.ask) if fact else path, words, path.startswith(MEASURED), value is None)


def _question(path: str, findings: list[Any]) -> Question:
    fact = load().get(path)
    asked_by = {str(one["scope"]).partition(":")[2] for one in findings if path in one.get("asks", ())}
    # A question about the campaign may be asked by a rule that judges a source; it is answered with the campaign.
    sources = asked_by - {""} if path.startswith("source.") else set()
    return Question(path, _(fact.ask) if fact else path, tuple(sorted(sources)))


def _change(change: Mapping[str, Any]) -> tuple[str, str, str]:
    fact = load().get(change["fact"])
    return (_(fact.ask) if fact else change["fact"], in_words(change.get("from")), in_words(change.get("to")))


def share_in_words(value: Any) -> str:
    """Return a share from 0 to 1 as a percentage."""
    return in_words(None) if value is None else f"{round(100 * float(value), 1):g} %"
