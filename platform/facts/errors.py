"""What is said about a registration document that cannot be used."""

from __future__ import annotations

import math
from typing import Any

LONGEST = 200


class InvalidDocument(ValueError):
    """A document that is not a registration: where, what was found, what was expected, and the line where known."""

    def __init__(self, path: str, found: Any, expected: str, line: int | None = None) -> None:
        self.path, self.found, self.expected, self.line = path, shortened(found), expected, line
        place = f"{path or 'document'}" + (f" (line {line})" if line else "")
        super().__init__(f"{place}: found {self.found!r}, expected {expected}")

    def as_dict(self) -> dict[str, Any]:
        """The error as the verdict of a file carries it: path, found, expected and, where known, the line."""
        told = {"path": self.path, "found": self.found, "expected": self.expected}
        return told | ({"line": self.line} if self.line else {})


def shortened(value: Any) -> Any:
    """A value that is safe to print: scalars as they are, long text cut, collections by their kind."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
