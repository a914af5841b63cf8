"""The message as the checks see it: every part in prose, with its links, resources and fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from audits.content.markup import Link, Page, Prose, read_page
from facts.checking import HEADERS

LONGEST = 300_000
"""Characters of a part that are read. Mail programs cut a message off far below (at about 100 KB)."""

LONGEST_PROSE = 40_000
"""Characters of a part's prose that are read, the last of them at its end, where a message says who sent it."""
PROSE_END = 10_000
LONGEST_LINE = 1_000
"""Characters of a subject that are read."""

ONE_LINE = frozenset({"subject", "landing_url", *HEADERS})
"""Parts of the content that are one line."""

OWN_LINKS = frozenset({"preferences_url", "unsubscribe_url"})
"""Fields that the hand-over fills in itself."""

FIELD = re.compile(r"\{\{ {0,20}([A-Za-z0-9_.-]{1,100}) {0,20}(?:\|[^{}]{0,500})?\}\}")
FOREIGN = re.compile(
    r"\*\|[A-Z0-9_:]{2,40}\|\*|%%[A-Za-z_]{2,40}%%|%recipient\.[a-z_]{2,40}%|\{\{[^{}]{0,200}\}\}"
    r"|\[(?:FNAME|FIRSTNAME|VORNAME|PRENOM|NOMBRE|NOME)\]"
)
ADDRESS = re.compile(r"https?://[^\s<>\"')\]]{1,2000}|\{\{ {0,20}[a-z_]{1,40}_url {0,20}\}\}")


@dataclass(frozen=True)
class Place:
    """A place in the message, and what stands there."""

    part: str
    line: int
    quote: str
    column: int = 1

    def __str__(self) -> str:
        """As a reader finds it, e.g. `html, line 12, column 8: “Only 2 left”`."""
        where = self.part if self.part in ONE_LINE else f"{self.part}, line {self.line}, column {self.column}"
        return f"{where}: “{self.quote}”" if self.quote else where

    def as_dict(self) -> dict[str, Any]:
        """The place as JSON data."""
        return {"part": self.part, "line": self.line, "column": self.column, "quote": self.quote}


@dataclass(frozen=True)
class Message:
    """A message that was read: prose by part, the page of its HTML, the links of its text. `whole`: all of it was."""

    content: Mapping[str, str]
    prose: Mapping[str, Prose]
    page: Page
    text_links: tuple[Link, ...]
    whole: bool

    @property
    def bodies(self) -> dict[str, Prose]:
        """The parts that carry the message: html, text."""
        return {part: prose for part, prose in self.prose.items() if part != "subject"}

    @property
    def links(self) -> tuple[tuple[str, Link], ...]:
        """Every link with the part in which it stands."""
        return tuple(("html", link) for link in self.page.links) + tuple(("text", link) for link in self.text_links)

    @property
    def host(self) -> str:
        """The site of the landing page, without a subdomain; empty where none is given."""
        return site(self.content.get("landing_url", ""))


def read(content: Mapping[str, Any]) -> Message:
    """Read the content of a registration document (subject, html, text, landing_url, headers; as far as given)."""
    given = {part: text for part, text in content.items() if isinstance(text, str) and text.strip()}
    cut = {part: text[: LONGEST if part in ("html", "text") else LONGEST_LINE] for part, text in given.items()}
    page = read_page(cut.get("html", ""))
    prose: dict[str, Prose] = {
        part: page.prose if part == "html" else plain(cut[part]) for part in ("subject", "html", "text") if part in cut
    }
    whole = page.whole and cut == given and all(len(one) <= LONGEST_PROSE for one in prose.values())
    prose = {part: shortened(one) for part, one in prose.items()}
    return Message(cut, prose, page, tuple(text_links(cut.get("text", ""))), whole)


def shortened(prose: Prose) -> Prose:
    """Prose with its middle left out where it is too long to be read."""
    if len(prose) <= LONGEST_PROSE:
        return prose
    text, kept = prose.text, Prose()
    head, tail = LONGEST_PROSE - PROSE_END, len(text) - PROSE_END
    for start, line, column, piece in zip(prose.starts, prose.lines, prose.columns, prose.pieces, strict=True):
        if start < head:
            kept.put(piece[: head - start], line, column)
        elif start + len(piece) > tail:
            cut = max(0, tail - start)
            kept.put(piece[cut:], line, column + cut)
    return kept


def plain(text: str) -> Prose:
    """Plain text as prose."""
    prose = Prose()
    prose.add(text, 1)
    return prose


def text_links(text: str) -> Iterator[Link]:
    """The addresses in plain text; their words are those on the line, or above it where one stands alone."""
    above = ""
    for number, line in enumerate(text.split("\n"), 1):
        for found in ADDRESS.finditer(line[:4_000]):
            words = line[: found.start()] + line[found.end() : found.end() + 200]
            before = above[-300:] if not words.strip(" <>():-") else ""
            yield Link(found.group(), False, number, words[-500:], before, found.start() + 1)
        above = line if line.strip() else above


def fields(message: Message) -> Iterator[tuple[str, Place]]:
    """Every personal field that the message uses, once, where it stands first."""
    seen: set[str] = set(OWN_LINKS)
    for part, text in message.content.items():
        for found in FIELD.finditer(text):
            if found.group(1) not in seen:
                seen.add(found.group(1))
                yield found.group(1), place_in(part, text, found)


def foreign(message: Message) -> Iterator[Place]:
    """What looks like a field and is none: it would be printed as it stands."""
    for part, text in message.content.items():
        for found in FOREIGN.finditer(text):
            if not FIELD.fullmatch(found.group()):
                yield place_in(part, text, found)


def place_in(part: str, text: str, found: re.Match[str]) -> Place:
    """Where in the source of a part something was found."""
    start = found.start()
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Place(part, line, found.group()[:80], column)


def host(address: str) -> str:
    """The host of an address, in small letters; empty where it has none."""
    found = re.match(r"(?:https?:)?//(?:[^/@?#]{0,200}@)?([A-Za-z0-9.-]{1,253})", address.strip(), re.IGNORECASE)
    return found.group(1).lower().strip(".") if found else ""


SECOND_LEVEL = frozenset({"co", "com", "org", "net", "gov", "ac", "edu", "ltd", "plc", "or", "ne", "go"})


def site(address: str) -> str:
    """The site of an address: the last two labels of its host, or three below a shared second level such as co.uk."""
    labels = host(address).split(".")
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in SECOND_LEVEL
    return ".".join(labels[-3 if shared else -2 :])
