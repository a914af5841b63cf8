"""People and their identifiers: finding, bringing in, opening what is sealed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kernel import crypto
from kernel.actors import Actor
from kernel.errors import DomainError, Invalid
from people import normalise
from people.models import Identifier, Person, Visibility
from people.permissions import check_may_import
from people.services.bringing_in import Brought, Incoming, bring_in
from sources.models import DataSource
from tenants.services import PSEUDONYM, brand_key
from trail.record import record

ATTRIBUTES = ("country", "birth_year", "time_zone", "language")


class NobodyKnown(Invalid):
    """Nothing was given by which a person could be known."""

    code = "no_identifier"


class TwoPeople(DomainError):
    """The identifiers belong to different people."""

    code = "two_people"


class WasErased(DomainError):
    """This person asked to be erased; her identifier is kept on the suppression list as a pseudonym alone."""

    code = "was_erased"
    status = 410


def find_person(brand_id: UUID, kind: str, value: str, country: str = "") -> Person | None:
    """Return the person known by an identifier, or None. Raises Unusable where the value is no such identifier."""
    wanted = pseudonym_of(brand_id, kind, normalise.identifier(kind, value, country))
    return Person.objects.filter(
        brand_id=brand_id, identifiers__kind=kind, identifiers__pseudonym=wanted, identifiers__brand_id=brand_id
    ).first()


def pseudonym_of(brand_id: UUID, kind: str, normalised: str) -> bytes:
    """Return the 32-byte pseudonym of a normalised identifier at this brand."""
    return crypto.pseudonym(normalised, kind=kind, key=brand_key(brand_id, PSEUDONYM))


@transaction.atomic
def upsert_person(
    *,
    brand_id: UUID,
    identifiers: Mapping[str, str],
    by: Actor,
    at: datetime,
    attributes: Mapping[str, Any] | None = None,
    fields: Mapping[str, str] | None = None,
    source: DataSource | None = None,
    observed_at: datetime | None = None,
    visibility: str = Visibility.PUBLIC,
) -> tuple[Person, bool]:
    """Bring one person in, or bring her up to date. Returns her and whether she is new.

    `identifiers` maps kinds (email, phone, device, customer) to values as people write them; `attributes` may hold
    country, birth_year, time_zone and language. Raises Unusable, NobodyKnown, TwoPeople, WasErased, NotPermitted.
    """
    check_may_import(by, brand_id)
    values = {key: value for key, value in (attributes or {}).items() if value not in (None, "")}
    row = Incoming(
        identifiers=_normalised(identifiers, str(values.get("country", ""))),
        attributes=_attributes(values, at),
        fields={name: str(value) for name, value in (fields or {}).items() if value not in (None, "")},
        observed_at=observed_at or at,
        visibility=str(visibility),
    )
    if not row.identifiers:
        raise NobodyKnown(_("Give at least one identifier: an e-mail address, a phone or customer number, a device."))
    brought = upsert_persons(brand_id=brand_id, rows=[row], source=source, at=at)[0]
    _refuse(brought)
    verb = "person.added" if brought.new else "person.changed"
    if brought.new or brought.changed:
        details = {"kinds": sorted(identifiers), "source": source.key if source else ""}
        record(verb, brand_id=brand_id, subject=("person", brought.person_id), by=by, at=at, details=details)
    return Person.objects.get(brand_id=brand_id, pk=brought.person_id), brought.new


def upsert_persons(
    *, brand_id: UUID, rows: Sequence[Incoming], source: DataSource | None, at: datetime
) -> list[Brought]:
    """Bring many people in, set by set; what came of each row stands at its place. The caller writes the trail.

    Rows whose identifiers belong to two people, or to somebody who was erased, change nothing and say so.
    """
    key = brand_key(brand_id, PSEUDONYM)
    with transaction.atomic():
        return bring_in(brand_id=brand_id, rows=rows, source=source, at=at, key=key)


def open_identifier(identifier: Identifier) -> str:
    """Return an identifier in the clear. Raises CannotOpen where it was never sealed, or the person was erased."""
    return open_identifiers([identifier])[0]


def open_identifiers(identifiers: Iterable[Identifier]) -> list[str]:
    """Return identifiers in the clear, in order; fetch them with `select_related("person")`. Raises CannotOpen."""
    return [_open(one) for one in identifiers]


def _open(one: Identifier) -> str:
    if one.sealed is None or one.person.wrapped_key is None:
        raise crypto.CannotOpen("nothing is sealed here, or the person's key was destroyed")
    place = crypto.place(one.brand_id, "people_person", "wrapped_key", one.person_id)
    key = crypto.unwrap(one.person.wrapped_key, at=place)
    return crypto.unseal(
        one.sealed, key=key, at=crypto.place(one.brand_id, "people_identifier", "sealed", one.pk)
    ).decode()


def _normalised(identifiers: Mapping[str, str], country: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (kind, normalise.identifier(kind, value, country)) for kind, value in identifiers.items() if value.strip()
    )


def _attributes(values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    unknown = sorted(set(values) - set(ATTRIBUTES))
    if unknown:
        raise normalise.Unusable(_("there is no attribute “%(name)s”") % {"name": unknown[0]}, place="attributes")
    usable: dict[str, Any] = {}
    for name, value in values.items():
        if name == "birth_year":
            usable[name] = normalise.birth_year(value, at.date())
        else:
            usable[name] = getattr(normalise, name)(str(value))
    return usable


def _refuse(brought: Brought) -> None:
    if brought.erased:
        raise WasErased(_("This person asked to be erased and cannot be brought back in from a list."))
    if brought.others:
        raise TwoPeople(
            _("These identifiers belong to different people."),
            remedy=_("Bring them in one by one, each with identifiers of one person."),
        )
