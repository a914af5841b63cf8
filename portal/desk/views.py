"""The page of a case: progress of its check, then its verdict and the decision on it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audits import findings, permissions, queries, services
from audits.models import Case, CaseState, Decision, DecisionKind
from campaigns.permissions import may_edit
from campaigns.queries import manifest
from delivery.models import Release
from kernel import clock
from kernel.errors import DomainError, NotPermitted
from portal import answers
from portal.desk.measured import beside_declared
from portal.inherited import from_sources
from portal.pages import actor_of, attempt, brand_of, for_roles, fragment, has_role, show
from portal.verdicts import REASON, panel
from tenants.models import Role
from tenants.permissions import MAY_RELEASE
from trail.models import Entry

PAGE = "admin:audits_case_change"


@require_GET
@for_roles()
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a case."""
    return _page(request, _case(request, pk))


@require_GET
@for_roles()
def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far the check is, for the script that asks again until it is done."""
    case = _case(request, pk)
    return fragment(request, "portal/desk/progress.html", case=case, progress=queries.progress_of(case))


@require_POST
@for_roles()
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide on a case as the page showed it."""
    case = _case(request, pk)
    case.sha256 = request.POST.get("sha256", "")
    reasons = {name.removeprefix(REASON): str(text) for name, text in request.POST.items() if name.startswith(REASON)}
    try:
        decision = services.decide(
            case=case,
            kind=request.POST.get("kind", ""),
            reason=request.POST.get("reason", ""),
            reasons=reasons,
            by=actor_of(request),
            at=clock.now(),
        )
    except DomainError as error:
        messages.error(request, str(error))
        # Her words stay on the page: nothing that an officer wrote is lost to a refusal.
        return _page(request, _case(request, pk), status=422)
    messages.success(request, _("Decided: %(what)s.") % {"what": decision.get_kind_display()})
    return redirect(PAGE, pk)


@require_POST
@for_roles()
def recheck(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have a failed check done again."""
    case = _case(request, pk)
    then = reverse(PAGE, args=[pk])
    return attempt(
        request,
        lambda: services.recheck(case=case, by=actor_of(request), at=clock.now()),
        _("It is being checked again."),
        then,
    )


@require_POST
@for_roles()
def void(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an approval back, or end a review."""
    case = _case(request, pk)
    note = request.POST.get("note", "").strip() or _("Ended by %(who)s.") % {"who": request.user}
    then = reverse(PAGE, args=[pk])
    return attempt(
        request,
        lambda: services.void(case=case, note=note, by=actor_of(request), at=clock.now()),
        _("It holds no more."),
        then,
    )


def _case(request: HttpRequest, pk: UUID) -> Case:
    found = Case.objects.select_related("version__campaign__brand", "submitted_by")
    return get_object_or_404(found, brand=brand_of(request), pk=pk)


def _page(request: HttpRequest, case: Case, status: int = 200) -> HttpResponse:
    campaign = case.version.campaign
    frozen = manifest(case.version)
    document = frozen["registration"]
    context: dict[str, Any] = {
        "case": case,
        "campaign": campaign,
        "progress": queries.progress_of(case),
        "panel": panel(case.verdict),
        "measured": beside_declared(case, document),
        "decisions": Decision.objects.filter(brand=case.brand, case=case)
        .select_related("officer")
        .order_by("-decided_at"),
        "declared": _declared(document),
        "inherited": from_sources(document, case.verdict),
        "form_link": reverse("admin:campaigns_campaign_change", args=[campaign.pk]),
        "source_link": reverse("admin:source_by_key"),
        "document": document,
        "audience": frozen["audience"],
        "sources": frozen["sources"],
        "lapsed": queries.why_no_approval(case) if case.state == CaseState.APPROVED else "",
        "releases": Release.objects.filter(brand=case.brand, case=case).select_related("integration"),
        "may_release": has_role(request, MAY_RELEASE),
        "may_edit": may_edit(actor_of(request), campaign),
        "may_void": case.state in (CaseState.APPROVED, CaseState.IN_REVIEW)
        and permissions.may_void(actor_of(request), case),
        "entries": Entry.objects.filter(brand_id=case.brand_id, subject_id__in=[case.pk, campaign.pk]).order_by("-id")[
            :30
        ],
        **_decision(request, case),
    }
    crumbs = [(_("Reviews"), reverse("admin:audits_case_changelist"))]
    title = _("%(name)s, version %(n)d") % {"name": campaign.name, "n": case.version.number}
    return show(request, "portal/desk/case.html", title, status=status, crumbs=crumbs, **context)


def _decision(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what the decision form needs, or the sentence why there is none."""
    if case.state != CaseState.IN_REVIEW:
        return {"deciding": False}
    try:
        permissions.check_may_decide(actor_of(request), case)
    except NotPermitted as error:
        return {"deciding": False, "why_not": str(error) if has_role(request, {Role.OFFICER}) else _not_an_officer()}
    return {
        "deciding": True,
        "kinds": DecisionKind.choices,
        "blocked": findings.can_verdict(case.verdict) not in ("clear", "needs_human"),
        "heavy": findings.LIGHT_TOUCH if findings.is_heavy(case.verdict) else "",
        "heavy_field": REASON + findings.LIGHT_TOUCH,
        "typed": request.POST,
    }


def _not_an_officer() -> str:
    return _("A compliance officer decides; nobody decides on their own work.")


def _declared(document: dict[str, Any]) -> list[tuple[str, list[tuple[str, tuple[answers.Group, ...]]]]]:
    """Return what was submitted, section by section, answered questions only."""
    campaign = [("", _answered("campaign", document.get("campaign") or {}))]
    sources = [(str(one.get("name") or one["key"]), _answered("source", one)) for one in document.get("sources") or []]
    return [(_("Campaign"), campaign), (_("Data sources"), sources)]


def _answered(section: str, facts: dict[str, Any]) -> tuple[answers.Group, ...]:
    return tuple(group for group in answers.groups(section, facts) if group.answered)
