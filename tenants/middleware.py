"""One request, one brand, one transaction."""

from collections.abc import Callable
from typing import cast

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from kernel.tenancy import brand_context, user_context
from tenants.authentication import client_of
from tenants.models import Brand, User
from tenants.queries import memberships_of

SESSION_BRAND = "brand"
API = "/api/"
PREFERENCES = ("/p/", "/preferences/")

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class BrandMiddleware:
    """Open the context of the brand that the request acts for, and keep nothing of a request that failed.

    A partner's request acts for the brand of its token; a user's for the one she chose (the only one, where she has
    one). `request.brand` and `request.role` say which; without a brand no brand's row can be read at all.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request inside its context."""
        request.brand, request.role, request.memberships, request.api_client = None, None, [], None  # type: ignore[attr-defined]
        if request.path.startswith(PREFERENCES):
            # A person's own link or proof says whose page it is, whoever else is signed in at this browser.
            return self.get_response(request)
        if request.path.startswith(API):
            return self._for_client(request)
        if request.user.is_authenticated:
            return self._for_user(request)
        return self.get_response(request)

    def _for_client(self, request: HttpRequest) -> HttpResponseBase:
        client = client_of(request)
        if client is None:
            return self.get_response(request)
        request.api_client, request.brand = client, client.brand  # type: ignore[attr-defined]
        with brand_context(client.brand_id):
            return self._whole_or_nothing(request)

    def _for_user(self, request: HttpRequest) -> HttpResponseBase:
        user = cast(User, request.user)
        found = memberships_of(user)
        chosen = request.session.get(SESSION_BRAND)
        mine = next((m for m in found if str(m.brand_id) == chosen), found[0] if found else None)
        request.memberships = found  # type: ignore[attr-defined]
        with user_context(user.id):
            if mine is None:
                return self._whole_or_nothing(request)
            request.brand, request.role = mine.brand, mine.role  # type: ignore[attr-defined]
            with brand_context(mine.brand_id):
                return self._whole_or_nothing(request)

    def _whole_or_nothing(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        return response


def choose_brand(request: HttpRequest, brand: Brand) -> None:
    """Remember which of her brands the user works for from now on."""
    request.session[SESSION_BRAND] = str(brand.pk)
