"""The two-sided time lag: too soon after the moment feels watched, too late shows long memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from audits.engine.errors import InvalidPack

TABLE = Path(__file__).with_name("factors.yaml")
Lag = Literal["too_soon", "within", "too_late"]


@dataclass(frozen=True)
class Window:
    """From how many hours after a moment a message about it fits, and until when."""

    floor: float
    ceiling: float

    def distance(self, hours: float) -> float:
        """How many hours a delay lies outside of the window: negative before it, positive after it, 0.0 within."""
        return hours - self.floor if hours < self.floor else max(0.0, hours - self.ceiling)


Windows = Mapping[str, Window]


@lru_cache(maxsize=1)
def dated_windows() -> tuple[tuple[date, Windows], ...]:
    """The lists of windows with the day from which each counts, oldest first; raises InvalidPack."""
    data = yaml.load(TABLE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return read_windows(data["windows"])


def read_windows(entries: Sequence[Mapping[str, Any]]) -> tuple[tuple[date, Windows], ...]:
    """Read lists of windows; raises InvalidPack where one is empty, ends before it begins or is out of its order."""
    found = tuple(
        (
            entry["from"],
            {kind: Window(float(one["floor"]), float(one["ceiling"])) for kind, one in entry["hours"].items()},
        )
        for entry in entries
    )
    if not found or list(found) != sorted(found, key=lambda one: one[0]):
        raise InvalidPack("factors.yaml: windows need dates in their order")
    for _, windows in found:
        for kind, window in windows.items():
            if not 0 <= window.floor < window.ceiling:
                raise InvalidPack(f"factors.yaml: the window of {kind} ends before it begins")
    return found


def windows_in_force(data: Mapping[str, Any]) -> Windows:
    """The windows of a table on the day of its version."""
    found = [windows for day, windows in read_windows(data["windows"]) if day <= data["version"]]
    if not found:
        raise InvalidPack("factors.yaml: no windows are in force on the day of its version")
    return found[-1]


def windows_by_kind(version: str) -> Windows:
    """The windows that a table of this version counts with."""
    found = [windows for day, windows in dated_windows() if day.isoformat() <= version]
    return found[-1] if found else {}


def window(kind: str, on: date) -> Window | None:
    """The window of a trigger on a day; None for a schedule, an unknown kind, or before the first list."""
    found = [windows for day, windows in dated_windows() if day <= on]
    return found[-1].get(kind) if found else None


def lag(kind: str, event_at: datetime, now: datetime) -> Lag:
    """Say whether a message now fits to what happened at `event_at`.

    Both moments carry a time zone. A moment in the future is too soon. A trigger without a window is within when it
    is a schedule (or none), else too late: what nobody gave a window is not used.
    """
    if kind in ("schedule", "none"):
        return "within"
    hours = (now - event_at).total_seconds() / 3600
    fits = window(kind, now.date())
    if hours < 0:
        return "too_soon"
    if fits is None:
        return "too_late"
    outside = fits.distance(hours)
    return "too_soon" if outside < 0 else "too_late" if outside > 0 else "within"


def lag_definitions(windows: Windows) -> dict[str, dict[str, str]]:
    """The two sides of the window as definitions for the conditions of the table.

    A side is false for every kind without that side, so an unanswered delay counts only where it matters.
    """
    delay = "campaign.trigger.delay_hours"
    soon = [f'campaign.trigger.kind == "{kind}" && {delay} < {one.floor}' for kind, one in windows.items() if one.floor]
    late = [f'campaign.trigger.kind == "{kind}" && {delay} > {one.ceiling}' for kind, one in windows.items()]
    return {
        "too_soon": {"says": "It comes before the window of its trigger.", "when": either(soon)},
        "too_late": {"says": "It comes after the window of its trigger.", "when": either(late)},
    }


def either(conditions: Sequence[str]) -> str:
    """Conditions of which one is enough."""
    return " || ".join(f"({condition})" for condition in conditions)
