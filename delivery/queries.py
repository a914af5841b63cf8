"""Reads of delivery that others may use. All of them need the brand's context."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from audits import queries as audits
from audits.models import Case
from delivery import approval, reasons
from delivery.clearance import Found, Plan, Verdict, decide, facts_of
from delivery.counting import BUCKETS, CLEARED_BY, WITHHELD_BY
from delivery.models import EventState, Intent, IntentState, Release, ReleaseMode, ReleaseState, TriggerEvent
from delivery.states import RELEASE
from kernel import clock
from kernel.models import Job, JobState
from people.models import Person
from tenants.models import Integration


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many people have one reason."""

    code: str
    sentence: str
    count: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a release stands, for its page: all from one row (and its job's), nothing aggregated.

    `cleared_by` tells the clearance by reason, in order of precedence after `cleared`; `withheld_by` whom the gate held
    back later; `by_state` the hand-overs; `done` of `total` is what the running job has looked at; `steps` what may be
    done now; `started_for` how many seconds it has been running.
    """

    release: Release
    audience_size: int | None
    cleared: int
    cleared_by: list[ReasonCount]
    withheld_by: list[ReasonCount]
    by_state: dict[str, int]
    done: int
    total: int
    steps: tuple[str, ...]
    ended: bool


def progress(release: Release) -> Progress:
    """Return the live counts of a release."""
    cleared_by = release.counts.get(CLEARED_BY, {})
    by_state = {name: release.counts.get(name, 0) for name in BUCKETS}
    done, total = _done(release, cleared_by, by_state)
    return Progress(
        release=release,
        audience_size=release.audience_size,
        cleared=cleared_by.get(reasons.CLEARED, 0),
        cleared_by=by_reason(cleared_by),
        withheld_by=by_reason(release.counts.get(WITHHELD_BY, {})),
        by_state=by_state,
        done=done,
        total=total,
        steps=tuple(step for step in RELEASE[ReleaseState(release.state)] if step in BY_HAND),
        ended=not RELEASE[ReleaseState(release.state)],
    )


BY_HAND = ("go", "pause", "resume", "stop")
"""What somebody can do to a release; the other steps it does by itself."""


def _done(release: Release, cleared_by: Mapping[str, int], by_state: Mapping[str, int]) -> tuple[int, int]:
    if release.state == ReleaseState.CLEARING:
        jobs = Job.objects.filter(brand_id=release.brand_id, kind="delivery.clear", key=str(release.pk))
        total = jobs.values_list("total", flat=True).first()
        return sum(cleared_by.values()), total or 0
    settled = sum(count for name, count in by_state.items() if name not in ("in_flight", "waiting"))
    deferred = sum(cleared_by.get(code, 0) for code in reasons.DEFERRING)
    known = cleared_by.get(reasons.CLEARED, 0) + deferred
    return settled, max(known, sum(by_state.values()))


def by_reason(counts: Mapping[str, int]) -> list[ReasonCount]:
    """Return counts by reason, `cleared` first, then in order of precedence; reasons nobody has are left out."""
    order = [reasons.CLEARED, *reasons.ORDER]
    return [ReasonCount(code, reasons.sentence(code), counts[code]) for code in order if counts.get(code)]


@dataclass(frozen=True, slots=True)
class Occasions:
    """The events of a release: how many wait and when the next is due, what stopped some, how many ended with it."""

    waiting: int
    next_due: datetime | None
    stopped_by: list[ReasonCount]
    expired: int
    noted: int


STOPS = {
    "purchase": _("The person bought."),
    "refusal": _("The person said no."),
    "complaint": _("The person complained."),
    "life_event_change": _("The person's life changed."),
    "left_audience": _("The person is not of the approved audience any more."),
}


def occasions(release: Release) -> Occasions:
    """Return where the events of a release stand: maintained counts, and one look at the next that is due."""
    counts, stopped = release.counts.get("events", {}), release.counts.get("stopped_by", {})
    rows = TriggerEvent.objects.filter(brand_id=release.brand_id, release=release, state=EventState.WAITING)
    return Occasions(
        waiting=counts.get("waiting", 0),
        next_due=rows.order_by("due_at").values_list("due_at", flat=True).first(),
        stopped_by=[ReasonCount(code, str(says), stopped[code]) for code, says in STOPS.items() if stopped.get(code)],
        expired=counts.get("expired", 0),
        noted=counts.get("noted", 0),
    )


def releases(brand_id: UUID) -> list[Release]:
    """Return the brand's releases with their campaign and integration, the newest first."""
    rows = Release.objects.filter(brand_id=brand_id).select_related("case__version__campaign", "integration")
    return list(rows.order_by("-created_at", "-pk"))


def errors_of(release: Release, most: int = 50) -> list[Intent]:
    """Return hand-overs that failed, wait to be tried again or ended unknown, the newest first."""
    rows = Intent.objects.filter(
        brand_id=release.brand_id, release=release, state__in=[IntentState.FAILED, IntentState.UNKNOWN]
    )
    return list(rows.select_related("person").order_by("-settled_at")[:most])


def reached(brand_id: UUID, person_id: UUID, most: int = 50) -> list[Intent]:
    """Return what was, or may have been, handed over about a person, the newest first: for her own page."""
    rows = Intent.objects.filter(
        brand_id=brand_id,
        person_id=person_id,
        state__in=[IntentState.IN_FLIGHT, IntentState.HANDED_OVER, IntentState.UNKNOWN, IntentState.WITHHELD],
    )
    return list(rows.select_related("release__case__version__campaign", "release__integration").order_by("-pk")[:most])


def events_about(brand_id: UUID, person_id: UUID) -> list[TriggerEvent]:
    """Return what partners posted of a person, the oldest first: for her own copy."""
    rows = TriggerEvent.objects.filter(brand_id=brand_id, person=person_id)
    return list(rows.select_related("release__case__version__campaign").order_by("happened_at", "pk"))


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether one person may be reached now by what was approved, and everything that stands against it."""

    cleared: bool
    reason: str
    sentence: str
    reasons: tuple[Found, ...]
    until: datetime | None


def ask(
    *, person: Person, case: Case | None, integration: Integration | None = None, at: datetime | None = None
) -> Decision:
    """Decide about one person and one approved case, as the gate would at this moment; nothing is handed over.

    Raises NotApproved where the approval does not hold.
    """
    if case is None or not audits.approval_holds(case):
        why = audits.why_no_approval(case) if case is not None else "It is not approved."
        raise approval.NotApproved(why, place="campaign")
    return explain(approval.plan_for(case, integration), person.pk, at or clock.now())


def explain(plan: Plan, person_id: UUID, at: datetime, event_at: datetime | None = None) -> Decision:
    """Return the decision on one person with all reasons. Somebody who is not known here is an `error`.

    `event_at` is when that happened to her which sets the message off.
    """
    facts = facts_of(plan, [person_id], at, {person_id: event_at} if event_at else None).get(person_id)
    verdict = decide(plan, facts, at) if facts is not None else Verdict((Found("error"),))
    return Decision(verdict.cleared, verdict.reason, reasons.sentence(verdict.reason), verdict.found, verdict.until)


def explain_for(release: Release, person_id: UUID, at: datetime | None = None) -> Decision:
    """Return what stands against reaching a person in a release, decided now; by her last event where it needs one."""
    event_at = None
    if release.mode == ReleaseMode.EVENTS:
        events = TriggerEvent.objects.filter(brand_id=release.brand_id, release=release, person=person_id)
        set_off = events.exclude(state=EventState.NOTED).order_by("-happened_at")
        event_at = set_off.values_list("happened_at", flat=True).first()
    return explain(approval.plan_for(release.case, release.integration), person_id, at or clock.now(), event_at)


def is_working(release: Release) -> bool:
    """Say whether a job of the release is waiting or running."""
    open_states = [JobState.WAITING, JobState.RUNNING]
    return Job.objects.filter(
        brand_id=release.brand_id, kind__startswith="delivery.", payload__release=str(release.pk), state__in=open_states
    ).exists()


__all__: list[Any] = [
    "Decision",
    "Progress",
    "ReasonCount",
    "ask",
    "by_reason",
    "errors_of",
    "events_about",
    "explain",
    "explain_for",
    "is_working",
    "occasions",
    "progress",
    "reached",
    "releases",
]
