"""How far the demo is loaded."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from kernel.models import Job, JobState

KIND = "portal.demo"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one brand's demo is: `done` of `total` people and campaigns, what it is doing, how it failed if so."""

    done: int
    total: int
    doing: str
    failed: str = ""

    @property
    def percent(self) -> int:
        """The share that is done, from 0 to 100."""
        return 100 * self.done // self.total if self.total else 0


def progress(brand_id: UUID) -> Progress | None:
    """Return how far the demo of a brand is, or None where it is whole or there is none. Needs the brand's context."""
    job = Job.objects.filter(brand_id=brand_id, kind=KIND).exclude(state=JobState.DONE).first()
    if job is None:
        return None
    doing = str(job.report.get("doing") or _("Waiting for a worker"))
    failed = job.error if job.state == JobState.FAILED else ""
    return Progress(job.done, job.total or 0, doing, failed)
