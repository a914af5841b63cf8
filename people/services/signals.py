"""Signals that reach the brand: each is kept as a fact with place, time, carrier and scope, and its noes are heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.actors import Actor
from kernel.errors import Invalid
from people import signal_meaning
from people.ledger import ConsentRow
from people.models import Person, PersonGate, PersonState, Signal
from people.permissions import check_may_record
from people.services.consent import CLOCKS_APART, PersonErased, record_consents
from people.signal_kinds import SignalKind
from people.signal_meaning import No
from people.standards import gpc
from people.standards.bits import LONGEST, Undecodable
from people.standards.reading import Kind, Reading, read
from trail.record import record


class SignalFromTheFuture(Invalid):
    """A signal is said to have been seen later than now."""

    code = "signal_from_the_future"


class SignalTooLong(Invalid):
    """A signal is longer than any that is read."""

    code = "signal_too_long"


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a signal. Its noes are effective when the `in_flight` messages are settled."""

    signal: Signal
    new: bool
    in_flight: int


@transaction.atomic
def hear_signal(
    *,
    person: Person,
    kind: str,
    value: str,
    carrier: str,
    scope: str,
    seen_at: datetime,
    idempotency_key: str,
    by: Actor,
    at: datetime,
    place: str = "",
    applicable: Sequence[int] | None = None,
) -> Heard:
    """Keep a signal, what it says and whether it may be relied on; what it says no to goes into the ledger at once.

    `value` is the string as it came; of Global Privacy Control the header's value. A yes never becomes consent here. A
    signal that cannot be read is kept with the reason, and is unknown. The same key again changes nothing. Raises
    SignalFromTheFuture, SignalTooLong, PersonErased, NotPermitted.
    """
    check_may_record(by, person.brand_id, person.pk)
    if seen_at > at + CLOCKS_APART:
        raise SignalFromTheFuture(_("A signal cannot have been seen later than now."), place="seen_at")
    if len(value) > LONGEST:
        raise SignalTooLong(_("The signal is longer than any that is read."), place="value")
    gate = PersonGate.objects.select_for_update().get(brand_id=person.brand_id, person_id=person.pk)
    known = Signal.objects.filter(brand_id=person.brand_id, idempotency_key=idempotency_key).first()
    if known is not None:
        return Heard(known, False, gate.in_flight if known.noes else 0)
    person.refresh_from_db(fields=["state"])
    if person.state == PersonState.ERASED:
        raise PersonErased(_("This person was erased; nothing is recorded about her."))
    signal = Signal(
        brand_id=person.brand_id, person=person, kind=kind, value=value.replace("\0", "\ufffd"), carrier=carrier,
        scope=scope, place=place, applicable=None if applicable is None else list(applicable), seen_at=seen_at,
        idempotency_key=idempotency_key,
    )  # fmt: skip
    noes, since = _understood(signal, value, at)
    signal.noes = [list(no) for no in noes]
    signal.save()
    _record_noes(signal, noes, since, by, at)
    details = {"kind": kind, "carrier": carrier, "reliable": signal.reliable, "noes": len(noes)}
    record("signal.heard", brand_id=person.brand_id, subject=("person", person.pk), by=by, at=at, details=details)
    return Heard(signal, True, gate.in_flight if noes else 0)


def _understood(signal: Signal, value: str, at: datetime) -> tuple[list[No], datetime]:
    """Fill in what the signal says and is worth; returns its noes and since when they hold."""
    if signal.kind == SignalKind.GPC:
        asked = gpc.asked([value])
        signal.fields, signal.reliable = {"gpc": asked}, True
        return (signal_meaning.opt_out() if asked else []), signal.seen_at
    try:
        reading = read(value, at.date(), cast(Kind, signal.kind))
    except Undecodable as error:
        signal.error = str(error)[:200]
        return [], signal.seen_at
    signal.fields, signal.reliable = reading.fields, reading.reliance.reliable
    signal.findings = reading.reliance.findings
    return signal_meaning.noes(reading, signal.applicable), _since(reading, signal.seen_at)


def _since(reading: Reading, seen_at: datetime) -> datetime:
    """A TC string says when the person chose; what she said elsewhere after that is later."""
    if reading.kind != "tcf":
        return seen_at
    return min(datetime.fromisoformat(reading.fields["last_updated"]), seen_at)


def _record_noes(signal: Signal, noes: Sequence[No], since: datetime, by: Actor, at: datetime) -> None:
    rows = [
        ConsentRow(
            person_id=signal.person_id,
            purpose=no.use,
            channel=no.channel,
            state=no.state,
            happened_at=since,
            idempotency_key=f"signal:{signal.pk}:{no.use}:{no.channel}",
            method=f"signal:{signal.kind}",
            evidence={
                "signal": str(signal.pk),
                "carrier": signal.carrier,
                "scope": signal.scope,
                "place": signal.place,
            },
        )
        for no in noes
    ]
    if rows:
        record_consents(brand_id=signal.brand_id, rows=rows, by=by, at=at)
