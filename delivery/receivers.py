"""What delivery does when a lower room says that something changed: an approval that ended stops its releases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils.translation import gettext as _

from audits.models import Case, CaseState
from audits.signals import case_changed
from delivery.models import Release
from delivery.services import releases
from delivery.services.events import forget_person
from delivery.services.keeping import refresh_soon
from kernel.actors import Actor
from people.signals import person_erased


@receiver(case_changed)
def stop_releases_of_ended_approval(case: Case, at: datetime, **_signal: Any) -> None:
    """Stop whatever still delivers a case that is approved no more; the system stops it, whoever changed what."""
    if case.state == CaseState.APPROVED:
        return
    running = Release.objects.filter(brand_id=case.brand_id, case=case).exclude(state__in=releases.ENDED)
    for release in running.order_by("pk"):
        note = _("The approval ended: %(why)s") % {"why": case.note or case.get_state_display()}
        releases.stop(release=release, by=Actor.system("release"), at=at, note=note)


@receiver(person_erased)
def write_state_anew(brand_id: UUID, at: datetime, **_signal: Any) -> None:
    """What a copy of the decision state still holds of an erased person leaves the disk."""
    refresh_soon(brand_id=brand_id, at=at)


@receiver(person_erased)
def let_go_of_events(brand_id: UUID, person_id: UUID, **_signal: Any) -> None:
    """What partners told of an erased person goes; what waits is stopped when it is due, for she is of no audience."""
    forget_person(brand_id=brand_id, person_id=person_id)
