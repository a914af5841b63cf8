"""Standard Webhooks 1.0.0: how a message is signed, and how its receiver checks it.

See https://github.com/standard-webhooks/standard-webhooks (spec/standard-webhooks.md): HMAC-SHA-256 over
"id.timestamp.body", in base64 after "v1,"; several signatures, parted by spaces, while a secret is being changed.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"
TOLERANCE_SECONDS = 300


class BadSecret(ValueError):
    """The secret is empty or no base64."""


class NotVerified(Exception):
    """The message does not come from who holds the secret, or is too old or too new."""


def new_secret() -> str:
    """Return a new secret of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """Return the secret's bytes. Raises BadSecret."""
    text = secret.removeprefix(PREFIX)
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadSecret("the secret is no base64") from error
    if not key:
        raise BadSecret("the secret is empty")
    return key


def sign(message_id: str, timestamp: int, body: bytes, *, secret: str) -> str:
    """Return one signature, "v1,<base64>". `timestamp` is in seconds since 1970. Raises BadSecret."""
    signed = hmac.digest(key_of(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(signed).decode()


def headers(message_id: str, at: datetime, body: bytes, *, secrets_in_use: list[str]) -> dict[str, str]:
    """Return the three headers; one signature per secret in use, the newest first. Raises BadSecret."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(sign(message_id, timestamp, body, secret=one) for one in secrets_in_use),
    }


def verify(given: Mapping[str, str], body: bytes, *, secret: str, at: datetime) -> str:
    """Check a message as its receiver does; header names in any case. Returns its id. Raises NotVerified, BadSecret."""
    found = {name.lower(): value for name, value in given.items()}
    try:
        message_id, stamp, signatures = (found[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise NotVerified(f"the header {error} is missing") from None
    if not (message_id and stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
        raise NotVerified("the headers cannot be read")
    if abs(int(at.timestamp()) - int(stamp)) > TOLERANCE_SECONDS:
        raise NotVerified("the message is too old or too new")
    expected = sign(message_id, int(stamp), body, secret=secret).encode()
    if not any(hmac.compare_digest(one.encode(), expected) for one in signatures.split(" ")):
        raise NotVerified("no signature fits")
    return message_id
