"""Global Privacy Control (W3C Privacy Working Group): the request header and the site's own file."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal

HEADER = "Sec-GPC"
WELL_KNOWN = "/.well-known/gpc.json"
Support = Literal["true", "false", "unknown"]


def asked(values: Iterable[str]) -> bool:
    """Whether the header's values ask not to sell or share: one of them is exactly `1`; anything else is ignored.

    A WSGI server joins repeated headers with commas; no legal value holds one, so they are split first.
    """
    return any(value.strip(" \t") == "1" for joined in values for value in joined.split(","))


def supported(body: bytes | str) -> tuple[Support, str]:
    """Return what a site's gpc.json says of its support, and the day of its last update or “unknown”.

    Only a JSON object whose `gpc` is true or false says something; everything else is unknown.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return "unknown", "unknown"
    if not isinstance(told, dict) or not isinstance(told.get("gpc"), bool):
        return "unknown", "unknown"
    return ("true" if told["gpc"] else "false"), _day(told.get("lastUpdate"))


def _day(told: Any) -> str:
    """An RFC 3339 date, or date and time, as it was told."""
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            read(told)
        except (TypeError, ValueError):
            continue
        return str(told)
    return "unknown"


def resource(on: date) -> dict[str, object]:
    """What this site's own gpc.json says: the signal is honoured, and since when this statement stands."""
    return {"gpc": True, "lastUpdate": on.isoformat()}
