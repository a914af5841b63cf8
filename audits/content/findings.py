"""From what was seen in a message to findings in the form of the verdict, and to proposals for open questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import yaml

from audits.content import checks, headers, lexicon, telling, tracking, wording
from audits.content.checks import Declared, Hit
from audits.content.reading import Message, fields, read
from audits.content.telling import Proposal
from audits.engine.asking import OUTCOME
from audits.engine.packs import Citation
from audits.engine.verdict import Finding
from facts.document import Registration
from facts.laws import load as load_laws
from facts.places import reaches

FILE = Path(__file__).parent / "checks.yaml"
PACK = "Content"
DOUBT = ("memory", "secondary", "text")
CHECKS: tuple[Callable[[Message, Declared], Iterator[Hit]], ...] = (
    checks.forms,
    checks.stopping,
    headers.sender,
    headers.unnamed,
    headers.stopping,
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


SHOWN: tuple[tuple[str, str, Any, str], ...] = (
    ("postal", "campaign.message.postal_address", True, "bodies"),
    ("why", "campaign.message.says_why", True, "bodies"),
    ("privacy", "campaign.message.privacy_link", True, "bodies"),
    ("label", "campaign.message.labelled_as_ad", True, "all"),
    ("promotion", "campaign.promotional", True, "all"),
    ("observed", "campaign.message.reveals_inference", True, "all"),
    ("no_reply", "campaign.message.reply_path", "no_reply", "all"),
)
"""Wording that answers a question: its kind, the fact, the answer, and the parts that are looked through."""


@dataclass(frozen=True)
class Check:
    """What a check says. `laws` are the articles by the code of their law, `read` how each of them was read."""

    title: str
    severity: str
    message: str
    remedy: str
    laws: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, str] = field(default_factory=dict)

    def checked(self, laws: Iterable[str]) -> str:
        """How surely these laws are known: as the one that is known least. A check that cites none rests on no text."""
        return min((self.read.get(law, "memory") for law in laws), key=DOUBT.index, default="text")


@lru_cache(maxsize=1)
def load() -> tuple[str, Mapping[str, str], Mapping[str, Check]]:
    """The version of the checks, the addresses of the laws, and each check by its name."""
    raw = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    levels = {citation: level for level, citations in raw["read"].items() for citation in citations}
    found = {}
    for name, entry in raw["checks"].items():
        laws = entry.get("laws", {})
        read_as = {law: levels.get(f"{law} {article}", "memory") for law, article in laws.items()}
        found[name] = Check(**entry, read=read_as)
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
    # An industry rule is bound to no country: it reaches everybody.
    laws = {law: reach for law, reach in reaching.items() if not reach or any(reaches(reach, one) for one in places)}
    bound = not all(laws.values()) or not laws
    reached = places if bound else tuple(one for one in places if any(reaches(reach, one) for reach in laws.values()))
    severity = "advise" if check.laws and not laws else check.severity
    facts = {path: declared.answer(path) for hit in hits for path in hit.reads}
    shows = telling.shown(check.message, hits, declared, proposed if name == "content.proposes" else ())
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
        checked=check.checked(laws),
        message=telling.sentence(shows),
        remedy=check.remedy,
        facts=facts,
        shows=shows,
    )


def proposals(message: Message, declared: Declared) -> tuple[Proposal, ...]:
    """What the message answers of the facts that are unanswered; absence is proposed only where all was read."""
    found: dict[str, Proposal] = {}
    for one in answers(message, declared):
        if declared.answer(one.fact) is None:
            found.setdefault(one.fact, one)
    return tuple(found.values())


def answers(message: Message, declared: Declared) -> Iterator[Proposal]:
    """Each fact that the message shows, with its place."""
    yield from ways_shown(message, declared)
    if headers.names_brand(message, declared.brand):
        yield Proposal("campaign.message.sender_identified", True, headers.quoted(message, "from"))
    for kind, fact, value, where in SHOWN:
        found = lexicon.first(kind, message.prose if where == "all" else message.bodies)
        if found is not None:
            yield Proposal(fact, value, found)
    if (refused := headers.refuses_answers(message)) is not None:
        yield Proposal("campaign.message.reply_path", "no_reply", refused)
    pixels = [tracking.place(one) for one in message.page.resources if tracking.is_pixel(one)]
    if pixels and not declared.tracking_agreed():
        yield Proposal("campaign.message.open_tracking", True, pixels[0])
    used = list(fields(message))
    if used:
        yield Proposal("campaign.data_used.used", [name for name, _ in used], used[0][1])
    kinds = {kind: place for kind in wording.PRESSURE for _entry, place in lexicon.found(kind, message.prose)}
    if kinds:
        yield Proposal("campaign.message.pressure", list(kinds), next(iter(kinds.values())))
    traits = {entry.trait: place for entry, place in lexicon.found("sensitive", message.prose)}
    if traits:
        yield Proposal("campaign.audience.sensitive", list(traits), next(iter(traits.values())))


def ways_shown(message: Message, declared: Declared) -> Iterator[Proposal]:
    """How the message, or its headers, can be stopped."""
    path = "campaign.message.unsubscribe"
    if declared.email and headers.one_click(message):
        yield Proposal(path, "one_click", headers.quoted(message, "list_unsubscribe"))
    elif message.bodies and declared.mail:
        shown, place = checks.unsubscribe_shown(message)
        if shown != "none" or message.whole:
            yield Proposal(path, shown, place)
