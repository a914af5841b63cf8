"""The addresses of the portal's pages inside the admin."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from portal.home import views as home


def pages(site: Any) -> list[URLPattern]:
    """Return the pages, each for signed-in users only, under the names that `admin:` links use."""

    def page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
        made: URLPattern = path(route, site.admin_view(view), name=name)
        return made

    return [
        page("brand/", home.choose, "choose_brand"),
    ]
