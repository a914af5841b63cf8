"""A person corrects what is held about her (GDPR 16)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kernel.actors import Actor
from people import normalise
from people.models import Person, PersonGate
from people.permissions import check_may_record
from people.services.persons import ATTRIBUTES
from people.signals import permission_lowered
from trail.record import record

OWN_WORD = "her_own_word"
"""Stands in `Person.provenance` where a data source's key would: she said it herself."""


@transaction.atomic
def correct(*, person: Person, values: Mapping[str, Any], by: Actor, at: datetime) -> list[str]:
    """Set country, birth_year, time_zone or language to what the person says; empty takes a value out.

    Returns the names of what changed. It is dated now, so that no older list brings the mistake back. It passes her
    gate: a message that is about to leave is decided on the old record or the new. Raises Unusable, NotPermitted.
    """
    check_may_record(by, person.brand_id, person.pk)
    given = {name: _usable(name, value, at) for name, value in values.items()}
    gate = PersonGate.objects.select_for_update().get(brand_id=person.brand_id, person_id=person.pk)
    person.refresh_from_db()
    changed = sorted(name for name, value in given.items() if getattr(person, name) != value)
    if not changed:
        return []
    for name in changed:
        setattr(person, name, given[name])
        person.provenance[name] = [OWN_WORD, at.isoformat()]
    person.save(update_fields=[*changed, "provenance"])
    gate.epoch += 1
    gate.save(update_fields=["epoch"])
    permission_lowered.send(sender=PersonGate, brand_id=person.brand_id, person_id=person.pk, at=at)
    record(
        "person.corrected", brand_id=person.brand_id, subject=("person", person.pk), by=by, at=at,
        details={"changed": changed},
    )  # fmt: skip
    return changed


def _usable(name: str, value: Any, at: datetime) -> Any:
    if name not in ATTRIBUTES:
        raise normalise.Unusable(_("there is no attribute “%(name)s”") % {"name": name}, place="attributes")
    if value in (None, ""):
        return None if name == "birth_year" else ""
    if name == "birth_year":
        return normalise.birth_year(value, at.date())
    return getattr(normalise, name)(str(value))
