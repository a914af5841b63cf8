"""Idempotency-Key: a request that is sent again is answered again, and done once.

After the IETF draft draft-ietf-httpapi-idempotency-key-header. The key's row is inserted in the transaction of the
effect itself: whoever comes with the same key waits for the first and gets its answer; where the first failed or died,
nothing is kept and the next one does the work.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock
from kernel.errors import DomainError
from kernel.ids import new_id
from kernel.models import IdempotentAnswer
from kernel.tenancy import brand_context

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(days=30)
LONGEST = 255
WAIT = "10s"
LOCK_NOT_AVAILABLE = "55P03"

Rest = ParamSpec("Rest")
Handler = Callable[Concatenate[Any, Request, Rest], Response]

TAKE = """
    INSERT INTO kernel_idempotent_answer (id, brand_id, client_id, route, key, body_hash, created_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (brand_id, client_id, route, key) DO UPDATE
    SET body_hash = excluded.body_hash, created_at = excluded.created_at, status = NULL, body = NULL
    WHERE kernel_idempotent_answer.created_at < %s
    RETURNING id
"""


class KeyMissing(DomainError):
    """A request that changes something carries no usable Idempotency-Key."""

    code = "idempotency_key_missing"
    status = 400


class KeyReused(DomainError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    status = 422


class StillRunning(DomainError):
    """The first request with this key is not finished yet."""

    code = "still_running"
    status = 409


def once(handler: Handler[Rest]) -> Handler[Rest]:
    """Do what the view's method does once per client, route and Idempotency-Key; repeats get the same answer.

    The view must stand in a transaction that is rolled back when the answer is an error (BrandMiddleware does both).
    Raises KeyMissing, KeyReused, StillRunning.
    """

    @wraps(handler)
    def answer(view: APIView, request: Request, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Response:
        key, body_hash = _key_of(request), _hash_of(request)
        row_id, kept = _take(request, key, body_hash)
        if kept is not None:
            return Response(kept.body, status=kept.status, headers={REPLAYED: "true"})
        response = handler(view, request, *args, **kwargs)
        if response.status_code < 400:
            _keep(request, row_id, response)
        return response

    answer.once = True  # type: ignore[attr-defined]
    return answer


def forget(*, brand_id: UUID, at: datetime) -> int:
    """Delete a brand's answers that are older than 30 days. Returns how many."""
    with brand_context(brand_id):
        return IdempotentAnswer.objects.filter(brand_id=brand_id, created_at__lt=at - KEPT).delete()[0]


def _key_of(request: Request) -> str:
    key: str = request.headers.get(HEADER, "").strip()
    if not key or len(key) > LONGEST or not key.isascii() or not key.isprintable():
        raise KeyMissing(
            _("The request carries no usable Idempotency-Key."),
            place=HEADER,
            remedy=_("Send a new random value (a UUID, say) for each new request, and the same value when repeating."),
        )
    return key


def _hash_of(request: Request) -> str:
    told = f"{request.method} {request.get_full_path()} {request.content_type}\n".encode()
    return hashlib.sha256(told + request._request.body).hexdigest()


def _take(request: Request, key: str, body_hash: str) -> tuple[UUID, IdempotentAnswer | None]:
    """Return the id of a row taken for this request, or the answer that an earlier one got."""
    client: Any = request.user
    row_id, at, route = new_id(), clock.now(), f"{request.method} {request.path}"[:200]
    values = [row_id, client.brand_id, client.pk, route, key, body_hash, at, at - KEPT]
    if _insert(values):
        return row_id, None
    kept = IdempotentAnswer.objects.get(brand_id=client.brand_id, client_id=client.pk, route=route, key=key)
    if kept.body_hash != body_hash:
        raise KeyReused(
            _("This Idempotency-Key was used for another request."),
            place=HEADER,
            remedy=_("Use a new key for a new request."),
        )
    return kept.pk, kept


def _insert(values: list[Any]) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
            cursor.execute(TAKE, values)
            mine = cursor.fetchone() is not None
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return mine
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        raise StillRunning(
            _("The first request with this Idempotency-Key is still running."),
            remedy=_("Ask again in a few seconds, with the same key."),
        ) from error


def _keep(request: Request, row_id: UUID, response: Response) -> None:
    body = json.loads(JSONRenderer().render(response.data)) if response.data is not None else None
    client: Any = request.user
    IdempotentAnswer.objects.filter(brand_id=client.brand_id, pk=row_id).update(status=response.status_code, body=body)
