"""The job that brings a brand's decision state up to now, so that what was erased leaves the disk."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from kernel import jobs
from kernel.jobs import Run, handler
from people.models import ChangeFollower

REFRESH = "delivery.refresh_state"
SOON = timedelta(minutes=1)


@transaction.atomic
def refresh_soon(*, brand_id: UUID, at: datetime) -> None:
    """Promise that the state is brought up to now within two minutes, if a copy is kept at all.

    Whoever asks in the same minute is served by the same job.
    """
    if not ChangeFollower.objects.filter(brand_id=brand_id).exists():
        return
    when = at.replace(second=0, microsecond=0) + 2 * SOON
    key = f"{brand_id} {when:%Y-%m-%d %H:%M}"
    jobs.enqueue(brand_id=brand_id, kind=REFRESH, key=key, payload={}, at=at, run_after=when)


@handler(REFRESH)
def refresh_state(run: Run) -> None:
    """Bring this machine's copy up to now."""
    # These libraries are large: only who decides in bulk loads them.
    from delivery.clearance.bulk import keeping

    keeping.refresh(run.brand_id, beat=lambda: run.progress(done=0))
