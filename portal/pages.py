"""What every page of the portal does alike: who may open it, how it is drawn, how a refusal is told."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from kernel.actors import Actor
from kernel.errors import DomainError
from tenants.models import Brand, Role


def brand_of(request: HttpRequest) -> Brand:
    """Return the brand that the request acts for. Raises PermissionDenied without one."""
    brand = getattr(request, "brand", None)
    if brand is None:
        raise PermissionDenied
    return cast(Brand, brand)


def actor_of(request: HttpRequest) -> Actor:
    """Return the signed-in user as an actor."""
    return Actor.user(request.user)


def has_role(request: HttpRequest, roles: Iterable[Role]) -> bool:
    """Say whether the user holds one of the roles at the request's brand."""
    return getattr(request, "role", None) in set(roles)


def for_roles(*roles: Role) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Open a page to these roles of the request's brand (to all, where none is named); others get a 403."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            brand_of(request)
            if not has_role(request, roles or Role):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def show(request: HttpRequest, template: str, title: str, *, status: int = 200, **context: Any) -> TemplateResponse:
    """Draw a whole page inside the admin."""
    request.current_app = admin.site.name
    whole = {**admin.site.each_context(request), "title": title, **context}
    return TemplateResponse(request, template, whole, status=status)


def fragment(request: HttpRequest, template: str, **context: Any) -> TemplateResponse:
    """Draw a part of a page, for the script that puts it in place."""
    return TemplateResponse(request, template, context)


def attempt(request: HttpRequest, write: Callable[[], Any], done: str, then: str) -> HttpResponse:
    """Call one service; tell how it went, in the words of the refusal where it was refused; go on to `then`.

    With an empty `done` only a refusal is told: for a page that shows by itself what was done.
    """
    try:
        write()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)
    return redirect(then)
