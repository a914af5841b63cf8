"""The job that clears an audience, part by part, each part committed by itself.

A large audience is decided in bulk first (clearance/bulk), and each part takes over what was said of its people; whom
a transaction changed since, the database decides. Small audiences, and all where the bulk engine fails, are decided by
the database alone. Both say the same.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from delivery import approval, counting
from delivery.clearance import Plan
from delivery.clearance.sql import statement_for
from delivery.models import Release, ReleaseState
from delivery.services import releases
from kernel import clock
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.jobs import LeaseLost, Run, handler
from kernel.tenancy import brand_context
from people.models import Person
from people.queries import audience

if TYPE_CHECKING:
    from delivery.clearance.bulk.engine import Decided

log = logging.getLogger(__name__)

Said = tuple[str, datetime | None]
"""A reason, and until when it holds if it ends by itself."""
PART = 10_000
BY = Actor.system("clearance")
MEMBERS = "SELECT unnest(%(ids)s::uuid[])"
TOLD = "SELECT * FROM unnest(%(ids)s::uuid[], %(reasons)s::text[], %(untils)s::timestamptz[])"

# The ids are of version 7 like all others (RFC 9562): milliseconds first, the rest at random.
_INSERT = """
WITH found AS ({decided}),
kept AS (
    INSERT INTO delivery_clearance (id, brand_id, release_id, person_id, reason, until)
    SELECT (substr(ms, 1, 8) || '-' || substr(ms, 9, 4) || '-7' || substr(gen_random_uuid()::text, 16))::uuid,
           %(brand)s, %(release)s, found.person_id, found.reason, found.until
    FROM (SELECT * FROM found) AS found(person_id, reason, until),
         lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') AS ms
    ON CONFLICT (brand_id, release_id, person_id) DO NOTHING
    RETURNING reason
)
SELECT reason, count(*) FROM kept GROUP BY reason
"""


@dataclass(frozen=True)
class InBulk:
    """What the bulk engine said of everybody of the brand, for one plan."""

    plan: Plan
    decided: "Decided"


@handler(releases.CLEAR)
def clear(run: Run) -> None:
    """Give everybody of the audience `cleared` or one reason, then say that the release is ready."""
    release_id = UUID(run.payload["release"])
    after, done, total = -1, 0, None
    bulk: InBulk | None = None
    while True:
        with brand_context(run.brand_id):
            run.hold()
            found = _found(run, release_id)
            if found is None:
                return
            release, plan, people = found
            if total is not None:
                part = list(people.filter(number__gt=after).values_list("pk", "number")[:PART])
                if not part:
                    return _finish(release, done)
                clear_part(release, plan, part, bulk)
                done, after = done + len(part), part[-1][1]
            else:
                total = people.count()
        run.progress(done=done, total=total)
        if not done and total >= settings.CLEARANCE_BULK_FROM:
            bulk = in_bulk(run, plan)


def _found(run: Run, release_id: UUID) -> "tuple[Release, Plan, QuerySet[Person]] | None":
    """The release, locked, with its plan and audience; None where there is nothing to clear (any more)."""
    release = releases.lock_by_id(run.brand_id, release_id)
    if release.state != ReleaseState.CLEARING:
        return None
    try:
        approval.check(release)
        manifest = approval.manifest_of(release.case)
        plan = approval.plan_for(release.case, release.integration)
    except (DomainError, ValueError) as error:
        releases.fail(release=release, note=str(error), by=BY, at=clock.now())
        return None
    return release, plan, audience(run.brand_id, manifest.get("audience") or {})


def _finish(release: Release, done: int) -> None:
    from delivery.clearance.bulk import notes

    releases.ready(release=release, audience_size=done, by=BY, at=clock.now())
    notes.forget(release.brand_id)


def in_bulk(run: Run, plan: Plan) -> InBulk | None:
    """Bring the decision state up to now and decide about everybody; None where that failed, and the log says why."""
    # These libraries are large: only who decides in bulk loads them.
    from delivery.clearance.bulk import engine, keeping

    try:
        keeping.refresh(run.brand_id, beat=lambda: run.progress(done=0))
        with brand_context(run.brand_id):
            return InBulk(plan, engine.decide_brand(plan, clock.now()))
    except LeaseLost:
        raise
    except Exception:
        log.exception("the bulk engine failed for brand %s: the database decides", run.brand_id)
        return None


def clear_part(
    release: Release, plan: Plan, people: list[tuple[UUID, int]], bulk: InBulk | None = None
) -> Counter[str]:
    """Clear some people, given as (id, number), and count them by reason.

    Who was cleared before is left alone. The release's row is locked. What was said in bulk counts for the same plan
    only.
    """
    told, ask = ({}, [pk for pk, _ in people]) if bulk is None or bulk.plan != plan else _told(plan, people, bulk)
    found: Counter[str] = Counter()
    if told:
        reasons, untils = zip(*told.values(), strict=True)
        values = {"brand": plan.brand_id, "ids": list(told), "reasons": list(reasons), "untils": list(untils)}
        found += _insert(release, TOLD, values)
    if ask:
        found += _insert(release, *statement_for(plan, MEMBERS, {"ids": ask}, clock.now()))
    counting.add(release, counting.CLEARED_BY, found)
    release.save(update_fields=["counts"])
    return found


def _told(plan: Plan, people: list[tuple[UUID, int]], bulk: InBulk) -> tuple[dict[UUID, Said], list[UUID]]:
    """What was said of these people in bulk, and whom the database must be asked about."""
    from delivery.clearance.bulk import notes

    changed = notes.changed_among(plan.brand_id, bulk.decided.position, [pk for pk, _ in people])
    told: dict[UUID, Said] = {}
    for pk, number in people:
        said = None if pk in changed else bulk.decided.of(number)
        if said is not None:
            told[pk] = said
    return told, [pk for pk, _ in people if pk not in told]


def _insert(release: Release, decided: str, values: dict[str, Any]) -> Counter[str]:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(decided=decided), {**values, "release": release.pk})
        return Counter(dict(cursor.fetchall()))
