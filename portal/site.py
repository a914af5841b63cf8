"""The admin site: the homes, the pages that join rooms, and the lists of the rooms."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from kernel.admin import RoomAdmin


class LighttouchSite(UnfoldAdminSite):
    """Only lists of our own rooms are shown: those that libraries bring along would write past the services."""

    index_title = _("Home")
    enable_nav_sidebar = True

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register a list, where it is one of ours; leave out what libraries bring."""
        if admin_class is not None and issubclass(admin_class, RoomAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def extra_urls(self) -> list[URLPattern]:
        """The portal's pages come first, so that they stand in for the pages that a list would bring itself."""
        from portal.urls import pages

        return pages(self)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show what waits for this user."""
        from portal.home.views import home

        return home(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Find campaigns, data sources and pages by their name; nothing is kept between users or brands."""
        from portal.home.views import search

        return search(request)
