"""The home of each role, the choice of a brand, and the search."""

from typing import Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from unfold.dataclasses import SearchResult

from campaigns.models import Campaign
from portal.demo import queries as demo
from portal.home import overview, queries
from portal.pages import brand_of, for_roles, fragment, has_role, show
from sources.models import DataSource
from tenants.middleware import choose_brand
from tenants.models import Role

FOUND = 20


def landing(request: HttpRequest) -> HttpResponse:
    """Lead from the root to the home, which asks strangers to log in."""
    return redirect("admin:index")


def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for this user in her role."""
    brand = getattr(request, "brand", None)
    context: dict[str, Any] = {}
    if brand is None:
        sections = queries.for_operator() if request.user.is_superuser else []
    elif has_role(request, {Role.OFFICER}):
        sections = queries.for_officer(brand, request.user)  # type: ignore[arg-type]
    else:
        sections = queries.for_team(brand)
        context["first_steps"] = overview.first_steps(brand)
    if brand is not None:
        context["figures"] = overview.figures(brand.pk)
        context["progress"] = demo.progress(brand.pk)
    context["waiting"] = sum(len(section.items) for section in sections if section.hot)
    return show(request, "portal/home.html", _("Home"), sections=sections, **context)


@require_GET
@for_roles()
def loading(request: HttpRequest) -> HttpResponse:
    """Show how far the demo is loaded, for the script that asks again until it is whole."""
    return fragment(request, "portal/parts/loading.html", progress=demo.progress(brand_of(request).pk))


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Work for another of the user's own brands from now on."""
    wanted = request.POST.get("brand", "")
    mine = next((one for one in request.memberships if str(one.brand_id) == wanted), None)  # type: ignore[attr-defined]
    if mine is None:
        messages.error(request, _("You do not work for that brand."))
    else:
        choose_brand(request, mine.brand)
    return redirect("admin:index")


def search(request: HttpRequest) -> TemplateResponse | HttpResponse:
    """Find campaigns, data sources and pages by their name. Nothing is cached: the next may be another brand's."""
    words = request.GET.get("s", "").strip()
    if not words:
        return HttpResponse()
    results = _pages(request, words)
    if getattr(request, "brand", None) is not None:
        results += _rows(request, words)
    context = {"results": results, "page_obj": Paginator(results, 100), "page_counter": 0, "execution_time": 0}
    return TemplateResponse(request, "unfold/helpers/command_results.html", context, headers={"HX-Trigger": "search"})


def _pages(request: HttpRequest, words: str) -> list[SearchResult]:
    links = [item for group in admin.site.get_sidebar_list(request) for item in group["items"]]  # type: ignore[attr-defined]
    return [
        SearchResult(title=item["title"], description=_("Page"), link=item["link"], icon=item["icon"])
        for item in links
        if words.lower() in item["title"].lower()
    ]


def _rows(request: HttpRequest, words: str) -> list[SearchResult]:
    found: list[SearchResult] = []
    kinds: list[tuple[Any, str, str]] = [
        (Campaign, _("Campaign"), "campaign"),
        (DataSource, _("Data source"), "database"),
    ]
    for model, word, icon in kinds:
        address = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        rows = model.objects.filter(brand_id=request.brand.pk, name__icontains=words).order_by("name")  # type: ignore[attr-defined]
        found += [
            SearchResult(title=row.name, description=word, link=reverse(address, args=[row.pk]), icon=icon)
            for row in rows[:FOUND]
        ]
    return found
