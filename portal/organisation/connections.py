"""What a brand is connected to: the systems it delivers to, and the partners that come by REST."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from oauth2_provider.models import get_access_token_model

from campaigns.models import Campaign
from delivery.integrations.webhook.signing import new_secret
from delivery.models import Release
from kernel import clock, egress
from kernel.errors import DomainError
from portal.pages import actor_of, attempt, brand_of, for_roles, has_role, show
from tenants import services
from tenants.models import ApiClient, Brand, Integration, IntegrationKind, IntegrationState, Role

INTEGRATIONS = "admin:tenants_integration_changelist"
CLIENTS = "admin:tenants_apiclient_changelist"
TEAM = (Role.OWNER, Role.MARKETER)
LONGEST_KEY = 50


@for_roles(*TEAM)
def add_integration(request: HttpRequest) -> HttpResponse:
    """Set up a system to deliver to; a webhook's secret is made here and shown this once."""
    if request.method != "POST":
        return _integration_form(request)
    name, kind = request.POST.get("name", "").strip(), request.POST.get("kind", "")
    url = request.POST.get("url", "").strip()
    if not name or len(name) > 120:
        return _integration_form(request, {"name": _("It needs a name of at most 120 characters.")})
    if kind not in IntegrationKind.values:
        return _integration_form(request, {"kind": _("Choose what it is.")})
    if kind == IntegrationKind.WEBHOOK and (error := _unusable(url)):
        return _integration_form(request, {"url": error})
    webhook = kind == IntegrationKind.WEBHOOK
    secret = new_secret() if webhook else ""
    made = services.create_integration(
        brand=brand_of(request),
        key=_free_key(brand_of(request), name),
        name=name,
        kind=kind,
        config={"url": url} if webhook else {},
        credentials={"secret": secret} if webhook else {},
        by=actor_of(request),
        at=clock.now(),
    )
    messages.success(request, _("“%(name)s” is set up.") % {"name": name})
    if not secret:
        return redirect("admin:tenants_integration_change", made.pk)
    return show(
        request, "portal/organisation/secret.html", name, crumbs=_crumbs_integrations(), secret=secret,
        told=_("Messages are signed with this secret (Standard Webhooks). Whoever runs the address checks with it that"
               " a message comes from here."),
        then=reverse("admin:tenants_integration_change", args=[made.pk]),
    )  # fmt: skip


@for_roles()
def integration(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an integration and what was released to it."""
    one = get_object_or_404(Integration, brand=brand_of(request), pk=pk)
    return show(
        request, "portal/organisation/integration.html", one.name, crumbs=_crumbs_integrations(), one=one,
        url=one.config.get("url", ""), may_edit=has_role(request, TEAM),
        campaigns=Campaign.objects.filter(brand=one.brand, integrations__contains=[one.key]).order_by("name"),
        releases=Release.objects.filter(brand=one.brand, integration=one)
        .select_related("case__version__campaign").order_by("-created_at")[:20],
    )  # fmt: skip


@require_POST
@for_roles(*TEAM)
def turn_integration(request: HttpRequest, pk: UUID, state: str) -> HttpResponse:
    """Pause an integration, or take it up again."""
    one = get_object_or_404(Integration, brand=brand_of(request), pk=pk)
    wanted = IntegrationState.ACTIVE if state == "active" else IntegrationState.PAUSED
    by, at = actor_of(request), clock.now()
    return attempt(
        request,
        lambda: services.set_integration_state(integration=one, state=wanted, by=by, at=at),
        _("Paused.") if wanted is IntegrationState.PAUSED else _("Taken up again."),
        reverse("admin:tenants_integration_change", args=[pk]),
    )


@for_roles(Role.OWNER)
def add_client(request: HttpRequest) -> HttpResponse:
    """Create a partner's API client; its secret is shown this once."""
    name, scopes = (
        request.POST.get("name", "").strip(),
        [one for one in request.POST.getlist("scopes") if one in _scopes()],
    )
    if request.method != "POST":
        return _client_form(request)
    if not name or len(name) > 120 or not scopes:
        return _client_form(request, _("It needs a name, and something it may do."))
    by, at = actor_of(request), clock.now()
    client, secret = services.create_client(brand=brand_of(request), name=name, scopes=" ".join(scopes), by=by, at=at)
    return show(
        request, "portal/organisation/secret.html", name, crumbs=[(_("API clients"), reverse(CLIENTS))],
        client_id=client.client_id, secret=secret, then=reverse(CLIENTS),
        told=_("With both of these the partner gets tokens from %(address)s (OAuth 2.0 client credentials).")
        % {"address": request.build_absolute_uri(reverse("oauth-token"))},
    )  # fmt: skip


@for_roles(Role.OWNER)
def client(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an API client: never its secret, which nobody has any more."""
    one = get_object_or_404(ApiClient, brand=brand_of(request), pk=pk)
    last = get_access_token_model().objects.filter(application=one).order_by("-created").first()
    return show(
        request, "portal/organisation/client.html", str(one.name), crumbs=[(_("API clients"), reverse(CLIENTS))],
        one=one, may=[(scope, _scopes().get(scope, scope)) for scope in one.scopes.split()], last=last,
    )  # fmt: skip


def _scopes() -> dict[str, str]:
    return {
        "register": _("Register campaigns and data sources, submit them and read their verdicts"),
        "consent": _("Post consent events and ask decisions"),
        "audience": _("Pull cleared audiences"),
    }


def _unusable(url: str) -> str:
    try:
        egress.read_url(url)
    except DomainError as error:
        return str(error)
    return ""


def _free_key(brand: Brand, name: str) -> str:
    stem = slugify(name)[:LONGEST_KEY] or "integration"
    taken = set(Integration.objects.filter(brand=brand, key__startswith=stem).values_list("key", flat=True))
    return next(key for n in range(1, len(taken) + 3) if (key := stem if n == 1 else f"{stem}-{n}") not in taken)


def _crumbs_integrations() -> list[tuple[str, str]]:
    return [(_("Integrations"), reverse(INTEGRATIONS))]


def _integration_form(request: HttpRequest, errors: dict[str, str] | None = None) -> HttpResponse:
    return show(
        request, "portal/organisation/add_integration.html", _("Add an integration"), status=422 if errors else 200,
        crumbs=_crumbs_integrations(), kinds=IntegrationKind.choices, typed=request.POST, errors=errors or {},
    )  # fmt: skip


def _client_form(request: HttpRequest, error: str = "") -> HttpResponse:
    return show(
        request, "portal/organisation/add_client.html", _("Create an API client"), status=422 if error else 200,
        crumbs=[(_("API clients"), reverse(CLIENTS))], scopes=_scopes().items(), typed=request.POST, error=error,
    )  # fmt: skip
