"""The consent ledger: recording what people said, one by one and in bulk."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kernel.actors import Actor
from kernel.errors import Invalid
from kernel.ids import new_id
from people import ledger, purposes
from people.ledger import ConsentRow
from people.models import Basis, Consent, ConsentEvent, ConsentState, Person, PersonGate, PersonState
from people.permissions import check_may_record
from people.services.bulk import execute
from people.services.ledger_sql import PROJECT_ONE, RECORD, tree_arrays
from people.signals import permission_lowered
from sources.models import DataSource
from trail.record import record

# One order for all who lock, so that nobody waits in a circle.
_LOCK_GATES = """
SELECT id FROM people_persongate WHERE brand_id = %s AND person_id = ANY(%b::uuid[]) ORDER BY person_id FOR UPDATE
"""
_LIFT_EPOCHS = "UPDATE people_persongate SET epoch = epoch + 1 WHERE brand_id = %s AND person_id = ANY(%b::uuid[])"
_IN_FLIGHT = """
SELECT coalesce(sum(in_flight), 0) FROM people_persongate WHERE brand_id = %s AND person_id = ANY(%b::uuid[])
"""
_ERASED = "SELECT id FROM people_person WHERE brand_id = %s AND id = ANY(%b::uuid[]) AND state = %s LIMIT 1"

CLOCKS_APART = timedelta(minutes=5)
LONGEST_KEY = 200


class ConsentFromTheFuture(Invalid):
    """A consent is said to have been given later than now."""

    code = "consent_from_the_future"


class UnusableEvent(Invalid):
    """The event names a state or basis that does not exist, or gives a consent without saying for which channel."""

    code = "unusable_event"


class PersonErased(Invalid):
    """The person was erased; nothing more is recorded about her."""

    code = "person_erased"
    status = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one event. A withdrawal that is not `effective` yet waits for `in_flight` messages to be settled."""

    event: ConsentEvent
    new: bool
    effective: bool
    in_flight: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of many events: how many were new, how many known already, and whom they concern.

    `events` holds the ids of the new ones by their idempotency keys.
    """

    new: int
    known: int
    lowered: frozenset[UUID]
    in_flight: int
    events: Mapping[str, UUID] = field(default_factory=dict)


@transaction.atomic
def record_consent(
    *,
    brand_id: UUID,
    person: Person | UUID,
    purpose: str,
    channel: str,
    state: str,
    happened_at: datetime,
    idempotency_key: str,
    by: Actor,
    at: datetime,
    basis: str = Basis.CONSENT,
    expires_at: datetime | None = None,
    source: DataSource | UUID | None = None,
    method: str = "",
    notice_version: str = "",
    wording: str = "",
    evidence: dict[str, Any] | None = None,
) -> Outcome:
    """Record one event. The same idempotency key again changes nothing and returns the first event.

    What lowers a permission is recorded at once, under the person's gate row; it is effective when nothing is in
    flight. Raises UnknownPurpose, UnusableEvent, ConsentFromTheFuture, PersonErased, NotPermitted.
    """
    person_id = person.pk if isinstance(person, Person) else person
    check_may_record(by, brand_id, person_id)
    source_id = source.pk if isinstance(source, DataSource) else source
    row = ConsentRow(
        person_id, purpose, channel, str(state), happened_at, idempotency_key, str(basis), expires_at,
        notice_version, wording, method, source_id, evidence or {},
    )  # fmt: skip
    done = _write(brand_id, [row], at)
    event = ConsentEvent.objects.get(brand_id=brand_id, idempotency_key=idempotency_key)
    if done.new:
        details = {"purpose": purpose, "channel": channel, "state": str(state), "event": str(event.pk)}
        record("consent.recorded", brand_id=brand_id, subject=("person", person_id), by=by, at=at, details=details)
    in_flight = done.in_flight if row.lowers else 0
    return Outcome(event, bool(done.new), in_flight == 0, in_flight)


@transaction.atomic
def record_consents(*, brand_id: UUID, rows: Sequence[ConsentRow], by: Actor, at: datetime) -> Recorded:
    """Record many events in one statement (up to some thousand at a time). Idempotent row by row; all or none.

    Raises as `record_consent` does. The trail gets one entry, with the fingerprint of the new events.
    """
    check_may_record(by, brand_id)
    done = _write(brand_id, rows, at)
    if done.new:
        digest = hashlib.sha256("\n".join(sorted(row.idempotency_key for row in rows)).encode()).hexdigest()
        details = {"new": done.new, "known": done.known, "keys_sha256": digest}
        record("consents.recorded", brand_id=brand_id, subject=("brand", brand_id), by=by, at=at, details=details)
    return done


def withdraw(**event: Any) -> Outcome:
    """Record that the person takes a consent back (GDPR 7(3)). Takes what `record_consent` takes, but `state`."""
    return _take_back(Consent.WITHDRAWN, **event)


def object_to(**event: Any) -> Outcome:
    """Record that the person objects (GDPR 21(2)). Takes what `record_consent` takes, but `state`."""
    return _take_back(Consent.OBJECTED, **event)


@transaction.atomic
def _take_back(state: Consent, *, brand_id: UUID, person: Person | UUID, at: datetime, **event: Any) -> Outcome:
    """What the person sees is what she takes back: a clock that runs ahead elsewhere must not make her late."""
    person_id = person.pk if isinstance(person, Person) else person
    _lock_gates(brand_id, {person_id})
    held = ConsentState.objects.filter(brand_id=brand_id, person_id=person_id).order_by("-happened_at")
    newest = held.values_list("happened_at", flat=True).first()
    event["happened_at"] = max(event.get("happened_at") or at, newest or at)
    return record_consent(brand_id=brand_id, person=person_id, state=state, at=max(at, event["happened_at"]), **event)


@transaction.atomic
def rebuild_states(*, brand_id: UUID, person_id: UUID) -> int:
    """Project one person's events anew, e.g. after a use was added to purposes.yaml. Returns how many states hold."""
    events = ConsentEvent.objects.filter(brand_id=brand_id, person_id=person_id)
    _lock_gates(brand_id, {person_id})
    ConsentState.objects.filter(brand_id=brand_id, person_id=person_id).delete()
    execute(PROJECT_ONE, [*tree_arrays(), brand_id, person_id])
    PersonGate.objects.filter(brand_id=brand_id, person_id=person_id).update(epoch=F("epoch") + 1)
    return ConsentState.objects.filter(brand_id=brand_id, person_id=person_id).count() if events.exists() else 0


def _write(brand_id: UUID, rows: Sequence[ConsentRow], at: datetime) -> Recorded:
    rows = [_usable(row, at) for row in rows]
    purposes.check({row.purpose for row in rows}, {row.channel for row in rows})
    if not rows:
        return Recorded(0, 0, frozenset(), 0)
    lowering = {row.person_id for row in rows if row.lowers}
    _lock_gates(brand_id, lowering)
    _refuse_erased(brand_id, {row.person_id for row in rows})
    new = _insert(brand_id, rows)
    lowered = frozenset(person_id for person_id, state, _key, _id in new if state not in ledger.POSITIVE)
    if lowered:
        execute(_LIFT_EPOCHS, [brand_id, list(lowered)], fetch=False)
    for person_id in sorted(lowered):
        permission_lowered.send(sender=ConsentEvent, brand_id=brand_id, person_id=person_id, at=at)
    in_flight = in_flight_of(brand_id, lowering) if lowering else 0
    events = {key: event_id for _person, _state, key, event_id in new}
    return Recorded(len(new), len(rows) - len(new), lowered, in_flight, events)


def in_flight_of(brand_id: UUID, person_ids: Iterable[UUID]) -> int:
    """Return how many messages to these people are on their way and not settled yet."""
    ((found,),) = execute(_IN_FLIGHT, [brand_id, list(person_ids)])
    return int(found)


def _usable(row: ConsentRow, at: datetime) -> ConsentRow:
    if row.state not in ledger.STRICTNESS or row.basis not in ledger.BASIS_STRICTNESS:
        raise UnusableEvent(
            _("“%(state)s” on the basis “%(basis)s” is nothing that a consent record can say.")
            % {"state": row.state, "basis": row.basis},
            place="state",
        )
    if row.channel == purposes.ANY_CHANNEL and row.state not in ledger.SPREADING:
        raise UnusableEvent(_("Consent holds for one channel; say which."), place="channel")
    if not 0 < len(row.idempotency_key) <= LONGEST_KEY:
        raise UnusableEvent(_("The event needs an idempotency key of at most 200 characters."), place="idempotency_key")
    if row.happened_at > at + CLOCKS_APART and not row.lowers:
        raise ConsentFromTheFuture(
            _("This consent is dated %(when)s, which is still to come.") % {"when": row.happened_at.isoformat()},
            place="happened_at",
        )
    # What is dated a little ahead happened now: otherwise a withdrawal of the same minute would lose against it.
    return replace(row, happened_at=at) if row.happened_at > at else row


def _lock_gates(brand_id: UUID, person_ids: set[UUID]) -> None:
    if person_ids:
        execute(_LOCK_GATES, [brand_id, list(person_ids)])


def _refuse_erased(brand_id: UUID, person_ids: set[UUID]) -> None:
    if execute(_ERASED, [brand_id, list(person_ids), PersonState.ERASED.value]):
        raise PersonErased(_("This person was erased; nothing is recorded about her any more."), place="person")


def _insert(brand_id: UUID, rows: Sequence[ConsentRow]) -> list[tuple[UUID, str, str, UUID]]:
    columns: list[list[Any]] = [
        [new_id() for _row in rows],
        [row.person_id for row in rows],
        [row.purpose for row in rows],
        [row.channel for row in rows],
        [row.state for row in rows],
        [row.basis for row in rows],
        [row.happened_at for row in rows],
        [row.expires_at for row in rows],
        [row.notice_version for row in rows],
        [row.wording for row in rows],
        [row.method for row in rows],
        [row.source_id for row in rows],
        [json.dumps(row.evidence) for row in rows],
        [row.idempotency_key for row in rows],
    ]
    found = execute(RECORD, [*tree_arrays(), brand_id, *columns])
    return [(person_id, state, key, event_id) for person_id, state, key, event_id in found]
