"""Errors of the REST API as problem details (RFC 9457)."""

from typing import Any

from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.errors import DomainError

CONTENT_TYPE = "application/problem+json"
KEPT_HEADERS = frozenset({"WWW-Authenticate", "Retry-After", "Allow"})


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Return a problem document: `type` is a stable name, `detail` what went wrong, beside it the place and remedy."""
    body = {
        "type": f"urn:lighttouch:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
    }
    body |= {key: value for key, value in more.items() if value}
    return Response(body, status=status, content_type=CONTENT_TYPE)


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error raised in a view (DRF's EXCEPTION_HANDLER). Unknown errors stay errors of ours."""
    if isinstance(error, DomainError):
        return problem(error.status, error.code, error.message, place=error.place, remedy=error.remedy)
    if isinstance(error, Http404):
        return problem(404, "not_found", "There is no such thing here.")
    if isinstance(error, exceptions.ValidationError):
        return problem(422, "invalid", "The input cannot be used.", errors=error.detail)
    known = exception_handler(error, context)
    if known is None or not isinstance(error, exceptions.APIException):
        return known
    made = problem(known.status_code, str(error.default_code), str(error.detail))
    for name in KEPT_HEADERS & known.headers.keys():
        made.headers[name] = known.headers[name]
    return made
