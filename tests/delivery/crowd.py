"""A crowd of generated people, written to the database as facts, whatever a form or an import would have refused."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import JSONField, Model, Value
from hypothesis import strategies as st

from audits.models import Case
from campaigns.models import Campaign, CampaignVersion
from delivery.clearance.hours import Window
from delivery.clearance.plan import Plan
from delivery.models import Intent, MessageCounter, Release
from kernel.ids import new_id
from people.models import (
    ConsentEvent,
    ConsentState,
    Identifier,
    Person,
    PersonGate,
    PrivacySettings,
    Signal,
    SourceRecord,
    Suppression,
)
from sources.models import DataSource
from tenants.models import Brand, Integration

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEEDS = (("direct_marketing", "email"), ("profiling", "email"))
TABLES: tuple[type[Model], ...] = (
    *(Person, PersonGate, ConsentEvent, ConsentState, Identifier, Suppression, SourceRecord, PrivacySettings),
    *(Signal, MessageCounter, Intent),
)
JSON_LISTS = ("kinds_refused", "channels_off", "senders_muted")
GIVEN = ("given", "consent", None, 0, "form")
PUBLIC = ("public", 0, "")
TIMES = [time(0), time(6, 30), time(12), time(13), time(22), time(23, 59, 59)]


@dataclass
class Somebody:
    """One generated person: what the rows about her shall say."""

    state: str = "active"
    country: str = "GB"
    birth_year: int | None = 1980
    time_zone: str = "Europe/London"
    gate: bool = True
    consents: dict[tuple[str, str], tuple[str, str, int | None, int, str]] = field(
        default_factory=lambda: dict.fromkeys(NEEDS, GIVEN)
    )
    identifiers: dict[str, tuple[bool, bool]] = field(default_factory=lambda: {"email": (True, False)})
    records: dict[str, tuple[str, int, str]] = field(default_factory=lambda: {"shop": PUBLIC})
    settings: dict[str, Any] | None = None
    counters: dict[int, int] = field(default_factory=dict)
    intents: list[tuple[str, bool, int]] = field(default_factory=list)
    signals: list[tuple[str, bool | None, int]] = field(default_factory=list)
    id: UUID = field(default_factory=new_id)


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The usual value in most cases, so that enough people come to the later rules."""
    return st.sampled_from([usual] * (3 * len(others)) + list(others))


def people() -> st.SearchStrategy[Somebody]:
    consent = st.tuples(
        mostly("given", "renewed", "refused", "withdrawn", "objected", "expired", "invalidated", "nonsense"),
        mostly("consent", "soft_opt_in", "contract"),
        mostly(None, -1, 0, 1, 500),
        mostly(0, 182, 183, 184, 730, 731),
        mostly("form", "enquiry", "application"),
    )
    record = st.tuples(
        mostly("public", "followers", "private", "withdrawn"),
        mostly(1, 29, 30, 31, 360, 400),
        mostly("", "cookie", "login"),
    )
    lists = mostly([], ["purchases"], ["email"], ["sms", "health"], None, "email", [1], [["email"]])
    settings = st.fixed_dictionaries(
        {
            "kinds_refused": lists,
            "channels_off": lists,
            "senders_muted": mostly([], ["hook"], ["team"], ["other"], "hook", [["hook"]], None),
            "messages_per_week": mostly(None, 0, 1, 2, 5),
            "quiet_from": mostly(None, *TIMES),
            "quiet_until": mostly(None, *TIMES),
            "paused_until": mostly(None, NOW - timedelta(1), NOW, NOW + timedelta(microseconds=1)),
            "no_personalisation": mostly(False, True),
            "no_inference": mostly(False, True),
            "no_retargeting": mostly(False, True),
            "brand_muted": mostly(False, True),
        }
    )
    return st.builds(
        Somebody,
        state=mostly("active", "restricted", "erased", "odd"),
        country=mostly("GB", "", "US", "US-CA", "DE", "BR", "AQ", "XX", "CA", "CA-QC"),
        birth_year=mostly(1980, None, 2007, 2008, 2009, 2005, 2020),
        time_zone=mostly("Europe/London", "", "Asia/Kolkata", "Pacific/Kiritimati", "Mars/Base", "America/New_York"),
        gate=mostly(True, False),
        consents=st.fixed_dictionaries({NEEDS[0]: consent}, optional={NEEDS[1]: consent})
        | st.just(dict.fromkeys(NEEDS, GIVEN)),
        identifiers=st.fixed_dictionaries(
            {}, optional={"email": st.tuples(mostly(True, False), mostly(False, True)), "phone": st.just((True, False))}
        )
        | st.just({"email": (True, False)}),
        records=st.dictionaries(mostly("shop", "closed", "other"), record, max_size=3) | st.just({"shop": PUBLIC}),
        settings=st.none() | settings,
        counters=st.dictionaries(st.sampled_from([0, 1, 6, 7]), st.integers(0, 2), max_size=2) | st.just({}),
        intents=st.lists(
            st.tuples(
                st.sampled_from(["in_flight", "handed_over", "withheld", "failed", "unknown"]),
                st.booleans(),
                st.sampled_from([0, 19, 20, 21, 100]),
            ),
            max_size=2,
        )
        | st.just([]),
        signals=st.just([])
        | st.lists(
            st.tuples(st.sampled_from(["tcf", "gpc"]), mostly(True, False, None), st.integers(0, 3)), max_size=3
        ),
    )


def plans(brand_id: UUID, campaign_id: UUID) -> st.SearchStrategy[Plan]:
    return st.builds(
        Plan,
        brand_id=st.just(brand_id),
        campaign_id=st.just(campaign_id),
        campaign=st.just("spring"),
        channels=mostly(("email",), ("email", "sms")),
        needs=mostly(NEEDS[:1], NEEDS, ()),
        bases=mostly(frozenset({"consent"}), frozenset({"consent", "soft_opt_in"}), frozenset()),
        countries=mostly(frozenset({"GB", "US", "DE", "AQ", "XX", "CA"}), frozenset({"GB", "US-CA"}), frozenset()),
        sources=mostly(frozenset({"shop", "closed"}), frozenset({"shop"}), frozenset({"nowhere"})),
        kinds=mostly(frozenset({"contact", "purchases"}), frozenset()),
        identifiers=mostly(("email",), ("email", "phone")),
        minimum_age=mostly(18, 21),
        age_may_be_unknown=st.booleans(),
        retargets=st.booleans(),
        personalises=st.booleans(),
        infers=st.booleans(),
        senders=mostly(frozenset({"hook"}), frozenset({"hook", "team"}), frozenset()),
        record_days=mostly({}, {"shop": 30}),
        recognition=mostly("login", "cookie", ""),
        asks_again=mostly(False, True),
        heeds_signals=mostly(True, False),
        event_hours=mostly(None, 24.0),
        per_week=mostly(3, 1, 2),
        in_all=mostly(None, 1, 2),
        spacing_hours=mostly(20.0, 168.0, 0.5),
        closed_hours=mostly(None, Window(21 * 3600, 9 * 3600), Window(12 * 3600, 12 * 3600), Window(3600, 7200)),
    )


@dataclass
class World:
    """What a crowd needs around it: sources, and a campaign of its own and another with a release each."""

    brand: Brand
    campaign: Campaign
    releases: dict[bool, list[Release]]
    sources: dict[str, DataSource]


def world(brand: Brand) -> World:
    states = {"shop": "active", "closed": "suspended", "other": "active"}
    sources = {
        key: DataSource.objects.create(
            brand=brand, key=key, name=key, sha256="", state=state, created_at=NOW, changed_at=NOW
        )
        for key, state in states.items()
    }
    where = Integration.objects.create(brand=brand, key="hook", name="Hook", kind="webhook", created_at=NOW)
    campaigns, releases = {}, {}
    for own in (True, False):
        campaign = Campaign.objects.create(brand=brand, key=f"c{own}", name="", created_at=NOW, changed_at=NOW)
        version = CampaignVersion.objects.create(
            brand=brand, campaign=campaign, number=1, manifest=b"{}", sha256="", frozen_at=NOW
        )
        case = Case.objects.create(brand=brand, version=version, submitted_at=NOW)
        campaigns[own] = campaign
        releases[own] = [
            Release.objects.create(brand=brand, case=case, integration=where, sha256="", created_at=NOW)
            for _ in range(2)
        ]
    return World(brand, campaigns[True], releases, sources)


def write(world: World, crowd: list[Somebody]) -> None:
    """Write the rows of a crowd, one statement per table."""
    brand = world.brand
    first = Person.objects.count()
    rows: dict[type[Model], list[Any]] = {model: [] for model in TABLES}

    def row(model: type[Model], **values: Any) -> Any:
        made = model(brand=brand, **values)
        rows[model].append(made)
        return made

    for number, one in enumerate(crowd, first):
        typed = {name: getattr(one, name) for name in ("id", "country", "birth_year", "time_zone", "state")}
        person = row(Person, number=number, created_at=NOW, **typed)
        if one.gate:
            row(PersonGate, person=person)
        for (use, channel), (state, basis, days, ago, method) in one.consents.items():
            until = None if days is None else NOW + timedelta(days)
            common = {"person": person, "purpose": use, "channel": channel, "state": state}
            common |= {"basis": basis, "happened_at": NOW - timedelta(ago), "expires_at": until}
            event = row(ConsentEvent, **common, method=method, idempotency_key=str(new_id()))
            row(ConsentState, **common, event=event)
        for kind, (can_open, listed) in one.identifiers.items():
            known = {"kind": kind, "pseudonym": new_id().bytes * 2, "created_at": NOW}
            row(Identifier, person=person, sealed=b"sealed" if can_open else None, **known)
            if listed:
                row(Suppression, reason="x", **known)
        for key, (visibility, ago, path) in one.records.items():
            when = {"observed_at": NOW - timedelta(ago), "created_at": NOW}
            seen = {"visibility": visibility, "recognised_by": path}
            row(SourceRecord, person=person, source=world.sources[key], **seen, **when)
        if one.settings is not None:
            wrong = {name: Value(None, JSONField()) for name in JSON_LISTS if one.settings.get(name, []) is None}
            row(PrivacySettings, person=person, changed_at=NOW, **{**one.settings, **wrong})
        for kind, reliable, ago in one.signals:
            heard = {"kind": kind, "value": "x", "carrier": "header", "scope": "device", "reliable": reliable}
            row(Signal, person=person, seen_at=NOW - timedelta(ago), idempotency_key=str(new_id()), **heard)
        for days, messages in one.counters.items():
            row(MessageCounter, person=person, day=(NOW - timedelta(days)).date(), messages=messages)
        for place, (state, own, hours) in enumerate(one.intents):
            release = world.releases[own][place]
            row(Intent, person=person, release=release, state=state, decided_at=NOW - timedelta(hours=hours))
    for model, made in rows.items():
        model.objects.bulk_create(made)  # type: ignore[attr-defined]
