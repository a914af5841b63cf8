"""What is known of a person at one moment, as far as a decision needs it; never an identifier in the clear."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum

from delivery.clearance.plan import Plan
from delivery.models import Intent, IntentState, MessageCounter
from people.models import (
    ConsentState,
    Identifier,
    Person,
    PersonGate,
    PrivacySettings,
    Signal,
    SourceRecord,
    Suppression,
)

# What was handed over, or may have been, counts as a message.
COUNTED = (IntentState.IN_FLIGHT, IntentState.HANDED_OVER, IntentState.UNKNOWN)
BUDGET_DAYS = 7
ENQUIRIES = ("enquiry", "application")
"""Methods of a consent event that are no purchase: what they imply ends sooner."""


@dataclass(frozen=True, slots=True)
class ConsentFact:
    """What holds for one use on one channel."""

    state: str
    basis: str
    expires_at: datetime | None
    happened_at: datetime
    method: str = ""


@dataclass(frozen=True, slots=True)
class SettingsFact:
    """What the person asked of the brand; see people.models.PrivacySettings."""

    kinds_refused: Any = ()
    channels_off: Any = ()
    senders_muted: Any = ()
    messages_per_week: int | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    paused_until: datetime | None = None
    no_personalisation: bool = False
    no_inference: bool = False
    no_retargeting: bool = False
    brand_muted: bool = False


@dataclass(frozen=True, slots=True)
class RecordFact:
    """The person's presence in one source of the audience."""

    source: str
    source_state: str
    visibility: str
    observed_at: datetime
    recognised_by: str = ""


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person. `reachable` are the kinds of identifier that can be opened; `has_gate` that she can be locked.

    `event_at` is when that happened to her which sets the message off, where a message needs it. `signal_unclear` says
    that the latest signal of one kind cannot be read or relied on: what it says no to is not known.
    """

    person_id: UUID
    state: str
    country: str
    birth_year: int | None
    time_zone: str
    suppressed: bool = False
    has_gate: bool = True
    consents: Mapping[tuple[str, str], ConsentFact] = field(default_factory=dict)
    settings: SettingsFact = field(default_factory=SettingsFact)
    records: tuple[RecordFact, ...] = ()
    reachable: frozenset[str] = frozenset()
    week_messages: int = 0
    campaign_messages: int = 0
    last_message_at: datetime | None = None
    event_at: datetime | None = None
    signal_unclear: bool = False


def facts_of(
    plan: Plan, person_ids: Collection[UUID], at: datetime, events: Mapping[UUID, datetime] | None = None
) -> dict[UUID, PersonFacts]:
    """Return what is known of these people, read in nine statements however many they are. Unknown ids are absent.

    `events` says when that happened to each of them which sets the message off.
    """
    brand, ids = {"brand_id": plan.brand_id}, list(person_ids)
    people = Person.objects.filter(**brand, pk__in=ids).values("pk", "state", "country", "birth_year", "time_zone")
    gates = set(PersonGate.objects.filter(**brand, person_id__in=ids).values_list("person_id", flat=True))
    consents, records = _consents(plan, ids), _records(plan, ids)
    reachable, suppressed = _addresses(plan, ids)
    unclear = _unclear_signals(plan, ids)
    settings, messages = _settings(plan, ids), _messages(plan, ids, at)
    return {
        row["pk"]: PersonFacts(
            person_id=row["pk"],
            state=row["state"],
            country=row["country"],
            birth_year=row["birth_year"],
            time_zone=row["time_zone"],
            suppressed=row["pk"] in suppressed,
            has_gate=row["pk"] in gates,
            consents=consents.get(row["pk"], {}),
            settings=settings.get(row["pk"], SettingsFact()),
            records=tuple(records.get(row["pk"], ())),
            reachable=frozenset(reachable.get(row["pk"], ())),
            signal_unclear=row["pk"] in unclear,
            event_at=(events or {}).get(row["pk"]),
            **messages.get(row["pk"], {}),
        )
        for row in people
    }


def _consents(plan: Plan, ids: list[UUID]) -> dict[UUID, dict[tuple[str, str], ConsentFact]]:
    wanted = Q()
    for use, channel in plan.needs:
        wanted |= Q(purpose=use, channel=channel)
    found: dict[UUID, dict[tuple[str, str], ConsentFact]] = {}
    rows = ConsentState.objects.filter(wanted, brand_id=plan.brand_id, person_id__in=ids)
    columns = ("person_id", "purpose", "channel", "state", "basis", "expires_at", "happened_at", "event__method")
    for person, use, channel, *values in rows.values_list(*columns):
        found.setdefault(person, {})[use, channel] = ConsentFact(*values)
    return found


def _records(plan: Plan, ids: list[UUID]) -> dict[UUID, list[RecordFact]]:
    rows = SourceRecord.objects.filter(brand_id=plan.brand_id, person_id__in=ids, source__key__in=plan.sources)
    return _grouped(
        (person, RecordFact(key, state, visibility, observed_at, path))
        for person, key, state, visibility, observed_at, path in rows.values_list(
            "person_id", "source__key", "source__state", "visibility", "observed_at", "recognised_by"
        )
    )


def _addresses(plan: Plan, ids: list[UUID]) -> tuple[dict[UUID, list[str]], set[UUID]]:
    listed = Suppression.objects.filter(brand_id=plan.brand_id, kind=OuterRef("kind"), pseudonym=OuterRef("pseudonym"))
    rows = Identifier.objects.filter(brand_id=plan.brand_id, person_id__in=ids).annotate(
        listed=Exists(listed), can_open=Q(sealed__isnull=False)
    )
    found = list(rows.values_list("person_id", "kind", "listed", "can_open"))
    reachable = _grouped((person, kind) for person, kind, _, can_open in found if can_open)
    return reachable, {person for person, _, listed_, _ in found if listed_}


def _unclear_signals(plan: Plan, ids: list[UUID]) -> set[UUID]:
    rows = Signal.objects.filter(brand_id=plan.brand_id, person_id__in=ids)
    latest = rows.order_by("person_id", "kind", "-seen_at", "-pk").distinct("person_id", "kind")
    return {person for person, reliable in latest.values_list("person_id", "reliable") if not reliable}


def _settings(plan: Plan, ids: list[UUID]) -> dict[UUID, SettingsFact]:
    rows = PrivacySettings.objects.filter(brand_id=plan.brand_id, person_id__in=ids)
    names = list(SettingsFact.__dataclass_fields__)
    return {person: SettingsFact(*values) for person, *values in rows.values_list("person_id", *names)}


def _messages(plan: Plan, ids: list[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    since = at.date() - timedelta(days=BUDGET_DAYS)
    week = MessageCounter.objects.filter(brand_id=plan.brand_id, person_id__in=ids, day__gt=since)
    found: dict[UUID, dict[str, Any]] = {
        person: {"week_messages": messages}
        for person, messages in week.values("person_id").annotate(n=Sum("messages")).values_list("person_id", "n")
    }
    sent = Intent.objects.filter(brand_id=plan.brand_id, person_id__in=ids, state__in=COUNTED).values("person_id")
    of_campaign = Q(release__case__version__campaign_id=plan.campaign_id)
    for person, last, count in sent.annotate(last=Max(F("decided_at")), n=Count("pk", filter=of_campaign)).values_list(
        "person_id", "last", "n"
    ):
        found.setdefault(person, {}).update(last_message_at=last, campaign_messages=count)
    return found


def _grouped(pairs: Iterable[tuple[UUID, Any]]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
