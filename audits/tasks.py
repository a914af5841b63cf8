"""The jobs of audits."""

from uuid import UUID

from django.db import OperationalError

from audits import services
from audits.house.looking import look
from audits.models import Case
from audits.services.checking import STEPS, check, fail
from audits.services.house_packs import AUDIT_AGAIN, DRY_RUN
from audits.services.submitting import CHECK
from campaigns import queries as campaigns
from kernel import clock, jobs
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.jobs.run import MAX_ATTEMPTS
from kernel.tenancy import brand_context

CHECKER = Actor.system("check")
AUDITOR = Actor.system("house packs")


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


@jobs.handler(DRY_RUN)
def dry_run(run: jobs.Run) -> None:
    """Look at what a version of a house pack would find in the cases that stand."""
    look(run, UUID(run.payload["dry_run"]), at=clock.now())


@jobs.handler(AUDIT_AGAIN)
def audit_again(run: jobs.Run) -> None:
    """Submit a campaign again whose case ended with a switch of house packs, unless it was changed meanwhile."""
    with brand_context(run.brand_id):
        case = Case.objects.select_related("version__campaign__brand").get(
            brand_id=run.brand_id, pk=run.payload["case"]
        )
        campaign = case.version.campaign
        if campaigns.present_sha256(campaign) != case.version.sha256:
            return
        try:
            services.submit(campaign=campaign, by=AUDITOR, at=clock.now())
        except DomainError as error:
            left = {"left": str(error)}
        else:
            return
    run.progress(done=0, report=left)
