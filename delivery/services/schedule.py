"""When an approved campaign may run, as its registration says."""

from datetime import UTC, datetime, timedelta
from typing import Any


def schedule(told: dict[str, Any]) -> tuple[datetime | None, datetime | None]:
    """Read {from, until} (ISO dates or times, UTC where nothing is said); a last day counts to its end."""
    opens, closes = (_instant(told.get(name), last=name == "until") for name in ("from", "until"))
    return opens, closes


def _instant(text: object, *, last: bool) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(str(text))
    if len(str(text)) == len("2026-11-21") and last:
        at += timedelta(days=1)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
