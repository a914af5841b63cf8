"""Which brand (and which user) a transaction acts for.

The database trusts no bare setting: the context is signed with a key that only the application and one definer
function know, and bound to the connection's own backend. SQL that was smuggled in can read the signed value, but
can neither make one for another brand nor carry one over from another connection.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

_brand: ContextVar[UUID | None] = ContextVar("brand", default=None)
_user: ContextVar[UUID | None] = ContextVar("user", default=None)


class ContextRefused(RuntimeError):
    """A context for another brand or user was asked for inside a running one."""


def sign(kind: str, value: UUID, *, backend: int, key: bytes, user: UUID | None = None) -> str:
    """Return the signed setting: the id, a dot, and HMAC-SHA-256 over kind, backend process and id in hexadecimal.

    A brand is signed together with the user who acts in it: SQL that takes the user off loses the brand as well.
    """
    signed = f"{kind}.{backend}.{value}" + (f".{user or ''}" if kind == "brand" else "")
    mac = hmac.digest(key, signed.encode(), hashlib.sha256)
    return f"{value}.{mac.hex()}"


def current_brand() -> UUID | None:
    """Return the brand that this thread of work acts for, or None."""
    return _brand.get()


def current_user() -> UUID | None:
    """Return the user that this thread of work acts for, or None."""
    return _user.get()


def _set(kind: str, value: UUID | None) -> None:
    connection.ensure_connection()
    backend, key = connection.connection.info.backend_pid, settings.TENANCY_KEY
    user = value if kind == "user" else _user.get()
    signed = {kind: "" if value is None else sign(kind, value, backend=backend, key=key, user=user)}
    brand = _brand.get()
    if kind == "user" and brand is not None:
        signed["brand"] = sign("brand", brand, backend=backend, key=key, user=user)
    with connection.cursor() as cursor:
        for name, setting in signed.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [f"lighttouch.{name}", setting])


@contextmanager
def _context(kind: str, variable: ContextVar[UUID | None], value: UUID) -> Iterator[None]:
    running = variable.get()
    if running == value:
        yield
        return
    if running is not None:
        raise ContextRefused(f"this transaction acts for {kind} {running}; it cannot turn to {value}")
    token = variable.set(value)
    try:
        with transaction.atomic():
            inside = len(connection.savepoint_ids) > 0
            _set(kind, value)
            yield
            # A released savepoint leaves a local setting in force for the transaction around it.
            if inside and not connection.needs_rollback:
                _set(kind, None)
    finally:
        variable.reset(token)


def brand_context(brand_id: UUID) -> AbstractContextManager[None]:
    """Act for one brand: open a transaction in which only that brand's rows exist.

    Joining the running context of the same brand is free. Raises ContextRefused inside another brand's.
    """
    return _context("brand", _brand, brand_id)


def user_context(user_id: UUID) -> AbstractContextManager[None]:
    """Act for one user: the database lets only this user decide in this transaction."""
    return _context("user", _user, user_id)
