"""What delivery does when a lower room says that something changed: an approval that ended stops its releases."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from audits.models import Case, CaseState
from audits.signals import case_changed
from delivery.models import Release
from delivery.services import releases
from kernel.actors import Actor


@receiver(case_changed)
def stop_releases_of_ended_approval(case: Case, at: datetime, **_signal: Any) -> None:
    """Stop whatever still delivers a case that is approved no more; the system stops it, whoever changed what."""
    if case.state == CaseState.APPROVED:
        return
    running = Release.objects.filter(brand_id=case.brand_id, case=case).exclude(state__in=releases.ENDED)
    for release in running.order_by("pk"):
        note = _("The approval ended: %(why)s") % {"why": case.note or case.get_state_display()}
        releases.stop(release=release, by=Actor.system("release"), at=at, note=note)
