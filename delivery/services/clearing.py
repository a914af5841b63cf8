"""The job that clears an audience, part by part, each part committed by itself."""

from collections import Counter
from uuid import UUID

from django.db import connection

from delivery import approval, counting
from delivery.clearance import Plan
from delivery.clearance.sql import statement_for
from delivery.models import Release, ReleaseState
from delivery.services import releases
from kernel import clock
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.jobs import Run, handler
from kernel.tenancy import brand_context
from people.queries import audience

PART = 10_000
BY = Actor.system("clearance")
MEMBERS = "SELECT unnest(%(ids)s::uuid[])"

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


@handler(releases.CLEAR)
def clear(run: Run) -> None:
    """Give everybody of the audience `cleared` or one reason, then say that the release is ready."""
    release_id = UUID(run.payload["release"])
    after, done, total = -1, 0, None
    while True:
        with brand_context(run.brand_id):
            run.hold()
            release = releases.lock_by_id(run.brand_id, release_id)
            if release.state != ReleaseState.CLEARING:
                return
            try:
                approval.check(release)
                manifest = approval.manifest_of(release.case)
                plan = approval.plan_for(release.case, release.integration)
            except (DomainError, ValueError) as error:
                releases.fail(release=release, note=str(error), by=BY, at=clock.now())
                return
            people = audience(run.brand_id, manifest.get("audience") or {})
            total = people.count() if total is None else total
            part = list(people.filter(number__gt=after).values_list("pk", "number")[:PART])
            if not part:
                releases.ready(release=release, audience_size=done, by=BY, at=clock.now())
                return
            clear_part(release, plan, [person_id for person_id, _ in part])
            done, after = done + len(part), part[-1][1]
        run.progress(done=done, total=total)


def clear_part(release: Release, plan: Plan, person_ids: list[UUID]) -> Counter[str]:
    """Clear some people and count them by reason; who was cleared before is left alone. The release's row is locked."""
    decided, values = statement_for(plan, MEMBERS, {"ids": person_ids}, clock.now())
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(decided=decided), {**values, "release": release.pk})
        found: Counter[str] = Counter(dict(cursor.fetchall()))
    counting.add(release, counting.CLEARED_BY, found)
    release.save(update_fields=["counts"])
    return found
