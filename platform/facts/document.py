"""The registration document: a brand, its data sources and one campaign, answered in the facts of the catalogue.

Absent and null are the same: unanswered. What is not in the catalogue, of another type or named without being defined
is refused as a whole, and nothing is judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import rfc8785

from facts import reading
from facts.catalogue import Catalogue
from facts.catalogue import load as load_catalogue
from facts.checking import check
from facts.errors import InvalidDocument

__all__ = ["VERSION", "InvalidDocument", "Registration", "canonical", "load", "normalise", "parse", "sha256"]

VERSION = 1


@dataclass(frozen=True)
class Registration:
    """A valid registration document. `document` holds the answers alone: no nulls and no empty groups."""

    document: Mapping[str, Any]
    lines: Mapping[str, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def brand(self) -> Mapping[str, Any]:
        """The facts about the brand and its name."""
        return self.part("brand")

    @property
    def campaign(self) -> Mapping[str, Any]:
        """The facts about the campaign, its key, name and the keys of its sources."""
        return self.part("campaign")

    @property
    def content(self) -> Mapping[str, Any]:
        """Subject, HTML, text, landing page and headers of the mail, as far as given."""
        return self.part("content")

    @property
    def schedule(self) -> Mapping[str, Any]:
        """First and last day as ISO dates, as far as given."""
        return self.part("schedule")

    @property
    def integrations(self) -> tuple[str, ...]:
        """The keys of the brand's integrations that deliver the campaign."""
        return tuple(self.document.get("integrations", ()))

    @property
    def sources(self) -> tuple[Mapping[str, Any], ...]:
        """Every data source that the document defines."""
        return tuple(self.document.get("sources", ()))

    @property
    def campaign_sources(self) -> tuple[Mapping[str, Any], ...]:
        """The sources that the campaign draws on; all that are defined where it does not say which."""
        named = self.campaign.get("sources")
        return self.sources if named is None else tuple(source for source in self.sources if source["key"] in named)

    @property
    def sha256(self) -> str:
        """The hash of the canonical document, in hexadecimal."""
        return sha256(self.document)

    def part(self, key: str) -> Mapping[str, Any]:
        """One mapping of the document; empty where it is absent."""
        found = self.document.get(key, {})
        return found if isinstance(found, Mapping) else {}


def load(source: str | Path, catalogue: Catalogue | None = None) -> Registration:
    """Read a registration from text, or from a file when `source` is a Path; raises InvalidDocument.

    A file ending in .json is read as JSON, one ending in .yaml or .yml as YAML; text decides by itself.
    """
    form = None
    if isinstance(source, Path):
        form = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}.get(source.suffix.lower())
        source = read_file(source)
    found = reading.read(source, form=form)
    return checked(found.data, catalogue, found.lines)


def read_file(path: Path) -> str:
    """The text of a file; raises InvalidDocument where it cannot be read as UTF-8 or is too large."""
    try:
        if path.stat().st_size > 4 * reading.MAX_CHARACTERS:
            raise InvalidDocument("", f"{path.stat().st_size} bytes", f"at most {reading.MAX_CHARACTERS} characters")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "bytes that are not UTF-8"
        raise InvalidDocument("", reason or "an unreadable file", "a file with UTF-8 text") from error


def parse(data: Any, catalogue: Catalogue | None = None, *, lines: Mapping[str, int] | None = None) -> Registration:
    """Make a registration of decoded data (as from REST); raises InvalidDocument."""
    reading.measure(data)
    return checked(data, catalogue, lines or {})


def checked(data: Any, catalogue: Catalogue | None, lines: Mapping[str, int]) -> Registration:
    """Make a registration of data whose size and depth were measured when it was read; raises InvalidDocument."""
    try:
        check(data, catalogue or load_catalogue())
    except InvalidDocument as error:
        raise InvalidDocument(error.path, error.found, error.expected, lines.get(error.path)) from error
    return Registration(normalise(data), lines)


def normalise(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what is unanswered: nulls, and mappings that hold nothing (structure beside facts stays)."""
    cleaned: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            value = normalise(value) or None
        elif isinstance(value, (list, tuple)):
            value = [normalise(entry) if isinstance(entry, Mapping) else entry for entry in value]
        if value is not None:
            cleaned[key] = value
    return cleaned


def canonical(document: Mapping[str, Any]) -> bytes:
    """The document in the one form that is hashed: normalised, as canonical JSON (RFC 8785)."""
    return rfc8785.dumps(normalise(document))


def sha256(document: Mapping[str, Any]) -> str:
    """The SHA-256 of the canonical document, in hexadecimal."""
    return hashlib.sha256(canonical(document)).hexdigest()
