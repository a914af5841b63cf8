"""What stands beside every page: the brand, and where each role can go."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.models import Role

EVERYBODY = frozenset(Role)
TEAM = frozenset({Role.OWNER, Role.MARKETER})
OWNER = frozenset({Role.OWNER})

Entry = tuple[str, str, str, frozenset[Role]]


def header(request: HttpRequest) -> str:
    """Return the name at the top: the brand's, or the product's."""
    brand = getattr(request, "brand", None)
    return str(brand.name) if brand else "Lighttouch"


def subheader(request: HttpRequest) -> str:
    """Return what the user is here."""
    role = getattr(request, "role", None)
    if role:
        return str(Role(role).label)
    return _("Operator") if request.user.is_authenticated else ""


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the groups of links for the request's user (unfold's SIDEBAR.navigation)."""
    role = getattr(request, "role", None)
    groups: list[tuple[str, list[Entry]]] = _groups() if role else []
    found = [
        {
            "title": title,
            "separator": bool(title),
            "items": [
                {"title": name, "icon": icon, "link": link} for name, icon, link, roles in entries if role in roles
            ],
        }
        for title, entries in groups
    ]
    if request.user.is_superuser:
        found.append({"title": _("Installation"), "separator": True, "items": _for_operators(bool(role))})
    return [group for group in found if group["items"]]


def _groups() -> list[tuple[str, list[Entry]]]:
    def to(name: str) -> str:
        return reverse(f"admin:{name}_changelist")

    return [
        (
            "",
            [
                (_("Home"), "home", reverse("admin:index"), EVERYBODY),
                (_("Campaigns"), "campaign", to("campaigns_campaign"), EVERYBODY),
                (_("Reviews"), "fact_check", to("audits_case"), EVERYBODY),
                (_("Light touch"), "touch_app", reverse("admin:light_touch"), EVERYBODY),
                (_("Rule packs"), "gavel", reverse("admin:rule_packs"), EVERYBODY),
                (_("Releases"), "send", to("delivery_release"), EVERYBODY),
            ],
        ),
        (
            _("Data and people"),
            [
                (_("Data sources"), "database", to("sources_datasource"), EVERYBODY),
                (_("People"), "group", to("people_person"), EVERYBODY),
                (_("Suppression list"), "block", to("people_suppression"), EVERYBODY),
            ],
        ),
        (
            _("Organisation"),
            [
                (_("Team"), "badge", to("tenants_membership"), EVERYBODY),
                (_("Integrations"), "hub", to("tenants_integration"), EVERYBODY),
                (_("API clients"), "key", to("tenants_apiclient"), OWNER),
                (_("This brand"), "storefront", reverse("admin:own_brand"), OWNER),
                (_("Trail"), "history", to("trail_entry"), EVERYBODY),
            ],
        ),
    ]


def _for_operators(at_home: bool) -> list[dict[str, Any]]:
    home = [] if at_home else [{"title": _("Home"), "icon": "home", "link": reverse("admin:index")}]
    return [
        *home,
        {"title": _("Brands"), "icon": "storefront", "link": reverse("admin:tenants_brand_changelist")},
    ]
