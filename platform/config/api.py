"""The REST API: every address under /api/v1/, room by room."""

from django.urls import URLPattern, path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from audits import api as audits
from campaigns import api as campaigns
from config import openapi as openapi  # registers how clients authenticate
from delivery import api as delivery
from delivery import event_api as events
from people import api as people
from people import signal_api as signals
from sources import api as sources

PUBLIC = {"permission_classes": [AllowAny], "authentication_classes": []}

urlpatterns: list[URLPattern] = [
    path("openapi.json", SpectacularJSONAPIView.as_view(**PUBLIC), name="openapi"),
    path("docs", SpectacularSwaggerSplitView.as_view(url_name="openapi", **PUBLIC), name="api-docs"),
    path("registration.schema.json", campaigns.RegistrationSchema.as_view(), name="registration-schema"),
    path("campaigns", campaigns.Campaigns.as_view(), name="api-campaigns"),
    path("campaigns/<slug:key>", campaigns.OneCampaign.as_view(), name="api-campaign"),
    path("campaigns/<slug:key>/audience", delivery.Audience.as_view(), name="api-audience"),
    path("events", events.Events.as_view(), name="api-events"),
    path("decisions", delivery.Decisions.as_view(), name="api-decisions"),
    path("campaigns/<slug:key>/submissions", audits.Submissions.as_view(), name="api-submissions"),
    path("campaigns/<slug:key>/verdict", audits.CampaignVerdict.as_view(), name="api-verdict"),
    path("registrations", audits.Registrations.as_view(), name="api-registrations"),
    path("registrations/<slug:key>", audits.Registration.as_view(), name="api-registration"),
    path("packs", audits.RulePacks.as_view(), name="api-packs"),
    path("sources", sources.Sources.as_view(), name="api-sources"),
    path("signals", signals.Signals.as_view(), name="api-signals"),
    path("consent-events", people.ConsentEvents.as_view(), name="api-consent-events"),
    path("consent-events/stream", people.ConsentEventStream.as_view(), name="api-consent-event-stream"),
    path("sources/<slug:key>", sources.Source.as_view(), name="api-source"),
]
