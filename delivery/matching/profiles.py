"""Which platform wants which identifier in which form: one table. All hash with SHA-256 and no salt (ADR 18).

Sources: UID2 “Normalization and Encoding”; Google Data Manager API “Format user data”; Meta Business SDK and
“Customer Information Parameters”; TikTok “List of supported IDs and formats for a customer file” (August 2025);
LinkedIn “DMP Segment Users”; X Ads API “Custom Audiences User Data”.
"""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import NamedTuple

from delivery.matching import details, emails, phones
from delivery.matching.errors import Unmatchable
from facts.words import gettext as _

LONGEST = 4_096
"""Bytes of the longest value."""
_HASH = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")


class Hashed(NamedTuple):
    """A value as its platform hashes it, and the hash in 64 hexadecimal digits."""

    normalised: str
    sha256_hex: str


def x_any(value: str) -> str:
    """X: a user name, an e-mail address or a device's id, told apart by their look."""
    told = value.strip()
    if "@" in told[1:]:
        return emails.plain(told)
    return details.device(told) if "-" in told else details.handle(told)


PROFILES: dict[str, Callable[[str], str]] = {
    "uid2-email": emails.uid2,
    "uid2-phone": phones.e164,
    "euid-email": emails.uid2,
    "euid-phone": phones.e164,
    "google-data-manager-email": emails.google,
    "google-data-manager-phone": phones.e164,
    "google-data-manager-given-name": details.google_name,
    "google-data-manager-family-name": details.google_name,
    "meta-em": emails.meta,
    "meta-ph": phones.digits,
    "meta-fn": details.name,
    "meta-ln": details.name,
    "meta-fi": details.initial,
    "meta-f5first": details.first_five,
    "meta-f5last": details.first_five,
    "meta-ge": details.gender,
    "meta-db": details.birthday,
    "meta-doby": details.year,
    "meta-dobm": details.month,
    "meta-dobd": details.day,
    "meta-ct": details.place,
    "meta-st": details.place,
    "meta-zp": details.postcode,
    "meta-country": details.country,
    "meta-external-id": details.external,
    "tiktok-email": emails.tiktok,
    "tiktok-phone": phones.digits,
    "tiktok-maid": details.device,
    "linkedin-email": emails.plain,
    "x-ads": x_any,
    "x-ads-handle": details.handle,
    "x-ads-email": emails.plain,
    "x-ads-device": details.device,
}

_GOOGLE_NAMES = {
    "email": "email", "phone": "phone", "given-name": "given-name", "first-name": "given-name",
    "family-name": "family-name", "last-name": "family-name",
}  # fmt: skip
_META_NAMES = {
    "email": "em", "phone": "ph", "first-name": "fn", "last-name": "ln", "gender": "ge", "date-of-birth": "db",
    "city": "ct", "state": "st", "zip": "zp",
}  # fmt: skip
ALIASES = {
    **{f"{google}-{name}": f"google-data-manager-{other}" for google in ("google", "google-ads")
       for name, other in _GOOGLE_NAMES.items()},
    **{f"google-data-manager-{name}": f"google-data-manager-{other}" for name, other in _GOOGLE_NAMES.items()},
    **{f"meta-{name}": f"meta-{other}" for name, other in _META_NAMES.items()},
}  # fmt: skip
"""Other names of the same profiles."""
PROFILES |= {name: PROFILES[other] for name, other in ALIASES.items() if name not in PROFILES}


def hashed(profile: str, value: str) -> Hashed:
    """Return a value as `profile` normalises and hashes it. Raises Unmatchable, also for what is a hash already:
    whose it would be, nobody could tell, and hashed again it matches nobody. KeyError where there is no such profile.
    """
    normalise = PROFILES[profile]
    if not value.strip():
        raise Unmatchable(_("an empty value"))
    if _HASH.fullmatch(value.strip()):
        raise Unmatchable(_("a hash already, and nobody can tell of what"))
    told = normalise(value)
    return Hashed(told, sha256(told.encode("utf-8")).hexdigest())
