"""The addresses of the portal's pages inside the admin."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from portal.campaigns import views as campaigns
from portal.home import views as home
from portal.sources import views as sources


def pages(site: Any) -> list[URLPattern]:
    """Return the pages, each for signed-in users only, under the names that `admin:` links use."""

    def page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
        made: URLPattern = path(route, site.admin_view(view), name=name)
        return made

    return [
        page("brand/", home.choose, "choose_brand"),
        page("campaigns/campaign/add/", campaigns.add, "campaigns_campaign_add"),
        page("campaigns/campaign/verdict/", campaigns.verdict, "campaign_verdict_new"),
        page("campaigns/campaign/<uuid:pk>/change/", campaigns.change, "campaigns_campaign_change"),
        page("campaigns/campaign/<uuid:pk>/verdict/", campaigns.verdict, "campaign_verdict"),
        page("campaigns/campaign/<uuid:pk>/submit/", campaigns.submit, "campaign_submit"),
        page("campaigns/campaign/<uuid:pk>/history/", campaigns.history, "campaigns_campaign_history"),
        page("sources/datasource/add/", sources.add, "sources_datasource_add"),
        page("sources/datasource/verdict/", sources.verdict, "source_verdict_new"),
        page("sources/datasource/by-key/", sources.by_key, "source_by_key"),
        page("sources/datasource/<uuid:pk>/change/", sources.change, "sources_datasource_change"),
        page("sources/datasource/<uuid:pk>/verdict/", sources.verdict, "source_verdict"),
        page("sources/datasource/<uuid:pk>/turn/<slug:event>/", sources.turn, "source_turn"),
    ]
