"""What time it is where a person lives, and where that is not known, all the times it may be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the day, in seconds since midnight: from `start` up to `end`, over midnight where `end` is earlier.

    Where both are the same it is the whole day.
    """

    start: int
    end: int

    def wait(self, local: int) -> int:
        """Return how many seconds it takes until the window is over, 0 outside of it."""
        after, before = local >= self.start, local < self.end
        inside = (after and before) if self.start < self.end else (after or before)
        return ((self.end - local) % DAY or DAY) if inside else 0


def seconds(of: time | None) -> int:
    """Return the seconds since midnight; None is midnight."""
    return 0 if of is None else of.hour * 3600 + of.minute * 60 + of.second


@cache
def zones_of_countries() -> dict[str, tuple[str, ...]]:
    """Return the time zones of every country (ISO 3166-1), as the time zone database lists them in zone.tab."""
    found: dict[str, list[str]] = {}
    text = files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found.setdefault(country, []).append(zone)
    return {country: tuple(zones) for country, zones in found.items()}


@cache
def known_zones() -> frozenset[str]:
    """Return the names that are time zones."""
    return frozenset(available_timezones())


def candidates(time_zone: str, country: str) -> tuple[str, ...]:
    """Return the zones a person may live in: her own, or all of her country's; none where nothing is known."""
    if time_zone in known_zones():
        return (time_zone,)
    return zones_of_countries().get(country.partition("-")[0], ())


def local_seconds(zones: Iterable[str], at: datetime) -> tuple[int, ...]:
    """Return the times of day at an instant in these zones, in seconds since midnight, each once, in order."""
    return tuple(sorted({seconds(at.astimezone(ZoneInfo(zone)).time()) for zone in zones}))


def longest_wait(locals_: Sequence[int], windows: Iterable[Window]) -> int:
    """Return how long it takes, at the longest, until each window is over at each of these times of day."""
    return max((window.wait(local) for window in windows for local in locals_), default=0)


@lru_cache(maxsize=4)
def table(at: datetime) -> dict[str, tuple[int, ...]]:
    """Return the times of day at an instant for every zone, and for every country under "country:<code>"."""
    by_zone = {zone: local_seconds([zone], at) for zone in known_zones()}
    by_country = {
        f"country:{country}": tuple(sorted({local for zone in zones for local in by_zone[zone]}))
        for country, zones in zones_of_countries().items()
    }
    return {**by_zone, **by_country}
