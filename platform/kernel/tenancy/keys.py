"""The key that signs the context, as the database needs it."""

from typing import Any

from django.conf import settings
from django.db import connections

BLOCK = 64


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the inner and outer pad of HMAC-SHA-256 (RFC 2104) for a key of at most 64 bytes."""
    block = key.ljust(BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)


def store_key(using: str = "default") -> None:
    """Write the key's pads where only the definer function reads them. Needs the owner's role."""
    inner, outer = pads(settings.TENANCY_KEY)
    with connections[using].cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_context_key (inner_pad, outer_pad) VALUES (%s, %s)"
            " ON CONFLICT (one) DO UPDATE SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad",
            [inner, outer],
        )


def store_key_after_migrate(*, using: str = "default", plan: Any = None, **_: Any) -> None:
    """After each migration run the database knows the key that this installation signs with."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('public.kernel_context_key') IS NOT NULL")
        row = cursor.fetchone()
    if row and row[0]:
        store_key(using)
