"""Identifiers and attributes in the one form they are compared and kept in.

What cannot be used is refused, with a reason.
"""

import re
from datetime import date
from email.utils import parseaddr
from zoneinfo import available_timezones

import idna
from django.utils.translation import gettext as _

from kernel.errors import Invalid
from people.standards.calling import CALLING

LONGEST_ADDRESS = 254
LOCAL_PART = re.compile(r"[^\s@\"(),:;<>\[\]\\]{1,64}")
HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
PHONE_NOISE = re.compile(r"[\s().\-/\u00a0\u2010-\u2015]|\(0\)")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
DEVICE = re.compile(r"[a-z0-9][a-z0-9_.:\-]{7,127}")
CUSTOMER = re.compile(r"[^\x00-\x1f\x7f]{1,80}")
COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
OLDEST_BIRTH_YEAR = 1900
NO_DEVICE = {"0", "00000000-0000-0000-0000-000000000000"}


class Unusable(Invalid):
    """The value cannot be used, and says why."""

    code = "unusable_value"


def email(value: str) -> str:
    """Return the address in lower case, its domain in ASCII (IDNA 2008). Raises Unusable.

    Dots and plus-tags are kept: whether two such addresses are one mailbox is known to its provider alone.
    """
    text = value.strip()
    if "<" in text:
        text = parseaddr(text)[1]
    local, at, domain = text.rpartition("@")
    if not at or not LOCAL_PART.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
        raise Unusable(_("not an e-mail address"), place="email")
    domain = domain.lower().rstrip(".")
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode()
        except idna.IDNAError:
            raise Unusable(_("the e-mail address has no usable domain"), place="email") from None
    if not HOST.fullmatch(domain) or len(local) + 1 + len(domain) > LONGEST_ADDRESS:
        raise Unusable(_("the e-mail address has no usable domain"), place="email")
    return f"{local.lower()}@{domain}"


def phone(value: str, country: str = "") -> str:
    """Return the number as in E.164 (“+” and 7 to 15 digits). Raises Unusable.

    A national number needs `country` (ISO 3166-1, with or without a subdivision): without it nobody knows whose it is.
    """
    text = PHONE_NOISE.sub("", value.strip().replace("(0)", ""))
    if text.startswith("00"):
        text = "+" + text[2:]
    if not text.startswith("+"):
        text = _international(text, country[:2].upper())
    if not E164.fullmatch(text):
        raise Unusable(_("not a phone number"), place="phone")
    return text


def _international(national: str, country: str) -> str:
    if not national.isascii() or not national.isdigit():
        raise Unusable(_("not a phone number"), place="phone")
    if country not in CALLING:
        raise Unusable(_("a phone number without its country code, and no country that gives one"), place="phone")
    code, leading = CALLING[country]
    return f"+{code}{national.removeprefix(leading)}"


def device(value: str) -> str:
    """Return a device's or browser's identifier in lower case, 8 to 128 characters. Raises Unusable, for zeros too."""
    text = value.strip().lower()
    if text in NO_DEVICE or not DEVICE.fullmatch(text) or not text.strip("0-"):
        raise Unusable(_("not the identifier of a device"), place="device")
    return text


def customer(value: str) -> str:
    """Return a customer number as the brand writes it, without spaces around it. Raises Unusable."""
    text = value.strip()
    if not CUSTOMER.fullmatch(text):
        raise Unusable(_("not a customer number"), place="customer")
    return text


def identifier(kind: str, value: str, country: str = "") -> str:
    """Return an identifier of one kind (IdentifierKind) in its one form. Raises Unusable."""
    if kind == "phone":
        return phone(value, country)
    try:
        return {"email": email, "device": device, "customer": customer}[kind](value)
    except KeyError:
        raise Unusable(_("there is no kind of identifier “%(kind)s”") % {"kind": kind}, place="kind") from None


def country(value: str) -> str:
    """Return an ISO 3166-1 code, with a subdivision where there is one (US-CA). Raises Unusable."""
    text = value.strip().upper().replace("_", "-")
    text = {"UK": "GB", "EL": "GR"}.get(text, text)
    if not COUNTRY.fullmatch(text):
        raise Unusable(_("not a country's two-letter code"), place="country")
    return text


def birth_year(value: str | int, today: date) -> int:
    """Return the year of birth from a year or an ISO date. Raises Unusable outside 1900 to this year."""
    text = str(value).strip()
    year = text[:4] if re.fullmatch(r"[0-9]{4}(-[0-9]{2}-[0-9]{2})?", text) else text[-4:]
    whole = re.fullmatch(r"[0-9]{4}(-[0-9]{2}-[0-9]{2})?|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}", text)
    if not whole or not OLDEST_BIRTH_YEAR <= int(year) <= today.year:
        raise Unusable(_("not a year of birth"), place="birth_year")
    return int(year)


def time_zone(value: str) -> str:
    """Return the name of a zone of the IANA time zone database. Raises Unusable."""
    text = value.strip()
    if text not in _zones():
        raise Unusable(_("not a time zone such as Europe/Paris"), place="time_zone")
    return text


def language(value: str) -> str:
    """Return a language as in BCP 47, language and at most a region (pt-BR). Raises Unusable."""
    first, _dash, region = value.strip().replace("_", "-").partition("-")
    text = first.lower() + (f"-{region.upper()}" if region else "")
    if not LANGUAGE.fullmatch(text):
        raise Unusable(_("not a language such as en or pt-BR"), place="language")
    return text


_zone_names: set[str] = set()


def _zones() -> set[str]:
    if not _zone_names:
        _zone_names.update(available_timezones())
    return _zone_names
