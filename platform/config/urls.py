"""Every address of the platform, room by room."""

from django.contrib import admin
from django.urls import include, path
from oauth2_provider.views import TokenView

from config.well_known import gpc_resource
from portal.home.views import landing
from portal.organisation.welcome import first_password

urlpatterns = [
    path("", landing, name="landing"),
    path("welcome/<str:who>/<str:token>/", first_password, name="first-password"),
    path("admin/", admin.site.urls),
    path("oauth/token", TokenView.as_view(), name="oauth-token"),
    path("api/v1/", include("config.api")),
    path(".well-known/gpc.json", gpc_resource, name="gpc"),
    path("preferences/", include("portal.preferences.centre.urls")),
    path("p/", include("portal.preferences.urls")),
]

handler400 = "config.errors.bad_request"
handler404 = "config.errors.not_found"
handler500 = "config.errors.server_error"
