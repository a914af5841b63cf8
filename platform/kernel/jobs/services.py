"""The writes that promise work."""

import logging
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from kernel.jobs.run import MAX_ATTEMPTS
from kernel.models import Job, JobState

log = logging.getLogger(__name__)


@transaction.atomic
def enqueue(
    *, brand_id: UUID, kind: str, key: str, payload: dict[str, Any], at: datetime, run_after: datetime | None = None
) -> Job:
    """Promise a job in the running transaction and ring the bell once it is committed.

    The same kind and key again returns the job that exists, untouched.
    """
    job, made = Job.objects.get_or_create(
        brand_id=brand_id,
        kind=kind,
        key=key,
        defaults={"payload": payload, "created_at": at, "run_after": run_after or at},
    )
    if made and job.run_after <= at:
        transaction.on_commit(partial(_ring, brand_id, job.pk))
    return job


@transaction.atomic
def retry(*, job: Job, at: datetime) -> Job:
    """Give a failed job another round.

    `attempts` goes on counting: it tells whoever lost the job long ago that it is not theirs any more.
    """
    job.state, job.error = JobState.WAITING, ""
    job.attempts = -(-job.attempts // MAX_ATTEMPTS) * MAX_ATTEMPTS
    job.run_after, job.leased_until, job.finished_at = at, None, None
    job.save()
    transaction.on_commit(partial(_ring, job.brand_id, job.pk))
    return job


def _ring(brand_id: UUID, job_id: UUID) -> None:
    from kernel.tasks import ring

    try:
        ring.delay(str(brand_id), str(job_id))
    except Exception:
        # Losing the bell loses nothing: the sweep finds the row within a minute.
        log.warning("the broker did not take the bell for job %s; the sweep will find it", job_id, exc_info=True)
