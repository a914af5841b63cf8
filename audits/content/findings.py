"""From what was seen in a message to findings in the form of the verdict, and to proposals for open questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from audits.content import checks, lexicon, tracking, wording
from audits.content.checks import NOWHERE, Declared, Hit
from audits.content.reading import Message, Place, fields, read
from audits.engine.asking import OUTCOME
from audits.engine.packs import Citation
from audits.engine.verdict import Finding
from facts.document import Registration
from facts.laws import load as load_laws
from facts.places import reaches

FILE = Path(__file__).parent / "checks.yaml"
PACK = "Content"
MOST_PLACES = 5
CHECKS: tuple[Callable[[Message, Declared], Iterator[Hit]], ...] = (
    checks.forms,
    checks.stopping,
    checks.sender,
    checks.postal,
    checks.shown_words,
    wording.pressure,
    wording.sensitive,
    wording.contradictions,
    wording.subject,
    tracking.tracks_opens,
    tracking.loads,
    tracking.leads,
    tracking.personal,
)


@dataclass(frozen=True)
class Check:
    """What a check says. `laws` are the articles by the code of their law."""

    title: str
    severity: str
    laws: Mapping[str, str]
    checked: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Proposal:
    """An answer to an open question that the message shows, and where."""

    fact: str
    value: Any
    place: Place


@lru_cache(maxsize=1)
def load() -> tuple[str, Mapping[str, str], Mapping[str, Check]]:
    """The version of the checks, the addresses of the laws, and each check by its name."""
    raw = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    found = {name: Check(**({"laws": {}, "checked": "memory"} | entry)) for name, entry in raw["checks"].items()}
    return raw["version"], raw["urls"], found


def look(registration: Registration, answer: Callable[[str], Any]) -> tuple[Finding, ...]:
    """Read the message of a registration and return what it shows against what is declared.

    `answer` gives the declared answer of a fact by its path, None where it is unanswered. Without content: nothing.
    """
    if not registration.content:
        return ()
    message = read(registration.content)
    declared = Declared(answer, str(registration.brand.get("name", "")), registration.campaign_sources)
    seen: dict[str, list[Hit]] = {}
    for hit in chain.from_iterable(check(message, declared) for check in CHECKS):
        seen.setdefault(hit.check, []).append(hit)
    open_answers = proposals(message, declared)
    if open_answers:
        seen["content.proposes"] = [Hit("content.proposes", one.place, (one.fact,)) for one in open_answers]
    places = tuple(registration.campaign.get("countries", ()))
    return tuple(finding(name, hits, declared, places, open_answers) for name, hits in seen.items())


def finding(
    name: str, hits: Sequence[Hit], declared: Declared, places: tuple[str, ...], proposed: Sequence[Proposal]
) -> Finding:
    """One check's finding, whatever the number of places that it was found in."""
    version, urls, known = load()
    check = known[name]
    reaching = {law: load_laws()[law].countries for law in check.laws}
    laws = {law: reach for law, reach in reaching.items() if any(reaches(reach, place) for place in places)}
    reached = tuple(place for place in places if any(reaches(reach, place) for reach in laws.values()))
    severity = "advise" if check.laws and not laws else check.severity
    facts = {path: declared.answer(path) for hit in hits for path in hit.reads}
    return Finding(
        rule=name,
        title=check.title,
        pack=PACK,
        pack_version=version,
        side="can",
        scope="campaign",
        countries=reached or places,
        outcome=OUTCOME[severity],
        severity=severity,
        citations=tuple(Citation(law, check.laws[law], urls[law]) for law in laws),
        checked=check.checked,
        message=told(check, hits, declared, proposed if name == "content.proposes" else ()),
        remedy=check.remedy,
        facts=facts,
    )


def told(check: Check, hits: Sequence[Hit], declared: Declared, proposed: Sequence[Proposal]) -> str:
    """The sentence of a check with the places, and what is declared against what the message shows."""
    parts = [check.message]
    if proposed:
        shown = "; ".join(f"{one.fact}: {worded(one.value)}{at(one.place)}" for one in proposed)
        return f"{check.message} {shown}."
    places = [str(hit.place) for hit in hits if hit.place != NOWHERE]
    if places:
        more = f" and {len(places) - MOST_PLACES} more" if len(places) > MOST_PLACES else ""
        parts.append(f"In the message: {'; '.join(places[:MOST_PLACES])}{more}.")
    for path in dict.fromkeys(path for hit in hits for path in hit.shows):
        values = [hit.shows[path] for hit in hits if path in hit.shows]
        merged = list(dict.fromkeys(chain(*values))) if isinstance(values[0], list) else values[0]
        parts.append(f"Declared: {path} = {worded(declared.answer(path))}; the message: {worded(merged)}.")
    return " ".join(parts)


def worded(value: Any) -> str:
    """An answer as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def at(place: Place) -> str:
    """A place in brackets; nothing where there is none."""
    return f" ({place})" if place != NOWHERE else ""


def proposals(message: Message, declared: Declared) -> tuple[Proposal, ...]:
    """What the message answers of the facts that are unanswered; absence is proposed only where all was read."""
    return tuple(one for one in answers(message, declared) if declared.answer(one.fact) is None)


def answers(message: Message, declared: Declared) -> Iterator[Proposal]:
    """Each fact that the message shows, with its place."""
    if message.bodies and declared.mail:
        shown, place = checks.unsubscribe_shown(message)
        if shown != "none" or message.whole:
            yield Proposal("campaign.message.unsubscribe", shown, place)
    for fact, kind in (("postal_address", "postal"), ("says_why", "why"), ("privacy_link", "privacy")):
        for _entry, place in lexicon.found(kind, message.bodies):
            yield Proposal(f"campaign.message.{fact}", True, place)
            break
    for _entry, place in lexicon.found("promotion", message.prose):
        yield Proposal("campaign.promotional", True, place)
        break
    used = list(fields(message))
    if used:
        yield Proposal("campaign.data_used.used", [name for name, _ in used], used[0][1])
    kinds = {kind: place for kind in wording.PRESSURE for _entry, place in lexicon.found(kind, message.prose)}
    if kinds:
        yield Proposal("campaign.message.pressure", list(kinds), next(iter(kinds.values())))
    traits = {entry.trait: place for entry, place in lexicon.found("sensitive", message.prose)}
    if traits:
        yield Proposal("campaign.audience.sensitive", list(traits), next(iter(traits.values())))
