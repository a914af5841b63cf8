"""Fills a person's values into the approved message: {{first_name}} or, with a fallback, {{first_name|you}}."""

import html
import re
from collections.abc import Iterable, Mapping

from facts.checking import HEADERS

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_.-]+)\s*(?:\|([^{}]*))?\}\}")
HTML_PARTS = frozenset({"html"})
ONE_LINE_PARTS = frozenset({"subject", "preheader", "landing_url", *HEADERS})


class CannotMerge(Exception):
    """The message asks for a value that is not approved for it, or that is not known of this person."""


def placeholders(content: Mapping[str, str]) -> frozenset[str]:
    """Return the names that a message asks for."""
    return frozenset(found.group(1) for text in content.values() for found in PLACEHOLDER.finditer(text))


def merge(content: Mapping[str, str], *, values: Mapping[str, str], approved: Iterable[str]) -> dict[str, str]:
    """Return the message for one person. Values are escaped in HTML and cannot break out of a line of their own.

    Raises CannotMerge for a name outside of `approved`, and for one without a value or a fallback.
    """
    names = frozenset(approved)
    return {part: _fill(part, text, values, names) for part, text in content.items()}


def _fill(part: str, text: str, values: Mapping[str, str], approved: frozenset[str]) -> str:
    def value_of(found: re.Match[str]) -> str:
        name, fallback = found.group(1), found.group(2)
        if name not in approved:
            raise CannotMerge(f"{part}: {name}: not approved")
        value = values.get(name) or (fallback or "").strip()
        if not value:
            raise CannotMerge(f"{part}: {name}: not known")
        if part in ONE_LINE_PARTS:
            value = " ".join(value.split())
        return html.escape(value) if part in HTML_PARTS else value

    return PLACEHOLDER.sub(value_of, text)
