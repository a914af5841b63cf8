"""The jobs of audits."""

from uuid import UUID

from django.db import OperationalError

from audits.services.checking import STEPS, check, fail
from audits.services.submitting import CHECK
from kernel import clock, jobs
from kernel.actors import Actor
from kernel.jobs.run import MAX_ATTEMPTS

CHECKER = Actor.system("check")


@jobs.handler(CHECK)
def check_case(run: jobs.Run) -> None:
    """Check one case, telling how far it is. A database that stays away fails the case in the end."""
    steps = list(STEPS)
    case_id = UUID(run.payload["case"])

    def tell(step: str) -> None:
        run.progress(done=steps.index(step), total=len(steps), report={"step": step})

    try:
        check(brand_id=run.brand_id, case_id=case_id, by=CHECKER, at=clock.now(), progress=tell, hold_job=run.hold)
    except OperationalError as error:
        if run.attempt >= MAX_ATTEMPTS:
            fail(brand_id=run.brand_id, case_id=case_id, error=error, by=CHECKER, at=clock.now(), hold_job=run.hold)
        raise
    run.progress(done=len(steps))
