"""What the checks share, and those of what a message must show: the way out, sender, address, label."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from audits.content import lexicon
from audits.content.markup import Link
from audits.content.reading import Message, Place

MAIL = frozenset({"email", "sms", "messaging_app"})
STOPPED_BY = frozenset({"one_click", "link", "reply", "several_steps"})
DEAD = ("", "#", "http://", "https://")
NOWHERE = Place("message", 1, "")


@dataclass(frozen=True)
class Declared:
    """What is registered about a message: answers by path, the name of the brand, and the campaign's data sources."""

    answer: Callable[[str], Any]
    brand: str = ""
    sources: tuple[Mapping[str, Any], ...] = ()

    @property
    def marketing(self) -> bool:
        """Whether it is anything but a pure service notice; what is unanswered counts as marketing."""
        return self.answer("campaign.purpose") != "service_notice" or self.answer("campaign.promotional") is not False

    @property
    def mail(self) -> bool:
        """Whether it is sent to people directly, in writing; unanswered channels count as mail."""
        channels = self.answer("campaign.channels")
        return channels is None or bool(MAIL & set(channels))

    @property
    def email(self) -> bool:
        """Whether it is sent by e-mail; unanswered channels count as e-mail."""
        channels = self.answer("campaign.channels")
        return channels is None or "email" in channels

    def tracking_agreed(self) -> bool:
        """Whether people of every data source agreed to tracking."""
        uses = [set((source.get("consent") or {}).get("uses") or ()) for source in self.sources]
        return bool(uses) and all("tracking" in one for one in uses)


@dataclass(frozen=True)
class Hit:
    """What a check found: where, the facts it was held against, and what the message shows instead."""

    check: str
    place: Place = NOWHERE
    reads: tuple[str, ...] = ()
    shows: Mapping[str, Any] = field(default_factory=dict)


def way_out(link: Link) -> bool:
    """Whether a link is one by which people stop the messages."""
    words = f"{link.words} {link.before}" if not link.words.strip(" <>():-") else link.words
    return "unsubscribe_url" in link.href or "preferences_url" in link.href or lexicon.says("stop", tidy(words))


def tidy(words: str) -> str:
    """Words in one line."""
    return " ".join(words.replace("\u2019", "'").split())


def ways_out(message: Message) -> list[tuple[str, Link]]:
    """Every link by which people could stop the messages, with its part."""
    return [(part, link) for part, link in message.links if way_out(link)]


def usable(link: Link) -> bool:
    """Whether a link can be seen and leads somewhere."""
    return not link.hidden and link.href not in DEAD and not link.href.lower().startswith("javascript:")


def unsubscribe_shown(message: Message) -> tuple[str, Place]:
    """How people can stop it, as a choice of campaign.message.unsubscribe, and where the message shows that."""
    links = ways_out(message)
    for _entry, place in lexicon.found("login_to_stop", message.bodies):
        return "login_required", place
    for part, link in links:
        if usable(link):
            kind = "reply" if link.href.lower().startswith("mailto:") else "link"
            return kind, Place(part, link.line, tidy(link.words)[:80] or link.href[:80], link.column)
    for _entry, place in lexicon.found("reply_stop", message.bodies):
        return "reply", place
    for part, link in links:
        return "hidden", Place(part, link.line, tidy(link.words)[:80] or link.href[:80], link.column)
    return "none", NOWHERE


def stopping(message: Message, declared: Declared) -> Iterator[Hit]:
    """Whether the message can be stopped as is declared."""
    path = "campaign.message.unsubscribe"
    if declared.answer(path) not in STOPPED_BY or not declared.marketing or not declared.mail or not message.bodies:
        return
    shown, place = unsubscribe_shown(message)
    checks = {"none": "missing", "hidden": "hidden", "login_required": "login"}
    if shown in checks and (message.whole or shown != "none"):
        yield Hit(f"content.unsubscribe.{checks[shown]}", place, (path,), {path: shown})
    elif shown == "link" and len(message.bodies) > 1:
        having = {part for part, link in ways_out(message) if usable(link)}
        for part in message.bodies.keys() - having:
            yield Hit("content.unsubscribe.part", Place(part, 1, ""), (path,))


def postal(message: Message, declared: Declared) -> Iterator[Hit]:
    """Whether a postal address is in the message."""
    path = "campaign.message.postal_address"
    applies = declared.answer(path) is True and declared.email and declared.marketing and message.bodies
    if applies and message.whole and not any(lexicon.says("postal", one.text) for one in message.bodies.values()):
        yield Hit("content.postal", reads=(path,), shows={path: False})


def shown_words(message: Message, declared: Declared) -> Iterator[Hit]:
    """Whether the words that are declared are in the message: what it is, why it comes, the privacy notice."""
    if not declared.marketing or not declared.email or not message.whole or not message.bodies:
        return
    for check, fact, kind in (
        ("content.label", "labelled_as_ad", "label"),
        ("content.why", "says_why", "why"),
        ("content.privacy", "privacy_link", "privacy"),
    ):
        path = f"campaign.message.{fact}"
        if declared.answer(path) is True and not lexicon.shows(kind, message):
            yield Hit(check, reads=(path,), shows={path: False})


def forms(message: Message, declared: Declared) -> Iterator[Hit]:
    """Whether all of it was read, and a text part stands beside the HTML."""
    if not message.whole:
        yield Hit("content.whole")
    if "html" in message.bodies and "text" not in message.bodies and declared.email:
        yield Hit("content.plain-text")
