"""Partners' API clients: OAuth 2.0 client credentials (RFC 6749, section 4.4) as bearer tokens (RFC 6750)."""

from typing import Any, cast

from django.http import HttpRequest
from django.utils.translation import gettext as _
from oauth2_provider.models import get_access_token_model
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from tenants.models import ApiClient

BEARER = "Bearer "


def client_of(request: HttpRequest) -> ApiClient | None:
    """Return the client whose valid token the request carries, or None; the token's scopes are kept on the request."""
    header = request.headers.get("Authorization", "")
    if not header.startswith(BEARER):
        return None
    tokens = get_access_token_model().objects.select_related("application__brand")
    token = tokens.filter(token=header.removeprefix(BEARER).strip()).first()
    if token is None or not token.is_valid() or token.application is None:
        return None
    request.api_scopes = set(token.scope.split()) & set(token.application.scopes.split())  # type: ignore[attr-defined]
    client: ApiClient = token.application
    return client


class ClientAuthentication(BaseAuthentication):
    """Take over what the middleware found: the brand's context must stand before the view is called."""

    def authenticate(self, request: Request) -> tuple[ApiClient, Any] | None:
        """Return the client, or None where the request carries no valid token."""
        client = getattr(request._request, "api_client", None)
        return (client, None) if client is not None else None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that makes the answer a 401."""
        return 'Bearer realm="lighttouch"'


def caller(request: Request) -> ApiClient:
    """Return the client that calls; for views behind HasScope."""
    return cast(ApiClient, request.user)


class HasScope(BasePermission):
    """The token must carry the scope that the view names in `scope`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether it does."""
        scope: str = view.scope
        self.message = _("The token does not carry the scope “%(scope)s”.") % {"scope": scope}
        return bool(request.user) and scope in getattr(request._request, "api_scopes", set())
