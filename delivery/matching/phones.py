"""Phone numbers in E.164 (ITU-T), as every platform wants them, and what is no such number."""

import re
import unicodedata

from delivery.matching.errors import Unmatchable
from facts.words import gettext as _
from people.standards.calling import CALLING

_NOTE = re.compile(r"\s*\(([^()\d]*[^\W\d_][^()\d]*)\)\s*\Z")
_EXTENSION = re.compile(r"(?i)(?:ext\.?|extension|x|#|;ext=|,)\s*\d+\s*\Z")
_NOISE = re.compile(r"[\s().\-/\u2010-\u2015\u2212\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_AMERICAN = re.compile(r"\(([2-9]\d\d)\)\s*([2-9]\d\d)[-. ]?(\d{4})")
_NATIONAL = re.compile(r"[2-9]\d\d([-. ])[2-9]\d\d\1\d{4}")
_E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def e164(text: str) -> str:
    """Return “+”, the country code and the number: 7 to 15 digits.

    A number is taken with its country code, with or without “+” or “00” before it, unless it begins with a 0 or is
    written the American way, (212) 555-0100. A note in parentheses at its end may name the country: 0491 570 006 (AU).
    Raises Unmatchable where the country is not known, where an extension follows, and for all that is no number.
    """
    text, country = _noted(_ascii_digits(text.strip()).removeprefix("tel:"))
    if _EXTENSION.search(text):
        raise Unmatchable(_("a phone number with an extension is not one person's"))
    american = _AMERICAN.fullmatch(text)
    if american and not country:
        return "+1" + "".join(american.groups())
    if _NATIONAL.fullmatch(text) and not country:
        raise Unmatchable(_("a phone number without its country code"))
    digits = _NOISE.sub("", text.replace("(0)", ""))
    number = _international(digits, country)
    if not _E164.fullmatch(number):
        raise Unmatchable(_("not a phone number"))
    if number.startswith("+1") and len(number) != 12:
        raise Unmatchable(_("a phone number in North America has ten digits after the 1"))
    return number


def digits(text: str) -> str:
    """Return the number as in E.164, without the plus sign. Raises Unmatchable."""
    return e164(text)[1:]


def _ascii_digits(text: str) -> str:
    """Digits and plus signs of other scripts are the same number."""
    plain = (unicodedata.decimal(letter, None) for letter in text)
    told = "".join(letter if value is None else str(value) for letter, value in zip(text, plain, strict=True))
    return told.replace("\uff0b", "+")


def _noted(text: str) -> tuple[str, str]:
    """The number, and the country that a note at its end names; any other note is passed over."""
    note = _NOTE.search(text)
    if not note:
        return text, ""
    country = note[1].split()[-1].upper()
    return text[: note.start()], {"UK": "GB"}.get(country, country) if len(country) == 2 else ""


def _international(number: str, country: str) -> str:
    if number.startswith("00"):
        return "+" + number[2:]
    if number.startswith("+"):
        return number
    if country in CALLING:
        code, leading = CALLING[country]
        if number.startswith(code) and len(number) > 10:
            return "+" + number
        return f"+{code}{number.removeprefix(leading)}"
    if country or number.startswith("0"):
        raise Unmatchable(_("a phone number without its country code"))
    return "+" + number
