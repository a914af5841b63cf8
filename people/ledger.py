"""What a set of consent events comes to: the rules, as a pure function and as the SQL that does the same for many.

Later beats earlier, by when it happened and never by when it was heard of. At the same instant the stricter wins. So
the order, repetition and delay of events change nothing. A refusal, withdrawal or objection holds for every use below
its own (and from "any" on every channel); what is agreed to holds for the exact use and channel.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from people.models import Basis, Consent
from people.purposes import ANY_CHANNEL, table, with_all_below

POSITIVE = (Consent.GIVEN, Consent.RENEWED)
SPREADING = (Consent.REFUSED, Consent.WITHDRAWN, Consent.OBJECTED)
STRICTNESS = {
    state.value: rank
    for rank, state in enumerate(
        (
            Consent.RENEWED,
            Consent.GIVEN,
            Consent.EXPIRED,
            Consent.INVALIDATED,
            Consent.REFUSED,
            Consent.WITHDRAWN,
            Consent.OBJECTED,
        )
    )
}
BASIS_STRICTNESS = {
    basis.value: rank
    for rank, basis in enumerate((Basis.CONSENT, Basis.CONTRACT, Basis.SOFT_OPT_IN, Basis.LEGITIMATE_INTERESTS))
}


@dataclass(slots=True)
class ConsentRow:
    """One event to be recorded. Times are aware; `idempotency_key` names it at its brand, up to 200 characters."""

    person_id: UUID
    purpose: str
    channel: str
    state: str
    happened_at: datetime
    idempotency_key: str
    basis: str = Basis.CONSENT.value
    expires_at: datetime | None = None
    notice_version: str = ""
    wording: str = ""
    method: str = ""
    source_id: UUID | None = None
    evidence: dict[str, Any] = field(default_factory=dict)

    @property
    def lowers(self) -> bool:
        """Whether it takes a permission away (or would, if nothing newer stands against it)."""
        return self.state not in POSITIVE


@dataclass(frozen=True, slots=True)
class Held:
    """What holds for one cell of the ledger."""

    state: str
    basis: str
    happened_at: datetime
    expires_at: datetime | None


def cells(purpose: str, channel: str, state: str) -> list[tuple[str, str]]:
    """Return the (use, channel) pairs that an event speaks for."""
    if state not in SPREADING:
        return [(purpose, channel)]
    channels = [channel] if channel != ANY_CHANNEL else [*table().channels, ANY_CHANNEL]
    return [(use, one) for use in with_all_below(purpose) for one in channels]


def project(events: Iterable[ConsentRow]) -> dict[tuple[UUID, str, str], Held]:
    """Return what holds for each (person, use, channel) after these events."""
    held: dict[tuple[UUID, str, str], Held] = {}
    for event in events:
        new = Held(event.state, event.basis, event.happened_at, event.expires_at)
        for use, channel in cells(event.purpose, event.channel, event.state):
            cell = (event.person_id, use, channel)
            if cell not in held or _weight(new) > _weight(held[cell]):
                held[cell] = new
    return held


def _weight(one: Held) -> tuple[datetime, int, float, int]:
    until = float("-inf") if one.expires_at is None else -one.expires_at.timestamp()
    return one.happened_at, STRICTNESS[one.state], until, BASIS_STRICTNESS[one.basis]


def _case(column: str, ranks: dict[str, int]) -> str:
    return f"CASE {column} " + " ".join(f"WHEN '{key}' THEN {rank}" for key, rank in ranks.items()) + " END"


def weight(row: str) -> str:
    """Return the SQL of an event's or state's weight, to compare with another's: the same order as `project` uses."""
    return (
        f"ROW({row}.happened_at, {_case(f'{row}.state', STRICTNESS)}, "
        f"-extract(epoch FROM coalesce({row}.expires_at, 'infinity'::timestamptz)), "
        f"{_case(f'{row}.basis', BASIS_STRICTNESS)})"
    )
