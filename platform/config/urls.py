"""Every address of the platform, room by room."""

from django.contrib import admin
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from oauth2_provider.views import TokenView
from rest_framework.permissions import AllowAny

urlpatterns = [
    path("admin/", admin.site.urls),
    path("oauth/token", TokenView.as_view(), name="oauth-token"),
    path(
        "api/v1/openapi.json",
        SpectacularAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[]),
        name="openapi",
    ),
    path(
        "api/v1/docs",
        SpectacularSwaggerView.as_view(url_name="openapi", permission_classes=[AllowAny], authentication_classes=[]),
        name="api-docs",
    ),
]
