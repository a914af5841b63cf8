"""Canonical JSON (RFC 8785) and its SHA-256: what is hashed here is hashed nowhere else in another way."""

import hashlib
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """Return the canonical JSON bytes. Raises rfc8785.CanonicalizationError on what JSON cannot hold."""
    return rfc8785.dumps(value)


def fingerprint(value: Any) -> str:
    """Return the SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(value)).hexdigest()
