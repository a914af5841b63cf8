"""Keys, envelopes and pseudonyms.

A master key outside the database (`settings.KEK`) wraps one key per brand and one per person. What a wrapped key
sealed is gone when the wrapped key is gone (crypto-shredding). Pseudonyms are HMAC-SHA-256 (RFC 2104) under the
brand's own key: the same e-mail has another pseudonym at every brand.
"""

import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
KEY_BYTES = 32
VERSION = b"\x01"


class CannotOpen(Exception):
    """The sealed bytes were not sealed with this key for this place, or were altered."""


def place(brand_id: UUID, table: str, column: str, row_id: UUID) -> bytes:
    """Return the additional data that binds a sealed value to the one cell it may stand in."""
    return f"{brand_id}|{table}|{column}|{row_id}".encode()


def seal(plain: bytes, *, key: bytes, at: bytes) -> bytes:
    """Encrypt with AES-256-GCM (NIST SP 800-38D): version byte, 12-byte nonce, ciphertext with tag."""
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, plain, VERSION + at)


def unseal(sealed: bytes | memoryview, *, key: bytes, at: bytes) -> bytes:
    """Decrypt what `seal` made. Raises CannotOpen."""
    sealed = bytes(sealed)
    if sealed[:1] != VERSION:
        raise CannotOpen("unknown envelope version")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, VERSION + at)
    except InvalidTag as error:
        raise CannotOpen("wrong key, wrong place or altered") from error


def new_key() -> bytes:
    """Return 32 random bytes."""
    return os.urandom(KEY_BYTES)


def wrap(key: bytes, *, at: bytes) -> bytes:
    """Seal a key under the master key."""
    return seal(key, key=settings.KEK, at=b"key|" + at)


def unwrap(wrapped: bytes | memoryview, *, at: bytes) -> bytes:
    """Open a key that `wrap` sealed. Raises CannotOpen."""
    return unseal(wrapped, key=settings.KEK, at=b"key|" + at)


def pseudonym(value: str, *, kind: str, key: bytes) -> bytes:
    """Return the 32-byte HMAC-SHA-256 of a normalised identifier of one kind under a brand's key."""
    return hmac.digest(key, f"{kind}\x00{value}".encode(), hashlib.sha256)
