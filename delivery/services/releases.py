"""A release's life: asked for, cleared, started, held, stopped."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.models import Case
from delivery import approval
from delivery.approval import NotApproved
from delivery.clearance.plan import PLANNED_TRIGGERS
from delivery.models import Release, ReleaseMode, ReleaseState
from delivery.permissions import check_may_release, check_may_stop
from delivery.services import waiting
from delivery.states import RELEASE, after
from kernel import jobs
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.ids import new_id
from people.purposes import UnknownPurpose
from tenants.models import Integration, IntegrationState
from trail.record import record

CLEAR, RUN = "delivery.clear", "delivery.run"
PULLED_KINDS = frozenset({"pull"})
ENDED = frozenset(state for state, steps in RELEASE.items() if not steps)


class IntegrationPaused(DomainError):
    """The integration stands still."""

    code = "integration_paused"


class IntegrationNotApproved(DomainError):
    """The approval names the integrations it is for, and this is none of them."""

    code = "integration_not_approved"


class AlreadyReleased(DomainError):
    """Another release of the campaign takes its events."""

    code = "already_released"


class ChannelNotApproved(DomainError):
    """The integration serves no channel that was approved."""

    code = "channel_not_approved"


@transaction.atomic
def create_release(*, case: Case, integration: Integration, by: Actor, at: datetime) -> Release:
    """Ask for the delivery of an approved case to an integration; its audience is cleared in the background.

    Where events set the messages off there is no audience to clear: the release is ready at once. The release is bound
    to the fingerprint that was approved. Raises NotPermitted, NotApproved, IntegrationPaused, IntegrationNotApproved,
    ChannelNotApproved, AlreadyReleased.
    """
    check_may_release(by, case.brand_id)
    release = bound_release(case=case, integration=integration, at=at)
    release.mode = _mode_of(case)
    by_events = release.mode == ReleaseMode.EVENTS
    if by_events:
        _check_first(case)
        release.state = ReleaseState.READY
    release.save()
    told = {"sha256": release.sha256, "integration": integration.key, **({"mode": "events"} if by_events else {})}
    _tell("release.created", release, by, at, told)
    if by_events:
        return release
    payload = {"release": str(release.pk)}
    jobs.enqueue(brand_id=release.brand_id, kind=CLEAR, key=str(release.pk), payload=payload, at=at)
    return release


def _mode_of(case: Case) -> ReleaseMode:
    kind = (approval.manifest_of(case)["registration"]["campaign"].get("trigger") or {}).get("kind")
    return ReleaseMode.AUDIENCE if kind is None or kind in PLANNED_TRIGGERS else ReleaseMode.EVENTS


def _check_first(case: Case) -> None:
    """One release at a time takes a campaign's events, or one event would set off several messages."""
    campaign_id = case.version.campaign_id
    # One row to lock, so that two who ask at once make one release.
    Case.objects.select_for_update(no_key=True).get(brand_id=case.brand_id, pk=case.pk)
    others = Release.objects.filter(
        brand_id=case.brand_id, case__version__campaign_id=campaign_id, mode=ReleaseMode.EVENTS
    )
    if others.exclude(state__in=ENDED).exists():
        raise AlreadyReleased(
            _("Another release of this campaign takes its events."), place="case", remedy=_("Stop that one first.")
        )


def bound_release(*, case: Case, integration: Integration, at: datetime) -> Release:
    """Return a release, not saved yet, bound to what was approved. Raises as `create_release` does."""
    release = Release(
        id=new_id(), brand_id=case.brand_id, case=case, integration=integration, sha256=case.sha256, created_at=at
    )
    approval.check(release)
    check_integration(release)
    manifest = approval.manifest_of(case)
    named = manifest["registration"].get("integrations") or []
    if named and integration.key not in named and integration.kind not in PULLED_KINDS:
        raise IntegrationNotApproved(
            _("The approval is for %(named)s, not for “%(name)s”.")
            % {"named": ", ".join(named), "name": integration.name},
            place="integration",
            remedy=_("Choose one of these, or change the campaign and submit it again."),
        )
    try:
        approval.plan_from(manifest, case.brand_id, case.version.campaign_id, integration)
    except (ValueError, UnknownPurpose) as error:
        raise ChannelNotApproved(
            _("“%(name)s” serves no channel that was approved.") % {"name": integration.name}, place="integration"
        ) from error
    return release


@transaction.atomic
def go(*, release: Release, by: Actor, at: datetime) -> Release:
    """Start delivering a release that is ready. Raises NotPermitted, NotInThisState, NotApproved, IntegrationPaused."""
    check_may_release(by, release.brand_id)
    return _start(release, "go", by, at, started_at=at)


@transaction.atomic
def resume(*, release: Release, by: Actor, at: datetime) -> Release:
    """Go on with a release that was paused. Raises as `go` does."""
    check_may_release(by, release.brand_id)
    return _start(release, "resume", by, at)


@transaction.atomic
def pause(*, release: Release, by: Actor, at: datetime, note: str = "") -> Release:
    """Hold a running release; what is in flight is settled. Raises NotPermitted, NotInThisState."""
    check_may_stop(by, release.brand_id)
    return _turn(lock(release), "pause", by, at, note=note, runner=None)


@transaction.atomic
def stop(*, release: Release, by: Actor, at: datetime, note: str = "") -> Release:
    """End a release for good; what is in flight is settled. Raises NotPermitted, NotInThisState."""
    check_may_stop(by, release.brand_id)
    return _turn(lock(release), "stop", by, at, note=note, runner=None, finished_at=at)


@transaction.atomic
def ready(*, release: Release, audience_size: int, by: Actor, at: datetime) -> Release:
    """Say that everybody of the audience was cleared or got a reason."""
    return _turn(lock(release), "clear", by, at, audience_size=audience_size)


@transaction.atomic
def finish(*, release: Release, by: Actor, at: datetime) -> Release:
    """Say that nothing is left to do."""
    return _turn(lock(release), "finish", by, at, runner=None, finished_at=at)


@transaction.atomic
def fail(*, release: Release, note: str, by: Actor, at: datetime) -> Release:
    """Say that the release cannot go on, and why."""
    return _turn(lock(release), "fail", by, at, note=note, runner=None, finished_at=at)


@transaction.atomic
def rest(*, release: Release) -> None:
    """Say that no run of a running release is promised: whoever brings work promises one."""
    Release.objects.filter(brand_id=release.brand_id, pk=release.pk).update(runner=None)


@transaction.atomic
def run_again(*, release: Release, at: datetime, when: datetime) -> None:
    """Promise the next run of a running release, for `when`."""
    job = jobs.enqueue(
        brand_id=release.brand_id,
        kind=RUN,
        key=f"{release.pk}:{new_id()}",
        payload={"release": str(release.pk)},
        at=at,
        run_after=when,
    )
    Release.objects.filter(brand_id=release.brand_id, pk=release.pk).update(runner=job.pk)


def lock(release: Release) -> Release:
    """Return the release, locked for the running transaction, as it stands now."""
    return lock_by_id(release.brand_id, release.pk)


def lock_by_id(brand_id: UUID, release_id: UUID) -> Release:
    """Return the release with its case, version and integration; its row is locked for the running transaction."""
    rows = Release.objects.select_related("case__version", "integration").select_for_update(no_key=True, of=("self",))
    return rows.get(brand_id=brand_id, pk=release_id)


def check_integration(release: Release) -> None:
    """Raise IntegrationPaused unless the integration is active."""
    now = Integration.objects.filter(brand_id=release.brand_id, pk=release.integration_id).first()
    if now is None or now.state != IntegrationState.ACTIVE:
        raise IntegrationPaused(
            _("The integration “%(name)s” is paused.") % {"name": release.integration.name},
            place="integration",
            remedy=_("Take the integration up again."),
        )


def _start(release: Release, step: str, by: Actor, at: datetime, **changes: Any) -> Release:
    release = lock(release)
    after(release.state, step)
    approval.check(release)
    check_integration(release)
    release = _turn(release, step, by, at, note="", **changes)
    if release.integration.kind not in PULLED_KINDS:
        run_again(release=release, at=at, when=at)
    return release


def _turn(release: Release, step: str, by: Actor, at: datetime, **changes: Any) -> Release:
    """Bring a locked release to where the step leads, with an entry in the trail. Raises NotInThisState."""
    release.state = after(release.state, step)
    for name, value in changes.items():
        setattr(release, name, value)
    release.save(update_fields=["state", *changes])
    if release.mode == ReleaseMode.EVENTS and release.state in ENDED:
        waiting.expire(release, at)
    told = {name: release.counts.get(name, 0) for name in ("handed_over", "withheld", "failed", "unknown")}
    details = {"state": release.state, "counts": told, "note": changes.get("note", "")}
    if release.mode == ReleaseMode.EVENTS:
        details["events"] = release.counts.get(waiting.EVENTS, {})
    if step == "clear":
        details["cleared_by"] = release.counts.get("cleared_by", {})
    _tell(f"release.{VERBS[step]}", release, by, at, details)
    return release


VERBS = {
    "clear": "cleared",
    "go": "started",
    "pause": "paused",
    "resume": "resumed",
    "stop": "stopped",
    "finish": "finished",
    "fail": "failed",
}


def _tell(verb: str, release: Release, by: Actor, at: datetime, details: dict[str, Any]) -> None:
    subject = ("release", release.pk)
    record(verb, brand_id=release.brand_id, subject=subject, by=by, at=at, details=details)


__all__ = ["NotApproved", "create_release", "go", "pause", "resume", "stop"]
