"""The dry run: each case that stands is asked, one after the other, and what would come of it is kept."""

from datetime import datetime
from typing import Any
from uuid import UUID

from audits import rules_in_use
from audits.house import queries
from audits.house.reading import House
from audits.house.standing import stands_under
from audits.house.trying import attempt
from audits.models import Case, DryRun
from kernel import jobs
from kernel.tenancy import brand_context

STEP = 20


def look(run: jobs.Run, dry_run_id: UUID, *, at: datetime) -> None:
    """Ask every case that stands, telling how far it is; begun again after a crash. Raises PackFault."""
    with brand_context(run.brand_id):
        row = DryRun.objects.select_related("version__pack").get(brand_id=run.brand_id, pk=dry_run_id)
        if row.done_at is not None:
            return
        houses = queries.houses_with(row.version, run.brand_id)
        before, rules = queries.houses_with(None, run.brand_id), rules_in_use(run.brand_id)
        waiting = list(queries.standing_cases(run.brand_id).values_list("pk", flat=True))
    results: list[dict[str, Any]] = []
    for first in range(0, len(waiting), STEP):
        run.progress(done=first, total=len(waiting))
        with brand_context(run.brand_id):
            cases = queries.standing_cases(run.brand_id).filter(pk__in=waiting[first : first + STEP])
            results += [_result(case, houses, before, at) for case in cases if stands_under(case, rules)]
    with brand_context(run.brand_id):
        run.hold()
        wanted = queries.rules_with(houses, run.brand_id)
        DryRun.objects.filter(brand_id=run.brand_id, pk=row.pk).update(results=results, rules=wanted, done_at=at)
    run.progress(done=len(waiting), total=len(waiting))


def _result(case: Case, houses: list[House], before: list[House], at: datetime) -> dict[str, Any]:
    tried = attempt(case, houses, before, at.date())
    return {
        "case": tried.case,
        "campaign": tried.campaign,
        "state": str(case.state),
        "before": tried.before,
        "after": tried.after,
        "new": tried.new,
        "gone": tried.gone,
        "error": tried.error,
        "affected": tried.affected(case.state),
    }
