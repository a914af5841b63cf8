"""Builds what leaves for each person. Identifiers are opened here, at this moment, and kept nowhere."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from delivery import explanation, merge, moments
from delivery.clearance import Plan
from delivery.integrations import Message
from delivery.models import Intent, TriggerEvent
from kernel.crypto import CannotOpen
from people.models import Identifier, Person
from people.services import open_identifiers


def for_intents(plan: Plan, intents: Sequence[Intent]) -> list[Message]:
    """Return one message per intent; who cannot be given one (no identifier opens, a value is missing) is left out."""
    ids = [intent.person_id for intent in intents]
    addresses = _addresses(plan, ids)
    people = Person.objects.filter(brand_id=plan.brand_id).select_related("brand").in_bulk(ids)
    events = _events(plan, intents)
    built = (
        _message(plan, one, addresses.get(one.person_id, {}), people.get(one.person_id), events.get(one.event))
        for one in intents
    )
    return [message for message in built if message is not None]


def _events(plan: Plan, intents: Sequence[Intent]) -> dict[UUID | None, TriggerEvent]:
    ids = [intent.event for intent in intents if intent.event is not None]
    found = TriggerEvent.objects.filter(brand_id=plan.brand_id, pk__in=ids) if ids else ()
    return {event.pk: event for event in found}


def _message(
    plan: Plan, intent: Intent, address: dict[str, str], person: Person | None, event: TriggerEvent | None
) -> Message | None:
    if person is None or not address.keys() >= set(plan.identifiers):
        return None
    fields = moments.printable(person.fields, event)
    used = {name: str(fields[name]) for name in plan.fields if name in fields and name not in address}
    links = links_of(plan.brand_id, intent.person_id, plan.channels[0])
    values = {**used, **address, **{f"{name}_url": url for name, url in links.items()}}
    try:
        content = merge.merge(plan.content, values=values, approved=[*plan.fields, *(f"{name}_url" for name in links)])
    except merge.CannotMerge:
        return None
    why = explanation.of_intent(intent, brand=person.brand.name, language=person.language)
    return Message(intent.pk, address, used, content, links, intent.decided_at, why)


def links_of(brand_id: UUID, person_id: UUID, channel: str) -> dict[str, str]:
    """Return where the person sees and lowers what she allows: her preference page and the one-click way out."""
    from people import links

    return {
        "preferences": settings.PUBLIC_URL + links.preference_link(brand_id, person_id, channel),
        "unsubscribe": settings.PUBLIC_URL + links.unsubscribe_link(brand_id, person_id, channel),
    }


def _addresses(plan: Plan, people: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    rows = Identifier.objects.filter(
        brand_id=plan.brand_id, person_id__in=people, kind__in=plan.identifiers, sealed__isnull=False
    )
    found: dict[UUID, dict[str, str]] = {}
    # Of several addresses of a kind the newest is used.
    for identifier in rows.select_related("person").order_by("created_at", "pk"):
        try:
            found.setdefault(identifier.person_id, {})[identifier.kind] = open_identifiers([identifier])[0]
        except CannotOpen:
            continue
    return found
