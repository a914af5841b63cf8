"""Writing to the trail."""

import hashlib
import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from kernel.actors import Actor
from kernel.canonical import canonical
from kernel.crypto import new_key
from kernel.ids import new_id
from trail.models import Entry

FORM = 1
LEAF_PREFIX = b"\x00"


def record(
    verb: str,
    *,
    brand_id: UUID,
    subject: tuple[str, UUID],
    by: Actor,
    at: datetime,
    details: dict[str, Any] | None = None,
) -> Entry:
    """Add an entry to the brand's trail, in the transaction of what it tells of.

    `verb` is "<noun>.<past participle>", e.g. "campaign.submitted"; `subject` is (kind, id); `details` is JSON that
    names no person in the clear. Raises rfc8785.CanonicalizationError where the details are not JSON.
    """
    entry_id, opening, told = new_id(), new_key(), details or {}
    leaf = canonical(
        {
            "form": FORM,
            "entry": str(entry_id),
            "at": at.isoformat(),
            "verb": verb,
            "actor": {"kind": by.kind.value, "pseudonym": _pseudonym(brand_id, by.id or by.label)},
            "subject": {"kind": subject[0], "pseudonym": _pseudonym(brand_id, subject[1])},
            "commitment": commitment(told, opening=opening),
        }
    )
    return Entry.objects.create(
        id=entry_id,
        brand_id=brand_id,
        happened_at=at,
        verb=verb,
        actor_kind=by.kind.value,
        actor_id=by.id,
        actor_label=by.label,
        subject_kind=subject[0],
        subject_id=subject[1],
        leaf=leaf,
        leaf_hash=leaf_hash(leaf),
        details=told,
        opening=opening,
    )


def commitment(details: dict[str, Any], *, opening: bytes) -> str:
    """Return HMAC-SHA-256 of the canonical details under the entry's own key, in hexadecimal."""
    return hmac.digest(opening, canonical(details), hashlib.sha256).hex()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a Merkle leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(LEAF_PREFIX + leaf).digest()


def _pseudonym(brand_id: UUID, what: UUID | str) -> str:
    return hmac.digest(settings.TRAIL_KEY, f"{brand_id}\x00{what}".encode(), hashlib.sha256).hex()
