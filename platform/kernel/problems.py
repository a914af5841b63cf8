"""Errors of the REST API as problem details (RFC 9457)."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.errors import DomainError

CONTENT_TYPE = "application/problem+json"
KEPT_HEADERS = frozenset({"WWW-Authenticate", "Retry-After", "Allow"})


def document(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Return a problem: `type` is a stable name, `detail` what went wrong, beside it the place and the remedy."""
    told = {
        "type": f"urn:lighttouch:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
    }
    return told | {key: value for key, value in more.items() if value}


def told(error: DomainError) -> dict[str, Any]:
    """Return the problem that a refusal tells of."""
    return document(error.status, error.code, error.message, place=error.place, remedy=error.remedy)


def invalid(detail: Any) -> dict[str, Any]:
    """Return the problem that a serializer's errors tell of, place by place."""
    return document(422, "invalid", _("The input cannot be used."), errors=list(_places(detail)))


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Return the answer that tells a problem."""
    return _problem(document(status, code, detail, **more))


def _problem(told: dict[str, Any]) -> Response:
    return Response(told, status=told["status"], content_type=CONTENT_TYPE)


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer an error raised in a view (DRF's EXCEPTION_HANDLER). Unknown errors stay errors of ours."""
    if isinstance(error, DomainError):
        return _problem(told(error))
    if isinstance(error, Http404):
        return problem(404, "not_found", _("There is no such thing here."))
    if isinstance(error, PermissionDenied):
        return problem(403, "permission_denied", _("This is not allowed."))
    if isinstance(error, RequestDataTooBig):
        return too_large()
    if isinstance(error, exceptions.ValidationError):
        return _problem(invalid(error.detail))
    known = exception_handler(error, context)
    if known is None or not isinstance(error, exceptions.APIException):
        return known
    made = problem(known.status_code, str(error.default_code), str(error.detail))
    for name in KEPT_HEADERS & known.headers.keys():
        made.headers[name] = known.headers[name]
    return made


def too_large() -> Response:
    """Return the answer to a body over the limit."""
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return problem(
        413, "too_large", _("The body is too large."), remedy=_("Send at most %(bytes)s bytes.") % {"bytes": most}
    )


def _places(detail: Any, place: str = "") -> Iterator[dict[str, str]]:
    """Yield {place, detail} for each message in a serializer's errors."""
    if isinstance(detail, dict):
        for key, below in detail.items():
            own = "" if key == "non_field_errors" else str(key)
            yield from _places(below, f"{place}.{own}" if place and own else place or own)
    elif isinstance(detail, list):
        for index, below in enumerate(detail):
            inside = isinstance(below, dict | list)
            yield from _places(below, f"{place}[{index}]" if inside else place)
    else:
        yield {"place": place, "detail": str(detail)}


def page(status: int, code: str, detail: str) -> JsonResponse:
    """Return a problem where no view answers: an unknown address, a request that is none, an error of ours."""
    return JsonResponse(document(status, code, detail), status=status, content_type=CONTENT_TYPE)
