"""The wording that the checks look for, read from `lexicon.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from audits.content.markup import Prose
from audits.content.reading import Message, Place

FILE = Path(__file__).parent / "lexicon.yaml"
LANGUAGES = ("en", "de", "fr", "es", "it")


@dataclass(frozen=True)
class Entry:
    """One pattern in one language; `trait` is set for sensitive wording."""

    lang: str
    pattern: re.Pattern[str]
    note: str
    trait: str = ""


@lru_cache(maxsize=1)
def load() -> Mapping[str, tuple[Entry, ...]]:
    """Every entry by its kind. Cached for the life of the process."""
    raw = yaml.load(FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {
        kind: tuple(
            Entry(one["lang"], re.compile(one["pattern"], re.IGNORECASE), one["note"], one.get("trait", ""))
            for one in entries
        )
        for kind, entries in raw.items()
    }


def says(kind: str, text: str) -> bool:
    """Whether a text holds wording of a kind, in any language."""
    return any(entry.pattern.search(text) for entry in load()[kind])


def found(kind: str, prose: Mapping[str, Prose]) -> Iterator[tuple[Entry, Place]]:
    """Each entry of a kind that the message holds, with the first place of it."""
    for entry in load()[kind]:
        for part, piece in prose.items():
            text = piece.text
            match = entry.pattern.search(text)
            if match:
                line, column = piece.place(match.start())
                yield entry, Place(part, line, quote(text, match), column)
                break


def first(kind: str, prose: Mapping[str, Prose]) -> Place | None:
    """The first place of wording of a kind; None where there is none."""
    return next((place for _entry, place in found(kind, prose)), None)


def quote(text: str, match: re.Match[str]) -> str:
    """The words that were found, with a little of what stands around them."""
    return text[max(0, match.start() - 10) : match.end() + 20].strip()[:120]


def shows(kind: str, message: Message) -> bool:
    """Whether the message holds wording of a kind in any part."""
    return any(says(kind, prose.text) for prose in message.prose.values())
