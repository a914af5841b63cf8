"""Lists of tenants: brands for operators; members, integrations and API clients for the people of a brand."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.admin import RoomAdmin, shown_as
from tenants.models import ApiClient, Brand, Integration, Membership, Role

OWNER = frozenset({Role.OWNER.value})
TEAM = frozenset({Role.OWNER.value, Role.MARKETER.value})


@admin.register(Brand)
class BrandAdmin(RoomAdmin):
    """The brands of the installation, for its operators: names only, nothing of what is theirs."""

    list_display = ("name", "slug", "country", "sector", "created_at")
    search_fields = ("name", "slug")
    fields = ("name", "slug", "country", "sector", "colour", "time_zone", "postal_address", "privacy_url", "created_at")
    empty_title = _("No brand yet")
    empty_text = _("An operator registers brands.")
    empty_icon = "storefront"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Operators of the installation."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody."""
        return False

    def get_queryset(self, request: HttpRequest) -> Any:
        """All brands: the table is global."""
        return super(RoomAdmin, self).get_queryset(request)


@admin.register(Membership)
class MembershipAdmin(RoomAdmin):
    """Who works for the brand, in which role."""

    list_display = ("called", "address", "role", "since")
    list_filter = ("role",)
    search_fields = ("name", "user__email")
    list_select_related = ("user",)
    ordering = ("name", "user__email")
    adders = OWNER
    page_title = _("Team")
    add_label = _("Add somebody")
    empty_title = _("Nobody yet")
    empty_text = _("Add the people who register campaigns, and an officer who decides on them.")
    empty_icon = "badge"

    @admin.display(description=_("name"), ordering="name")
    def called(self, membership: Membership) -> str:
        return membership.called

    @admin.display(description=_("e-mail address"), ordering="user__email")
    def address(self, membership: Membership) -> str:
        return membership.user.email


@admin.register(Integration)
class IntegrationAdmin(RoomAdmin):
    """The systems that the brand delivers to."""

    list_display = ("name", "key", "kind", "stands", "created_at")
    list_filter = ("kind", "state")
    search_fields = ("name", "key")
    ordering = ("name",)
    adders = TEAM
    add_label = _("Add an integration")
    empty_title = _("No integration yet")
    empty_text = _("An integration is the system that you deliver to: your mailing service, a webhook, a file.")
    empty_icon = "hub"

    @shown_as(description=_("state"), label={"active": "success", "paused": "warning"}, ordering="state")
    def stands(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


@admin.register(ApiClient)
class ApiClientAdmin(RoomAdmin):
    """The API clients of the brand's partners. The table is global, so the brand is named in the query."""

    list_display = ("name", "client_id", "scopes", "created")
    search_fields = ("name",)
    ordering = ("name",)
    viewers = OWNER
    adders = OWNER
    add_label = _("Create an API client")
    empty_title = _("No API client yet")
    empty_text = _("Partners and your own systems come by REST with a client of their own. Its secret is shown once.")
    empty_icon = "key"
