"""How fast an audience is cleared, and how many people a second pass the send gate.

The floor of clearance runs the same joins over the same people and counts them, without deciding anything. The floor of
the gate reads one row per person by its primary key in a transaction of its own: no decision, no intent, no lock.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

from psycopg.sql import SQL, Identifier

from bench.harness import Comparison

AUDIENCE = 100_000
GATED = 2_000
BATCH = 100


class _Stage:
    """A database of its own: a brand, a campaign, and people in the database's own way of making many."""

    brand: Any
    plan: Any
    ids: list[Any]
    case: Any
    integration: Any


_stage = _Stage()


def comparisons() -> Iterable[Comparison]:
    """Clearance of a whole audience, and the gate person by person."""
    yield Comparison(
        name="clearance with reasons (PostgreSQL, one statement)",
        unit="people/s",
        ours=_clear,
        against_name="the same joins, counted without reasons",
        against=_join,
        goal="at least 0.3",
        surroundings=_surroundings(AUDIENCE),
    )
    yield Comparison(
        name="send gate: lock, decide, intent, settle",
        unit="people/s",
        ours=_gate,
        against_name="one indexed read per person",
        against=_look_up,
        surroundings=_surroundings(GATED),
    )


def _surroundings(people: int) -> Callable[[], AbstractContextManager[object]]:
    @contextmanager
    def prepared() -> Iterator[object]:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        from django.db import connection

        from tests import database

        name = f"bench_lighttouch_{os.getpid()}"
        database.prepare(name)
        try:
            _populate(people)
            yield _stage
        finally:
            connection.close()
            database.drop(name)

    return prepared


def _populate(people: int) -> None:
    from django.db import connection

    from audits.models import Case
    from campaigns.models import Campaign, CampaignVersion
    from delivery.clearance import Plan
    from kernel import clock
    from kernel.actors import Actor
    from kernel.tenancy import brand_context
    from people.models import Person
    from sources.models import DataSource
    from tenants.models import Integration
    from tenants.services import create_brand

    at = clock.now()
    brand = create_brand(slug="bench", name="Bench", by=Actor.system("bench"), at=at)
    with brand_context(brand.pk):
        source = DataSource.objects.create(
            brand=brand, key="list", name="List", sha256="", state="active", created_at=at, changed_at=at
        )
        campaign = Campaign.objects.create(brand=brand, key="spring", name="", created_at=at, changed_at=at)
        version = CampaignVersion.objects.create(
            brand=brand, campaign=campaign, number=1, manifest=b"{}", sha256="", frozen_at=at
        )
        _stage.case = Case.objects.create(brand=brand, version=version, submitted_at=at)
        _stage.integration = Integration.objects.create(
            brand=brand, key="hook", name="Hook", kind="webhook", created_at=at
        )
        values: dict[str, Any] = {"brand": brand.pk, "source": source.pk, "people": people}
        with connection.cursor() as cursor:
            for statement in PEOPLE:
                cursor.execute(statement, values)
        _stage.ids = list(Person.objects.order_by("number").values_list("pk", flat=True))
    _analyse()
    _stage.brand = brand
    _stage.plan = Plan(
        brand_id=brand.pk,
        campaign_id=campaign.pk,
        campaign="spring",
        channels=("email",),
        needs=(("direct_marketing", "email"), ("profiling", "email")),
        bases=frozenset({"consent"}),
        countries=frozenset({"GB", "DE"}),
        sources=frozenset({"list"}),
        kinds=frozenset({"contact", "purchases"}),
        identifiers=("email",),
        per_week=10**6,
        spacing_hours=0.0,
        closed_hours=None,
    )


def _analyse() -> None:
    """Let the planner know the tables, as autovacuum would after a while; only their owner may."""
    from django.db import connection

    from tests import database

    with database.owner_connection(str(connection.settings_dict["NAME"])) as owner:
        for table in TABLES:
            owner.execute(SQL("ANALYZE {}").format(Identifier(table)))


def _clear() -> float:
    from delivery.clearance.sql import decide_all
    from kernel import clock
    from kernel.tenancy import brand_context

    with brand_context(_stage.brand.pk):
        members, ids = "SELECT unnest(%(ids)s::uuid[])", {"ids": _stage.ids}
        cleared = sum(row.reason == "cleared" for row in decide_all(_stage.plan, members, ids, clock.now()))
    assert 0 < cleared < AUDIENCE
    return len(_stage.ids)


def _join() -> float:
    from django.db import connection

    from kernel.tenancy import brand_context

    with brand_context(_stage.brand.pk), connection.cursor() as cursor:
        cursor.execute(FLOOR, {"brand": _stage.brand.pk, "ids": _stage.ids})
        assert cursor.fetchone()
    return len(_stage.ids)


def _gate() -> float:
    from delivery import gate
    from delivery.integrations import Outcome, Result
    from delivery.models import Release
    from delivery.services import releases
    from kernel import clock
    from kernel.tenancy import brand_context

    brand, at = {"brand_id": _stage.brand.pk}, clock.now()
    with brand_context(_stage.brand.pk):
        release = Release.objects.create(
            **brand, case=_stage.case, integration=_stage.integration, sha256="", state="running", created_at=at
        )
    passed = 0
    for start in range(0, len(_stage.ids), BATCH):
        ids = _stage.ids[start : start + BATCH]
        permit = gate.Permit("", start, at + timedelta(minutes=1))
        with brand_context(_stage.brand.pk):
            held = releases.lock(release)
            gated = gate.pass_or_withhold(release=held, plan=_stage.plan, person_ids=ids, permit=permit, at=clock.now())
        results = [Result(intent.pk, Outcome.HANDED_OVER) for intent in gated.passed]
        passed += len(results)
        with brand_context(_stage.brand.pk):
            gate.settle(release=releases.lock(release), results=results, at=clock.now(), repeatable=True)
    assert passed
    return len(_stage.ids)


def _look_up() -> float:
    from django.db import connection

    from kernel.tenancy import brand_context

    with brand_context(_stage.brand.pk), connection.cursor() as cursor:
        for person_id in _stage.ids:
            cursor.execute("SELECT * FROM people_person WHERE brand_id = %s AND id = %s", [_stage.brand.pk, person_id])
            assert cursor.fetchone()
    return len(_stage.ids)


TABLES = (
    *("people_person", "people_persongate", "people_identifier", "people_consentstate", "people_consentevent"),
    *("people_sourcerecord", "people_privacysettings"),
)
PEOPLE = (
    """INSERT INTO people_person (id, brand_id, number, country, birth_year, time_zone, language, fields, provenance,
                                  state, created_at)
       SELECT gen_random_uuid(), %(brand)s, n, (ARRAY['GB', 'DE', 'GB', 'BR'])[1 + n %% 4], 1950 + n %% 60,
              'Europe/London', 'en', '{}', '{}', CASE WHEN n %% 100 = 7 THEN 'restricted' ELSE 'active' END, now()
       FROM generate_series(0, %(people)s - 1) AS n""",
    """INSERT INTO people_persongate (id, brand_id, person_id, epoch, in_flight)
       SELECT gen_random_uuid(), brand_id, id, 0, 0 FROM people_person""",
    """INSERT INTO people_identifier (id, brand_id, person_id, kind, pseudonym, sealed, created_at)
       SELECT gen_random_uuid(), brand_id, id, 'email', sha256(id::text::bytea), 'x', now() FROM people_person""",
    """INSERT INTO people_sourcerecord (id, brand_id, person_id, source_id, visibility, observed_at, created_at)
       SELECT gen_random_uuid(), brand_id, id, %(source)s, 'public', now(), now() FROM people_person""",
    """INSERT INTO people_privacysettings (id, brand_id, person_id, kinds_refused, channels_off, no_personalisation,
                                           no_inference, no_retargeting, brand_muted, changed_at)
       SELECT gen_random_uuid(), brand_id, id, '["location_precise"]', '["sms"]', number %% 50 = 0, false, false,
              number %% 70 = 0, now()
       FROM people_person WHERE number %% 5 = 0""",
    """INSERT INTO people_consentevent (id, brand_id, person_id, purpose, channel, state, basis, happened_at,
                                        notice_version, wording, method, evidence, idempotency_key)
       SELECT gen_random_uuid(), brand_id, id, use, 'email',
              CASE WHEN number %% 9 = 0 THEN 'withdrawn' ELSE 'given' END, 'consent', now(), '', '', '', '{}',
              id || use
       FROM people_person, (VALUES ('direct_marketing'), ('profiling')) AS uses(use) WHERE number %% 13 > 0""",
    """INSERT INTO people_consentstate (id, brand_id, person_id, purpose, channel, state, basis, happened_at, event_id)
       SELECT gen_random_uuid(), brand_id, person_id, purpose, channel, state, basis, happened_at, id
       FROM people_consentevent""",
)
FLOOR = """
WITH members AS MATERIALIZED (SELECT unnest(%(ids)s::uuid[]) AS id)
SELECT count(*), count(g.id), count(s.id), count(i.id), count(r.id), count(c0.id), count(c1.id)
FROM people_person p
LEFT JOIN people_persongate g ON g.brand_id = %(brand)s AND g.person_id = p.id
LEFT JOIN people_privacysettings s ON s.brand_id = %(brand)s AND s.person_id = p.id
LEFT JOIN people_identifier i ON i.brand_id = %(brand)s AND i.person_id = p.id
LEFT JOIN people_sourcerecord r ON r.brand_id = %(brand)s AND r.person_id = p.id
LEFT JOIN people_consentstate c0 ON c0.brand_id = %(brand)s AND c0.person_id = p.id
      AND c0.purpose = 'direct_marketing' AND c0.channel = 'email'
LEFT JOIN people_consentstate c1 ON c1.brand_id = %(brand)s AND c1.person_id = p.id
      AND c1.purpose = 'profiling' AND c1.channel = 'email'
WHERE p.brand_id = %(brand)s AND p.id IN (SELECT id FROM members)
"""
