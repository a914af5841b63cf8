"""Releasing what was approved, and watching it go."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audits import queries as audits
from audits.models import Case, CaseState
from campaigns.queries import manifest
from delivery import queries, reasons, services
from delivery.models import Intent, IntentState, Release, ReleaseMode, ReleaseState
from delivery.permissions import MAY_STOP
from delivery.queries import ReasonCount
from kernel import clock
from kernel.errors import DomainError
from people.models import Person
from portal.pages import actor_of, attempt, brand_of, for_roles, fragment, has_role, show
from tenants.models import Integration, IntegrationKind, IntegrationState, Role
from tenants.permissions import MAY_RELEASE

LIST = "admin:delivery_release_changelist"
PAGE = "admin:delivery_release_change"
TEAM = (Role.OWNER, Role.MARKETER)
LIVE = (ReleaseState.CLEARING, ReleaseState.RUNNING)
STEPS = {"go": services.go, "pause": services.pause, "resume": services.resume, "stop": services.stop}
SHOWN = 25


@dataclass(frozen=True)
class Bar:
    """One reason in the chart: how many people, which share of all, and how long its bar is beside the longest."""

    code: str
    sentence: str
    count: int
    share: float
    length: float
    colour: str


@for_roles(*TEAM)
def add(request: HttpRequest) -> HttpResponse:
    """Choose what is released and where it goes; clearing begins at once, delivering does not."""
    brand = brand_of(request)
    approved = [
        case
        for case in Case.objects.filter(brand=brand, state=CaseState.APPROVED)
        .select_related("version__campaign__brand")
        .order_by("-closed_at")
        if audits.approval_holds(case)
    ]
    wanted = request.POST.get("case") or request.GET.get("case", "")
    chosen = next((case for case in approved if str(case.pk) == wanted), approved[0] if len(approved) == 1 else None)
    if request.method == "POST":
        target = Integration.objects.filter(brand=brand, key=request.POST.get("integration", "")).first()
        if chosen is None or target is None:
            messages.error(request, _("Choose a campaign and where it goes."))
        else:
            return _create(request, chosen, target)
    return show(
        request, "portal/releases/add.html", _("New release"), crumbs=_crumbs(), approved=approved, chosen=chosen,
        integrations=_targets(brand.pk, chosen),
        earlier=Release.objects.filter(brand=brand, case=chosen).select_related("integration") if chosen else [],
    )  # fmt: skip


def _create(request: HttpRequest, case: Case, target: Integration) -> HttpResponse:
    try:
        made = services.create_release(case=case, integration=target, by=actor_of(request), at=clock.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(f"{reverse('admin:delivery_release_add')}?case={case.pk}")
    return redirect(PAGE, made.pk)


def _targets(brand_id: UUID, case: Case | None) -> list[tuple[Integration, bool]]:
    """Return the integrations, each with whether the approval allows it and it is active."""
    named = (manifest(case.version)["registration"].get("integrations") or []) if case else []
    found = Integration.objects.filter(brand_id=brand_id).exclude(kind=IntegrationKind.PULL).order_by("name")
    return [(one, one.state == IntegrationState.ACTIVE and (not named or one.key in named)) for one in found]


@require_GET
@for_roles()
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a release: clearance by reason, what was handed over, what may be done now."""
    release = _release(request, pk)
    document = manifest(release.case.version)["registration"]
    title = _("%(name)s to %(where)s") % {"name": release.case.version.campaign.name, "where": release.integration.name}
    return show(
        request, "portal/releases/page.html", title, crumbs=_crumbs(), content=document.get("content") or {},
        asked=_explained(request, release), **_state(request, release),
    )  # fmt: skip


@require_GET
@for_roles()
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the part of the page that changes while the release is cleared and delivered."""
    return fragment(request, "portal/releases/status.html", **_state(request, _release(request, pk)))


@require_POST
@for_roles()
def turn(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """Go, pause, resume or stop; who may not is told so by the service."""
    release = _release(request, pk)
    if (act := STEPS.get(step)) is None:
        raise Http404
    # What runs says so itself, and is done before long: a message above it would outlive what it says.
    done = {"pause": _("Paused."), "stop": _("Stopped for good.")}.get(step, "")
    by, at = actor_of(request), clock.now()
    return attempt(request, lambda: act(release=release, by=by, at=at), done, reverse(PAGE, args=[pk]))


def _release(request: HttpRequest, pk: UUID) -> Release:
    found = Release.objects.select_related("case__version__campaign", "integration")
    return get_object_or_404(found, brand=brand_of(request), pk=pk)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Releases"), reverse(LIST))]


def _state(request: HttpRequest, release: Release) -> dict[str, Any]:
    now = queries.progress(release)
    states = now.by_state
    sent = Intent.objects.filter(brand_id=release.brand_id, release=release, state=IntentState.HANDED_OVER)
    return {
        "release": release,
        "now": now,
        "live": release.state in LIVE,
        "steps": _steps(request, now.steps),
        "figures": [
            *_who(release, now),
            (_("Handed over"), states["handed_over"], "good"),
            (_("Held back at the gate"), states["withheld"], ""),
            (_("To be tried again"), states["waiting"], ""),
            (_("Failed or unknown"), states["failed"] + states["unknown"], "bad"),
        ],
        "cleared_bars": bars(now.cleared_by),
        "withheld_bars": bars(now.withheld_by),
        "errors": queries.errors_of(release, SHOWN),
        "sent": sent.select_related("person").order_by("-settled_at")[:SHOWN],
        "left_alone": (now.audience_size or 0) - states["handed_over"] - states["failed"] - states["unknown"],
        "undecided": _undecided(release),
        "occasions": queries.occasions(release) if release.mode == ReleaseMode.EVENTS else None,
        "may_release": has_role(request, MAY_RELEASE),
    }


def _who(release: Release, now: queries.Progress) -> list[tuple[str, int | None, str]]:
    """The figures of those that a release is for: an audience, or events."""
    if release.mode == ReleaseMode.EVENTS:
        told = queries.occasions(release)
        stopped = sum(one.count for one in told.stopped_by)
        return [(_("Events waiting"), told.waiting, ""), (_("Stopped before"), stopped, "")]
    return [
        (_("In the audience"), now.audience_size, ""),
        (_("Cleared"), now.cleared if now.cleared_by else None, "good"),
    ]


def _undecided(release: Release) -> list[str]:
    """Return what kept the gate from deciding about people, each once: mostly something that can be mended."""
    held = Intent.objects.filter(
        brand_id=release.brand_id, release=release, state=IntentState.WITHHELD, reason="error"
    ).exclude(error="")
    return list(held.order_by("error").values_list("error", flat=True).distinct()[:5])


def _steps(request: HttpRequest, steps: tuple[str, ...]) -> list[str]:
    start = has_role(request, MAY_RELEASE)
    halt = has_role(request, MAY_STOP)
    return [step for step in steps if (start if step in ("go", "resume") else halt)]


def bars(counts: list[ReasonCount]) -> list[Bar]:
    """Return the bars of a chart of reasons."""
    total, longest = sum(one.count for one in counts), max((one.count for one in counts), default=0)
    return [
        Bar(
            one.code,
            one.sentence,
            one.count,
            round(100 * one.count / total, 1),
            round(100 * one.count / longest, 2),
            _colour(one.code),
        )
        for one in counts
    ]


def _colour(code: str) -> str:
    if code == reasons.CLEARED:
        return "lt-bar-good"
    if code == "error":
        return "lt-bar-bad"
    return "lt-bar-doubt" if code in reasons.DEFERRING else ""


def _explained(request: HttpRequest, release: Release) -> dict[str, Any] | None:
    """Return why one person, asked for by number, is reached or not; None where nobody was asked for."""
    number = request.GET.get("person", "").strip().lstrip("#")
    if not number:
        return None
    known = number.isdecimal() and len(number) < 19
    person = Person.objects.filter(brand=brand_of(request), number=int(number)).first() if known else None
    if person is None:
        return {"number": number, "decision": None}
    decision = queries.explain_for(release, person.pk)
    told = [reasons.sentence(found.code) for found in decision.reasons]
    return {"number": number, "person": person, "decision": decision, "told": told}
