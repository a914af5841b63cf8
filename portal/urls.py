"""The addresses of the portal's pages inside the admin."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from portal.campaigns import editors
from portal.campaigns import views as campaigns
from portal.desk import views as desk
from portal.home import views as home
from portal.imports import views as imports
from portal.lighttouch import bands
from portal.lighttouch import views as light_touch
from portal.organisation import brand, connections, team
from portal.packs import views as packs
from portal.people import views as people
from portal.releases import views as releases
from portal.sources import views as sources


def pages(site: Any) -> list[URLPattern]:
    """Return the pages, each for signed-in users only, under the names that `admin:` links use."""

    def page(route: str, view: Callable[..., Any], name: str) -> URLPattern:
        made: URLPattern = path(route, site.admin_view(view), name=name)
        return made

    return [
        page("brand/", home.choose, "choose_brand"),
        page("loading/", home.loading, "loading"),
        page("campaigns/campaign/add/", campaigns.add, "campaigns_campaign_add"),
        page("campaigns/campaign/verdict/", campaigns.verdict, "campaign_verdict_new"),
        page("campaigns/campaign/<uuid:pk>/change/", campaigns.change, "campaigns_campaign_change"),
        page("campaigns/campaign/<uuid:pk>/verdict/", campaigns.verdict, "campaign_verdict"),
        page("campaigns/campaign/<uuid:pk>/submit/", campaigns.submit, "campaign_submit"),
        page("campaigns/campaign/<uuid:pk>/editors/", editors.page, "campaign_editors"),
        page("campaigns/campaign/<uuid:pk>/editors/<slug:how>/", editors.turn, "campaign_editors_turn"),
        page("campaigns/campaign/<uuid:pk>/history/", campaigns.history, "campaigns_campaign_history"),
        page("tenants/brand/own/bands/", bands.change, "own_bands"),
        page("light-touch/", light_touch.picture, "light_touch"),
        page("campaigns/campaign/apply/", light_touch.apply, "campaign_apply_new"),
        page("campaigns/campaign/<uuid:pk>/light-touch/", light_touch.campaign_page, "campaign_light_touch"),
        page("campaigns/campaign/<uuid:pk>/apply/", light_touch.apply, "campaign_apply"),
        page("campaigns/campaign/<uuid:pk>/undo/", light_touch.undo, "campaign_undo"),
        page("audits/case/<uuid:pk>/change/", desk.page, "audits_case_change"),
        page("audits/case/<uuid:pk>/progress/", desk.progress, "case_progress"),
        page("audits/case/<uuid:pk>/decide/", desk.decide, "case_decide"),
        page("audits/case/<uuid:pk>/check-again/", desk.recheck, "case_recheck"),
        page("audits/case/<uuid:pk>/void/", desk.void, "case_void"),
        page("audits/pack/", packs.packs, "rule_packs"),
        page("audits/pack/law/<slug:code>/", packs.law, "law_pack"),
        page("audits/pack/add/", packs.add, "house_pack_add"),
        page("audits/pack/<uuid:pk>/", packs.page, "house_pack"),
        page("audits/pack/<uuid:pk>/edit/", packs.edit, "house_pack_edit"),
        page("audits/pack/<uuid:pk>/compare/", packs.compare, "house_pack_compare"),
        page("audits/pack/version/<uuid:pk>/dry-run/", packs.look, "house_pack_look"),
        page("audits/pack/version/<uuid:pk>/progress/", packs.progress, "house_pack_progress"),
        page("audits/pack/version/<uuid:pk>/switch/<slug:how>/", packs.switch, "house_pack_switch"),
        page("campaigns/campaign/by-key/", campaigns.by_key, "campaign_by_key"),
        page("people/person/<uuid:pk>/change/", people.person, "people_person_change"),
        page("people/person/<uuid:pk>/restrict/<slug:how>/", people.restrict, "person_restrict"),
        page("people/person/<uuid:pk>/erase/", people.erase, "person_erase"),
        page("people/suppression/add/", people.suppress, "people_suppression_add"),
        page("sources/datasource/<uuid:pk>/import/", imports.upload, "source_import"),
        page("sources/sourceimport/<uuid:pk>/change/", imports.page, "sources_sourceimport_change"),
        page("sources/sourceimport/<uuid:pk>/progress/", imports.progress, "import_progress"),
        page("sources/sourceimport/<uuid:pk>/again/", imports.again, "import_again"),
        page("delivery/release/add/", releases.add, "delivery_release_add"),
        page("delivery/release/<uuid:pk>/change/", releases.page, "delivery_release_change"),
        page("delivery/release/<uuid:pk>/progress/", releases.progress, "release_progress"),
        page("delivery/release/<uuid:pk>/turn/<slug:step>/", releases.turn, "release_turn"),
        page("tenants/brand/own/", brand.change, "own_brand"),
        page("tenants/membership/add/", team.add, "tenants_membership_add"),
        page("tenants/membership/<uuid:pk>/change/", team.change, "tenants_membership_change"),
        page("tenants/membership/<uuid:pk>/remove/", team.remove, "member_remove"),
        page("tenants/integration/add/", connections.add_integration, "tenants_integration_add"),
        page("tenants/integration/<uuid:pk>/change/", connections.integration, "tenants_integration_change"),
        page("tenants/integration/<uuid:pk>/turn/<slug:state>/", connections.turn_integration, "integration_turn"),
        page("tenants/apiclient/add/", connections.add_client, "tenants_apiclient_add"),
        page("tenants/apiclient/<uuid:pk>/change/", connections.client, "tenants_apiclient_change"),
        page("sources/datasource/add/", sources.add, "sources_datasource_add"),
        page("sources/datasource/verdict/", sources.verdict, "source_verdict_new"),
        page("sources/datasource/by-key/", sources.by_key, "source_by_key"),
        page("sources/datasource/<uuid:pk>/change/", sources.change, "sources_datasource_change"),
        page("sources/datasource/<uuid:pk>/verdict/", sources.verdict, "source_verdict"),
        page("sources/datasource/<uuid:pk>/turn/<slug:event>/", sources.turn, "source_turn"),
    ]
