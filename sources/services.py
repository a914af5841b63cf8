"""The writes of sources."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.actors import Actor, ActorKind
from kernel.errors import DomainError
from kernel.ids import new_id
from sources.answers import InvalidAnswers, checked_source, named
from sources.models import DataSource, SourceContribution, SourceKind, SourceState
from sources.permissions import check_may_close, check_may_register
from sources.queries import sha256_of
from sources.signals import source_changed, source_state_changed
from sources.states import LIFE
from tenants.models import Brand
from trail.record import record


class Outcome(StrEnum):
    """What a registration did to one entry of the register."""

    MADE = "made"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class SourceRetired(DomainError):
    """A retired source keeps the answers it retired with."""

    code = "source_retired"


class NotInThisState(DomainError):
    """The source cannot do this from where it stands."""

    code = "not_in_this_state"


def register(
    *, brand: Brand, key: str, name: str, kind: str, facts: Mapping[str, Any], by: Actor, at: datetime
) -> DataSource:
    """Register a data source, or give it other answers; the same again changes nothing.

    `facts` are the answers under a source of a registration document, complete or not. Raises InvalidAnswers,
    SourceRetired, NotPermitted.
    """
    return register_and_tell(brand=brand, key=key, name=name, kind=kind, facts=facts, by=by, at=at)[0]


@transaction.atomic
def register_and_tell(
    *, brand: Brand, key: str, name: str, kind: str, facts: Mapping[str, Any], by: Actor, at: datetime
) -> tuple[DataSource, Outcome]:
    """Do what `register` does and say which it was."""
    check_may_register(by, brand.pk)
    answers = checked_source(key, name, facts)
    if kind not in SourceKind.values:
        raise InvalidAnswers("source.kind", kind, _("one of %(kinds)s") % {"kinds": ", ".join(SourceKind.values)})
    hold_register(brand)
    found = DataSource.objects.filter(brand_id=brand.pk, key=key).first()
    source = found or DataSource(id=new_id(), brand=brand, key=key, created_at=at)
    before = sha256_of(source) if found else ""
    source.name, source.kind, source.facts = named(name, key, "source.name"), kind, answers
    source.sha256 = sha256_of(source)
    if source.sha256 == before:
        return source, Outcome.UNCHANGED
    if source.state == SourceState.RETIRED:
        raise SourceRetired(
            _("The data source “%(key)s” is retired.") % {"key": key},
            place="source.key",
            remedy=_("Register it under another key."),
        )
    _keep(source, "edited" if found else "registered", by, at)
    if found:
        source_changed.send(DataSource, source=source, by=by, at=at)
    return source, Outcome.CHANGED if found else Outcome.MADE


def hold_register(brand: Brand) -> None:
    """Let nobody else register at this brand until the transaction ends: two doors may be given the same new key."""
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)


def _keep(source: DataSource, what: str, by: Actor, at: datetime) -> None:
    # The contribution comes first: the database adds one only where it finds none (see migration 0002).
    SourceContribution.objects.create(
        brand_id=source.brand_id,
        source_id=source.pk,
        actor_kind=by.kind.value,
        user_id=by.user_id,
        client_id=by.id if by.kind is ActorKind.CLIENT else None,
        what=what,
        at=at,
    )
    source.changed_at = at
    source.save()
    details = {"key": source.key, "sha256": source.sha256}
    record(f"source.{what}", brand_id=source.brand_id, subject=("source", source.pk), by=by, at=at, details=details)


def activate(*, source: DataSource, by: Actor, at: datetime) -> DataSource:
    """Let the source be used, for the first time or again. Raises NotInThisState, NotPermitted."""
    check_may_register(by, source.brand_id)
    return _turn(source, "activate", "activated", "", by, at)


def suspend(*, source: DataSource, reason: str = "", by: Actor, at: datetime) -> DataSource:
    """Stop the use of the source until it is activated again. Raises NotInThisState, NotPermitted."""
    check_may_close(by, source.brand_id)
    return _turn(source, "suspend", "suspended", reason, by, at)


def retire(*, source: DataSource, reason: str = "", by: Actor, at: datetime) -> DataSource:
    """End the use of the source for good. Raises NotInThisState, NotPermitted."""
    check_may_close(by, source.brand_id)
    return _turn(source, "retire", "retired", reason, by, at)


@transaction.atomic
def _turn(source: DataSource, event: str, done: str, reason: str, by: Actor, at: datetime) -> DataSource:
    held = DataSource.objects.select_for_update(no_key=True).get(brand_id=source.brand_id, pk=source.pk)
    state = SourceState(held.state)
    if event not in LIFE[state]:
        raise NotInThisState(
            _("The data source “%(key)s” is %(state)s: it cannot be %(done)s.")
            % {"key": held.key, "state": state.label.lower(), "done": done},
            place="source.state",
        )
    source.state = held.state = LIFE[state][event]
    held.save(update_fields=["state"])
    details = {"key": held.key, "from": state.value} | ({"reason": reason} if reason else {})
    record(f"source.{done}", brand_id=held.brand_id, subject=("source", held.pk), by=by, at=at, details=details)
    source_state_changed.send(DataSource, source=held, by=by, at=at)
    return source


def kind_from(facts: Mapping[str, Any]) -> SourceKind:
    """Return what kind of source the answers speak of; a document has no word for it."""
    origin, means = facts.get("origin"), facts.get("collected_by")
    if origin == "inferred" or means == "model":
        return SourceKind.MODEL
    if origin == "social" or means == "social_api":
        return SourceKind.SOCIAL
    if means in ("sdk", "smart_device"):
        return SourceKind.SDK
    if means in ("cookie", "pixel", "fingerprint", "session_replay", "email_open"):
        return SourceKind.TAG
    return SourceKind.LIST
