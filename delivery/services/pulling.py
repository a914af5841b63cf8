"""A partner pulls a cleared audience: each row passes the gate, and stays in flight until the answer has left.

A pull is a release to the partner herself: it has the same gate, the same counts and the same brakes, and the brand
sees, pauses and stops it like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from audits.models import Case
from delivery import approval, gate, messages
from delivery.integrations import Message, Outcome, Result
from delivery.models import Intent, IntentState, Release, ReleaseState
from delivery.permissions import check_may_pull
from delivery.services import releases
from delivery.states import NotInThisState
from kernel import clock, jobs
from kernel.actors import Actor
from kernel.ids import new_id
from kernel.jobs import Run, handler
from kernel.tenancy import brand_context
from people.queries import audience
from tenants.models import Integration, IntegrationKind
from tenants.services import create_integration
from trail.record import record

GIVE_UP = "delivery.give_up"
ANSWER_LEAVES_WITHIN = timedelta(minutes=2)
MOST = 1000
LOOKED_UP_TO = "looked_up_to"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What one pull brings. Call `settle_pull` with the ids of its messages when the answer has left.

    `complete`: everybody was looked at; pull again later for who was deferred.
    """

    release: Release
    messages: Sequence[Message]
    held_back: dict[str, int]
    complete: bool


@transaction.atomic
def pull(*, case: Case, by: Actor, at: datetime, most: int = MOST) -> Pulled:
    """Give the next people of an approved case's audience, at most `most` of them looked at, nobody twice.

    Raises NotPermitted, NotApproved, NotInThisState (the brand paused or stopped it), IntegrationPaused,
    ChannelNotApproved.
    """
    check_may_pull(by, case.brand_id)
    release = _release_for(case, by, at)
    releases.check_integration(release)
    approval.check(release)
    manifest, plan = approval.manifest_of(case), approval.plan_for(case, release.integration)
    people = audience(case.brand_id, manifest.get("audience") or {})
    after = release.counts.get(LOOKED_UP_TO, -1)
    rows = list(people.filter(number__gt=after).values_list("pk", "number")[: max(1, min(most, MOST))])
    release.counts[LOOKED_UP_TO] = rows[-1][1] if rows else -1
    release.batch += 1
    release.save(update_fields=["batch", "counts"])
    permit = gate.Permit(release.sha256, release.batch, at + ANSWER_LEAVES_WITHIN)
    gated = gate.pass_or_withhold(
        release=release, plan=plan, person_ids=[person_id for person_id, _number in rows], permit=permit, at=at
    )
    payload = {"release": str(release.pk), "batch": release.batch}
    key = f"{release.pk}:{release.batch}"
    jobs.enqueue(
        brand_id=case.brand_id, kind=GIVE_UP, key=key, payload=payload, at=at, run_after=at + ANSWER_LEAVES_WITHIN
    )
    told = messages.for_intents(plan, gated.passed)
    return Pulled(release, told, dict(gated.held_back), complete=not rows)


@transaction.atomic
def settle_pull(*, brand_id: UUID, release_id: UUID, handed_over: Sequence[UUID], at: datetime) -> None:
    """Record that the answer with these messages has left."""
    release = releases.lock_by_id(brand_id, release_id)
    results = [Result(message_id, Outcome.HANDED_OVER) for message_id in handed_over]
    gate.settle(release=release, results=results, at=at, repeatable=False)


@handler(GIVE_UP)
def give_up(run: Run) -> None:
    """Settle what an answer that was never confirmed to have left took with it: nobody knows whether it arrived."""
    with brand_context(run.brand_id):
        run.hold()
        release = releases.lock_by_id(run.brand_id, UUID(run.payload["release"]))
        left = Intent.objects.filter(
            brand_id=run.brand_id,
            release=release,
            state=IntentState.IN_FLIGHT,
            permit__batch=run.payload["batch"],
        )
        why = _("The answer may not have arrived.")
        results = [Result(one, Outcome.AGAIN, why, uncertain=True) for one in left.values_list("pk", flat=True)]
        gate.settle(release=release, results=results, at=clock.now(), repeatable=False)


def _release_for(case: Case, by: Actor, at: datetime) -> Release:
    integration = _integration_for(case.brand_id, by, at, case)
    found = Release.objects.filter(brand_id=case.brand_id, case=case, integration=integration).first()
    if found is None:
        found = releases.bound_release(case=case, integration=integration, at=at)
        found.id, found.state, found.started_at = new_id(), ReleaseState.RUNNING, at
        found.save()
        subject = ("release", found.pk)
        details = {"sha256": found.sha256, "integration": integration.key}
        record("release.pulled", brand_id=case.brand_id, subject=subject, by=by, at=at, details=details)
    release = releases.lock(found)
    if release.state != ReleaseState.RUNNING:
        raise NotInThisState(
            _("The release is %(state)s; nothing can be pulled now.") % {"state": release.get_state_display()},
            place="state",
            remedy=_("Ask the brand."),
        )
    return release


def _integration_for(brand_id: UUID, by: Actor, at: datetime, case: Case) -> Integration:
    key = f"pull-{str(by.id or by.label)[-36:]}"[:60]
    # One row to lock, so that two first pulls at once make one integration.
    Case.objects.select_for_update(no_key=True).get(brand_id=brand_id, pk=case.pk)
    found = Integration.objects.filter(brand_id=brand_id, key=key).first()
    if found is not None:
        return found
    name = _("Pulled by %(name)s") % {"name": by.label}
    return create_integration(
        brand=case.brand, key=key, name=name, kind=IntegrationKind.PULL, config={}, credentials={}, by=by, at=at
    )
