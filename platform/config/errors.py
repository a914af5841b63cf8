"""What is answered where no view answers: a problem under /api/, a page elsewhere."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from kernel.problems import page

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be read (400)."""
    if request.path.startswith(API):
        return page(400, "bad_request", _("The request cannot be read."))
    return defaults.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    """Answer an unknown address (404)."""
    if request.path.startswith(API):
        return page(404, "not_found", _("There is no such thing here."))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error of ours (500); what it was stands in the log alone."""
    if request.path.startswith(API):
        return page(500, "error", _("Something failed here. Nothing was done."))
    return defaults.server_error(request)
