"""Everything a brand holds about one person, for her own eyes after proof of her address; on the page and as a copy."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from delivery import queries as delivery
from kernel import crypto
from people import queries, services
from people.models import ConsentEvent, Identifier, Person, PrivacySettings
from people.services import OWN_WORD
from portal.preferences import words
from portal.preferences.centre.stopped import by_integration
from sources.models import DataSource
from tenants.models import Brand

SHOWN = "•••"
OURS = ("id", "brand_id", "person_id")


@dataclass(frozen=True, slots=True)
class Value:
    """One value that is held: its name and itself, and where it comes from and since when, as far as that is known."""

    name: str
    value: str
    source: str
    since: datetime | None


def identifiers(person: Person, proved: str) -> list[Value]:
    """Return by what she is known. Only the address she proved stands in full: the rest may be somebody else's."""
    rows = Identifier.objects.filter(brand_id=person.brand_id, person=person).select_related("person")
    return [
        Value(str(words.IDENTIFIERS[one.kind]), _masked(one, proved), "", one.created_at)
        for one in rows.order_by("kind", "created_at")
    ]


def _masked(one: Identifier, proved: str) -> str:
    try:
        value = services.open_identifier(one)
    except crypto.CannotOpen:
        return SHOWN
    if one.kind == "email":
        local, _at, domain = value.rpartition("@")
        return value if value == proved else f"{local[:1]}{SHOWN}@{domain}"
    return f"{SHOWN}{value[-2:]}" if len(value) > 4 else SHOWN


def values(person: Person) -> list[Value]:
    """Return every attribute and field with its value, its source and its age."""
    sources = dict(DataSource.objects.filter(brand_id=person.brand_id).values_list("key", "name"))
    named = {name: getattr(person, name) for name in ("country", "birth_year", "time_zone", "language")}
    held = [(name, name, value) for name, value in named.items() if value]
    held += [(name, f"fields.{name}", value) for name, value in sorted(person.fields.items())]
    return [_value(name, str(value), person.provenance.get(place), sources) for name, place, value in held]


def _value(name: str, value: str, origin: list[str] | None, sources: dict[str, str]) -> Value:
    key, told = origin or ("", "")
    source = words.own_word() if key == OWN_WORD else sources.get(key, "")
    return Value(words.attribute(name), value, source, parse_datetime(told) if told else None)


def history(person: Person) -> list[dict[str, Any]]:
    """Return all that she said or that was recorded of her, the newest first."""
    events = ConsentEvent.objects.filter(brand_id=person.brand_id, person=person).select_related("source")
    return [
        {
            "title": words.consent(one),
            "state": str(words.STATES[one.state]),
            "when": one.happened_at,
            "how": words.how(one.method),
            "source": one.source.name if one.source else "",
            "wording": one.wording,
        }
        for one in events.order_by("-happened_at", "-pk")
    ]


def copy_for(brand: Brand, person: Person, proved: str, *, at: datetime) -> dict[str, Any]:
    """Return her copy as JSON data (GDPR 15(3) and 20): machine-readable keys, UTC times, everything that is held."""
    states = queries.consents_of(brand.pk, person.pk)
    events = ConsentEvent.objects.filter(brand_id=brand.pk, person=person).select_related("source")
    saved = list(PrivacySettings.objects.filter(brand_id=brand.pk, person=person).values())
    holding = queries.held_about(person)
    return {
        "made_at": at,
        "brand": {"name": brand.name, "country": brand.country, "postal_address": brand.postal_address,
                  "privacy_notice": brand.privacy_url},
        "known_since": person.created_at,
        "use_restricted": person.state == "restricted",
        "identifiers": [_plain(one) for one in identifiers(person, proved)],
        "values": [_plain(one) for one in values(person)],
        "sources": [{"name": name, "since": since, "newest": newest} for name, since, newest in holding.sources],
        "consents": [
            {"use": one.purpose, "channel": one.channel, "state": one.state, "basis": one.basis,
             "since": one.happened_at, "until": one.expires_at} for one in states
        ],
        "consent_history": [
            {"use": one.purpose, "channel": one.channel, "state": one.state, "basis": one.basis,
             "happened_at": one.happened_at, "recorded_at": one.recorded_at, "until": one.expires_at,
             "notice": one.notice_version, "shown": one.wording, "method": one.method,
             "source": one.source.name if one.source else ""} for one in events.order_by("happened_at", "pk")
        ],
        "settings": {key: value for one in saved for key, value in one.items() if key not in OURS},
        "signals": [
            {"kind": one.kind, "value": one.value, "carrier": one.carrier, "place": one.place, "seen_at": one.seen_at,
             "relied_on": one.reliable, "says_no_to": one.noes} for one in queries.signals_of(brand.pk, person.pk)
        ],
        "events": [
            {"campaign": one.release.case.version.campaign.name, "kind": one.kind, "happened_at": one.happened_at,
             "received_at": one.received_at, "values": one.data, "state": one.state, "stopped_by": one.reason}
            for one in delivery.events_about(brand.pk, person.pk)
        ],
        "deliveries": [asdict(one) for one in by_integration(brand, person)],
    }  # fmt: skip


def _plain(value: Value) -> dict[str, Any]:
    return asdict(value)
