"""Doing the work: claim under a lease, hand it to its handler, record how it ended."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import F, Q

from kernel import clock
from kernel.jobs.registry import UnknownKind, all_brands, handler_of
from kernel.models import Job, JobState
from kernel.tenancy import brand_context

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
"""In one round; `retry` gives another."""
BACKOFF = timedelta(seconds=5)


class LeaseLost(RuntimeError):
    """Another worker has taken the job over; whoever held it stops at once."""


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at a job, as its handler sees it."""

    brand_id: UUID
    job_id: UUID
    attempt: int
    payload: dict[str, Any]

    @property
    def is_last(self) -> bool:
        """Whether the job has failed for good when this attempt fails."""
        return self.attempt % MAX_ATTEMPTS == 0

    def progress(self, *, done: int, total: int | None = None, report: dict[str, Any] | None = None) -> None:
        """Say how far it is and keep the lease. Raises LeaseLost."""
        values: dict[str, Any] = {"done": done, "leased_until": _lease_from(clock.now())}
        if total is not None:
            values["total"] = total
        if report is not None:
            values["report"] = report
        with brand_context(self.brand_id):
            self.hold()
            Job.objects.filter(brand_id=self.brand_id, pk=self.job_id).update(**values)

    def hold(self) -> None:
        """Lock the job's row for the running transaction and make sure it is still ours. Raises LeaseLost."""
        mine = Job.objects.select_for_update(no_key=True).filter(
            brand_id=self.brand_id, pk=self.job_id, attempts=self.attempt, state=JobState.RUNNING
        )
        if not mine.values_list("pk", flat=True).first():
            raise LeaseLost(str(self.job_id))

    def end(self, *, state: JobState, error: str = "", run_after: datetime | None = None) -> None:
        """Record how the attempt ended. Raises LeaseLost."""
        at = clock.now()
        with brand_context(self.brand_id):
            self.hold()
            Job.objects.filter(brand_id=self.brand_id, pk=self.job_id).update(
                state=state,
                error=error,
                leased_until=None,
                run_after=run_after or at,
                finished_at=None if state == JobState.WAITING else at,
            )


def run(brand_id: UUID, job_id: UUID) -> bool:
    """Do one job if it is due and free. Returns whether it was claimed. Must be called outside a transaction."""
    claimed = _claim(brand_id, job_id)
    if claimed is None:
        return False
    attempt, kind = claimed
    try:
        handler_of(kind)(attempt)
        attempt.end(state=JobState.DONE)
    except LeaseLost:
        log.warning("job %s (%s) was taken over by another worker", job_id, kind)
    except Exception as error:
        log.exception("job %s (%s) failed at attempt %s", job_id, kind, attempt.attempt)
        _after_failure(attempt, error)
    return True


def run_due(brand_id: UUID, *, at_most: int = 100) -> int:
    """Do what is due for one brand, here and now. Returns how many jobs were claimed."""
    return sum(run(brand_id, job_id) for job_id in _due(brand_id)[:at_most])


def sweep() -> list[tuple[UUID, UUID]]:
    """Return (brand, job) of all that is due: promised and never rung for, or left by a worker that died."""
    return [(brand_id, job_id) for brand_id in all_brands() for job_id in _due(brand_id)]


def _due(brand_id: UUID) -> list[UUID]:
    with brand_context(brand_id):
        return list(_due_jobs(brand_id, clock.now()).order_by("run_after").values_list("pk", flat=True))


def _due_jobs(brand_id: UUID, at: datetime) -> Any:
    waiting = Q(state=JobState.WAITING, run_after__lte=at)
    abandoned = Q(state=JobState.RUNNING, leased_until__lt=at)
    return Job.objects.filter(waiting | abandoned, brand_id=brand_id)


def _claim(brand_id: UUID, job_id: UUID) -> tuple[Run, str] | None:
    if connection.in_atomic_block and not settings.TESTING:
        raise RuntimeError("jobs run outside transactions: each step commits by itself")
    at = clock.now()
    with brand_context(brand_id):
        job = _due_jobs(brand_id, at).select_for_update(skip_locked=True, no_key=True).filter(pk=job_id).first()
        if job is None:
            return None
        Job.objects.filter(brand_id=brand_id, pk=job_id).update(
            state=JobState.RUNNING,
            attempts=F("attempts") + 1,
            leased_until=_lease_from(at),
            started_at=job.started_at or at,
        )
        return Run(brand_id, job_id, job.attempts + 1, job.payload), job.kind


def _after_failure(attempt: Run, error: Exception) -> None:
    text = f"{type(error).__name__}: {error}"
    last = attempt.is_last or isinstance(error, UnknownKind)
    try:
        if last:
            attempt.end(state=JobState.FAILED, error=text)
        else:
            again = clock.now() + BACKOFF * 2 ** ((attempt.attempt - 1) % MAX_ATTEMPTS)
            attempt.end(state=JobState.WAITING, error=text, run_after=again)
    except LeaseLost:
        log.warning("job %s was taken over while it failed", attempt.job_id)


def _lease_from(at: datetime) -> datetime:
    return at + timedelta(seconds=settings.JOB_LEASE_SECONDS)
