"""The one clock. Everything that asks for the time asks here, so that a test can hold it still."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_held: ContextVar[datetime | None] = ContextVar("held clock", default=None)


def now() -> datetime:
    """Return the present instant in UTC, or the instant that `held` names."""
    return _held.get() or datetime.now(UTC)


def today() -> date:
    """Return the present day in UTC."""
    return now().date()


@contextmanager
def held(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` (aware). For tests and for judging as of another day."""
    if at.tzinfo is None:
        raise ValueError("the clock holds aware times only")
    token = _held.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _held.reset(token)
