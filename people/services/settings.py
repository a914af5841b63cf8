"""What a person asks of the brand: privacy settings, suppression, restriction, erasure. All of it lowers, so all of it
passes her gate row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kernel.actors import Actor
from kernel.errors import DomainError, Invalid
from kernel.ids import new_id
from people import normalise, purposes
from people.models import (
    ConsentState,
    Identifier,
    Person,
    PersonGate,
    PersonState,
    PrivacySettings,
    Signal,
    SourceRecord,
    Suppression,
)
from people.permissions import check_may_erase, check_may_record
from people.services.persons import pseudonym_of
from people.signals import permission_lowered, person_erased
from people.states import PERSON, leads
from trail.record import record

ERASED = "erased"
SETTABLE = frozenset(
    {
        "kinds_refused", "channels_off", "senders_muted", "messages_per_week", "quiet_from", "quiet_until",
        "paused_until", "no_personalisation", "no_inference", "no_retargeting", "brand_muted",
    }
)  # fmt: skip


class UnusableSettings(Invalid):
    """The settings name something that does not exist, or a value that cannot be."""

    code = "unusable_settings"


class NoSuchStep(DomainError):
    """A person's record cannot go from its state to that one."""

    code = "no_such_step"


@dataclass(frozen=True, slots=True)
class Effect:
    """When what was saved holds: at once, or when the messages `in_flight` are settled."""

    changed: bool
    in_flight: int

    @property
    def effective(self) -> bool:
        """Whether nothing is on its way any more."""
        return self.in_flight == 0


@transaction.atomic
def save_settings(*, person: Person, values: Mapping[str, Any], by: Actor, at: datetime) -> Effect:
    """Save some or all privacy settings of a person. Raises UnusableSettings, NotPermitted.

    Every change passes the gate row: a message that is about to leave sees the old settings or the new, never a
    mixture.
    """
    check_may_record(by, person.brand_id, person.pk)
    _check_settings(values)
    gate = _lock_gate(person)
    settings, made = PrivacySettings.objects.select_for_update().get_or_create(
        brand_id=person.brand_id, person=person, defaults={"changed_at": at}
    )
    changed = {name: value for name, value in values.items() if getattr(settings, name) != value}
    if not changed:
        if made and not values:
            settings.delete()
        return Effect(False, gate.in_flight)
    for name, value in changed.items():
        setattr(settings, name, value)
    settings.changed_at = at
    settings.save()
    _lowered(gate, at)
    details = {"changed": sorted(changed)}
    subject = ("person", person.pk)
    record("settings.changed", brand_id=person.brand_id, subject=subject, by=by, at=at, details=details)
    return Effect(True, gate.in_flight)


@transaction.atomic
def suppress(*, brand_id: UUID, kind: str, value: str, reason: str, by: Actor, at: datetime) -> Suppression:
    """Put an identifier on the suppression list, whether or not it is known here. Raises Unusable, NotPermitted."""
    pseudonym = pseudonym_of(brand_id, kind, normalise.identifier(kind, value))
    return _suppress(brand_id, kind, pseudonym, reason, by, at)


@transaction.atomic
def suppress_identifier(*, identifier: Identifier, reason: str, by: Actor, at: datetime) -> Suppression:
    """Put an identifier that is held on the suppression list, e.g. after a bounce. Raises NotPermitted."""
    return _suppress(identifier.brand_id, identifier.kind, bytes(identifier.pseudonym), reason, by, at)


@transaction.atomic
def set_restricted(*, person: Person, restricted: bool, by: Actor, at: datetime) -> Person:
    """Restrict the use of a person's data, or lift that (GDPR 18). Raises NoSuchStep, NotPermitted."""
    check_may_record(by, person.brand_id, person.pk)
    state = PersonState.RESTRICTED if restricted else PersonState.ACTIVE
    gate = _lock_gate(person)
    person.refresh_from_db()
    _step(person, state)
    person.state = state
    person.save(update_fields=["state"])
    _lowered(gate, at)
    verb = "person.restricted" if restricted else "person.unrestricted"
    record(verb, brand_id=person.brand_id, subject=("person", person.pk), by=by, at=at)
    return person


@transaction.atomic
def erase(*, person: Person, by: Actor, at: datetime) -> Effect:
    """Erase a person (GDPR 17): her key is destroyed, her identifiers, attributes, settings and records are removed.

    What stays is a row without a name, the pseudonymous consent events that prove what was lawful, and one pseudonym
    per identifier on the suppression list, so that no later list brings her back. Other rooms let go of what they
    hold when they receive `person_erased`. Raises NoSuchStep, NotPermitted.
    """
    brand_id = person.brand_id
    check_may_erase(by, brand_id, person.pk)
    gate = _lock_gate(person)
    person.refresh_from_db()
    _step(person, PersonState.ERASED)
    identifiers = Identifier.objects.filter(brand_id=brand_id, person=person)
    for kind, pseudonym in identifiers.values_list("kind", "pseudonym"):
        _keep_suppressed(brand_id, kind, bytes(pseudonym), ERASED, at)
    for model in (Identifier, SourceRecord, PrivacySettings, Signal, ConsentState):
        model.objects.filter(brand_id=brand_id, person=person).delete()
    Person.objects.filter(brand_id=brand_id, pk=person.pk).update(
        state=PersonState.ERASED, wrapped_key=None, country="", birth_year=None, time_zone="", language="",
        fields={}, provenance={},
    )  # fmt: skip
    _lowered(gate, at)
    person_erased.send(sender=Person, brand_id=brand_id, person_id=person.pk, by=by, at=at)
    record("person.erased", brand_id=brand_id, subject=("person", person.pk), by=by, at=at)
    person.refresh_from_db()
    return Effect(True, gate.in_flight)


def _suppress(brand_id: UUID, kind: str, pseudonym: bytes, reason: str, by: Actor, at: datetime) -> Suppression:
    found = (
        Identifier.objects.filter(brand_id=brand_id, kind=kind, pseudonym=pseudonym).select_related("person").first()
    )
    check_may_record(by, brand_id, found.person_id if found else None)
    gate = _lock_gate(found.person) if found else None
    made = _keep_suppressed(brand_id, kind, pseudonym, reason, at)
    row = Suppression.objects.get(brand_id=brand_id, kind=kind, pseudonym=pseudonym)
    if made:
        if gate is not None:
            _lowered(gate, at)
        details = {"kind": kind, "reason": reason}
        record("address.suppressed", brand_id=brand_id, subject=("suppression", row.pk), by=by, at=at, details=details)
    return row


def _keep_suppressed(brand_id: UUID, kind: str, pseudonym: bytes, reason: str, at: datetime) -> bool:
    """Add the pseudonym; "erased" replaces any other reason. Returns whether anything changed."""
    with connection.cursor() as cursor:
        cursor.execute(_SUPPRESS, [new_id(), brand_id, kind, pseudonym, reason, at, ERASED])
        return bool(cursor.rowcount)


_SUPPRESS = """
INSERT INTO people_suppression AS held (id, brand_id, kind, pseudonym, reason, created_at)
VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (brand_id, kind, pseudonym) DO UPDATE SET reason = EXCLUDED.reason
 WHERE EXCLUDED.reason = %s AND held.reason <> EXCLUDED.reason
"""


def _step(person: Person, to: PersonState) -> None:
    if not leads(PERSON, PersonState(person.state), to):
        raise NoSuchStep(
            _("A record that is %(now)s cannot become %(to)s.")
            % {"now": PersonState(person.state).label, "to": to.label},
            place="state",
        )


def _lock_gate(person: Person) -> PersonGate:
    return PersonGate.objects.select_for_update().get(brand_id=person.brand_id, person_id=person.pk)


def _lowered(gate: PersonGate, at: datetime) -> None:
    gate.epoch += 1
    gate.save(update_fields=["epoch"])
    permission_lowered.send(sender=PersonGate, brand_id=gate.brand_id, person_id=gate.person_id, at=at)


def _check_settings(values: Mapping[str, Any]) -> None:
    for name in values:
        if name not in SETTABLE:
            raise UnusableSettings(_("There is no setting “%(name)s”.") % {"name": name}, place=name)
    purposes.check((), values.get("channels_off", ()))
    if (values.get("quiet_from") is None) != (values.get("quiet_until") is None) and {
        "quiet_from",
        "quiet_until",
    } <= set(values):
        raise UnusableSettings(_("Quiet hours need a beginning and an end."), place="quiet_from")
    for name in ("quiet_from", "quiet_until"):
        if not isinstance(values.get(name), time | None):
            raise UnusableSettings(_("Give quiet hours as times of day."), place=name)
    cap = values.get("messages_per_week")
    if cap is not None and not 0 <= cap <= 100:
        raise UnusableSettings(_("Choose between 0 and 100 messages a week."), place="messages_per_week")
