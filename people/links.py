"""The signed link of a preference page: opaque, for one person at one brand, and nothing in it in the clear.

A token is AES-256-GCM over (brand, person, day of issue, channel) under the installation's link key, in unpadded
base64url (RFC 4648, section 5). Whoever holds it may see and lower what this brand does with this person; it joins no
other brand. A key that was taken out of use still opens what it sealed for `ALIVE` longer: CAN-SPAM wants the way out
of a message open for 30 days (15 U.S.C. 7704(a)(3)(A)(ii)), CASL for 60 (S.C. 2010, c. 23, 11(2)).
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.conf import settings

from kernel import clock, crypto
from kernel.errors import NotFound
from people.purposes import table

_PLACE = b"preference link"
_EPOCH = date(2020, 1, 1).toordinal()
_LONGEST = 200
ALIVE = timedelta(days=60)


class BrokenLink(NotFound):
    """The link was cut off, changed, or made by somebody else. A person who is not known here answers the same."""

    code = "broken_link"


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says. `channel` is the channel of the message that carried it."""

    brand_id: UUID
    person_id: UUID
    issued: date
    channel: str


def preference_link(brand_id: UUID, person_id: UUID, channel: str = "email") -> str:
    """Return the path of the person's preference page at this brand, "/p/<token>"."""
    return f"/p/{token(brand_id, person_id, channel)}"


def unsubscribe_link(brand_id: UUID, person_id: UUID, channel: str = "email") -> str:
    """Return the path that takes a one-click unsubscribe (RFC 8058), for the header List-Unsubscribe."""
    return f"{preference_link(brand_id, person_id, channel)}/unsubscribe"


def token(brand_id: UUID, person_id: UUID, channel: str = "email") -> str:
    """Return the token itself. Raises ValueError on a channel that does not exist."""
    number = list(table().channels).index(channel)
    day = clock.today().toordinal() - _EPOCH
    plain = brand_id.bytes + person_id.bytes + day.to_bytes(3, "big") + bytes([number])
    return to_text(crypto.seal(plain, key=_derived(settings.LINK_KEY), at=_PLACE))


def read(text: str) -> Link:
    """Return what the token says. Raises BrokenLink, always with the same words."""
    try:
        return _opened(from_text(text))
    except (ValueError, IndexError, crypto.CannotOpen):
        raise BrokenLink("This link does not work.") from None


def to_text(sealed: bytes) -> str:
    """Return sealed bytes as they stand in an address: unpadded base64url."""
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """Read what `to_text` wrote. Raises ValueError."""
    if len(text) > _LONGEST:
        raise ValueError("too long")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _opened(sealed: bytes) -> Link:
    try:
        return _link(crypto.unseal(sealed, key=_derived(settings.LINK_KEY), at=_PLACE))
    except crypto.CannotOpen:
        for retired, key in settings.LINK_KEYS_BEFORE:
            link = _under(retired, key, sealed)
            if link is not None:
                return link
        raise


def _under(retired: date, key: bytes, sealed: bytes) -> Link | None:
    if clock.today() > retired + ALIVE:
        return None
    try:
        link = _link(crypto.unseal(sealed, key=_derived(key), at=_PLACE))
    except crypto.CannotOpen:
        return None
    # What is dated later was not made by us: the key had been taken out of use.
    return link if link.issued <= retired else None


def _link(plain: bytes) -> Link:
    channel = list(table().channels)[plain[35]]
    issued = date.fromordinal(_EPOCH + int.from_bytes(plain[32:35], "big"))
    return Link(UUID(bytes=plain[:16]), UUID(bytes=plain[16:32]), issued, channel)


def _derived(key: bytes) -> bytes:
    return hmac.digest(key, _PLACE, hashlib.sha256)
