"""Checks of the wording: pressure, sensitive traits, promotion in a service notice, a subject that deceives."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audits.content import lexicon
from audits.content.checks import Declared, Hit
from audits.content.reading import Message, Place

PRESSURE = {
    "false_urgency": "content.urgency",
    "false_scarcity": "content.scarcity",
    "confirm_shaming": "content.shaming",
    "guilt": "content.guilt",
    "fear": "content.fear",
}
SHARE = re.compile(r"\b(\d{1,2}) ?%")


def pressure(message: Message, declared: Declared) -> Iterator[Hit]:
    """Wording of pressure that is declared as absent."""
    path = "campaign.message.pressure"
    answer = declared.answer(path)
    for kind, check in PRESSURE.items():
        if answer is not None and kind not in answer:
            for _entry, place in lexicon.found(kind, message.prose):
                yield Hit(check, place, (path,), {path: [*answer, kind]})


def sensitive(message: Message, declared: Declared) -> Iterator[Hit]:
    """Sensitive traits that the message ascribes to its reader, outright or by what stands in for them."""
    path = "campaign.audience.sensitive"
    answer = declared.answer(path)
    if answer is None:
        return
    told = set()
    for entry, place in lexicon.found("sensitive", message.prose):
        if entry.trait not in answer:
            told.add(entry.trait)
            yield Hit("content.sensitive", place, (path,), {path: [*answer, entry.trait]})
    for entry, place in lexicon.found("proxy", message.prose):
        if entry.trait not in answer and entry.trait not in told:
            yield Hit("content.proxy", place, (path,), {path: [*answer, entry.trait]})


def contradictions(message: Message, declared: Declared) -> Iterator[Hit]:
    """Wording that contradicts one declared answer."""
    for check, path, answer, kind, shown in (
        ("content.no-reply", "campaign.message.reply_path", "read_by_people", "no_reply", "no_reply"),
        ("content.promotional", "campaign.promotional", False, "promotion", True),
        ("content.observed", "campaign.message.reveals_inference", False, "observed", True),
    ):
        if declared.answer(path) == answer:
            for _entry, place in lexicon.found(kind, message.prose):
                yield Hit(check, place, (path,), {path: shown})


def subject(message: Message, declared: Declared) -> Iterator[Hit]:
    """A subject that deceives, held against what is declared and against the body."""
    path = "campaign.message.subject_truthful"
    if "subject" not in message.prose or declared.answer(path) is not True or not declared.mail:
        return
    only = {"subject": message.prose["subject"]}
    body = " ".join(prose.text for prose in message.bodies.values())
    for _entry, place in lexicon.found("reply_subject", only):
        yield Hit("content.subject.reply", place, (path,), {path: False})
    if not body:
        return
    for entry, place in lexicon.found("account_subject", only) if declared.marketing else ():
        if not entry.pattern.search(body):
            yield Hit("content.subject.account", place, (path,), {path: False})
    shares = set(SHARE.findall(only["subject"].text)) - set(SHARE.findall(body))
    if shares and message.whole:
        yield Hit("content.subject.offer", Place("subject", 1, only["subject"].text.strip()[:120]), (path,))
