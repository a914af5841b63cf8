"""Names, places, dates and devices in the form a platform hashes."""

import re
import unicodedata
from datetime import date
from functools import cache
from importlib import resources

from delivery.matching.errors import Unmatchable
from facts.words import gettext as _

_PLACE = re.compile(r"[0-9.\s\-()]")
_NO_LETTERS = re.compile(r"[^a-z]")
_DEVICE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "herr", "frau", "mme", "sig"})
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "phd", "md"})
_HANDLE = re.compile(r"[a-z0-9_]{1,50}")


def text(value: str) -> str:
    """Trimmed, in lower case, in one Unicode form (NFC). Raises Unmatchable where nothing is left."""
    told = unicodedata.normalize("NFC", value.strip().lower())
    if not any(letter.isalnum() for letter in told):
        raise Unmatchable(_("nothing to match"))
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Cn", "Co") for letter in told):
        raise Unmatchable(_("a character that no name holds"))
    return told


def name(value: str) -> str:
    """A name without punctuation and white space, in lower case; letters of all scripts stay (Meta's fn, ln)."""
    kept = "".join(letter for letter in text(value) if unicodedata.category(letter)[0] not in "PSZ")
    if not any(letter.isalpha() for letter in kept):
        raise Unmatchable(_("no letter of a name"))
    return kept


def google_name(value: str) -> str:
    """Google: lower case, without punctuation, titles and suffixes (Mrs, Jr); a space between two names stays."""
    words = "".join(letter for letter in text(value) if unicodedata.category(letter)[0] not in "PS").split()
    while len(words) > 1 and words[0] in _TITLES:
        del words[0]
    while len(words) > 1 and words[-1] in _SUFFIXES:
        del words[-1]
    kept = " ".join(words)
    if not any(letter.isalpha() for letter in kept):
        raise Unmatchable(_("no letter of a name"))
    return kept


def first_five(value: str) -> str:
    """The first five characters of a name, trimmed and in lower case (Meta's f5first, f5last)."""
    return text(value)[:5]


def initial(value: str) -> str:
    """The first character of a name (Meta's fi)."""
    first = text(value)[0]
    if not first.isalnum():
        raise Unmatchable(_("no letter of a name"))
    return first


def place(value: str) -> str:
    """A city or a state without digits, full stops, hyphens, parentheses and white space (Meta's ct, st)."""
    kept = _PLACE.sub("", text(value))
    if not kept:
        raise Unmatchable(_("nothing to match"))
    return kept


def postcode(value: str) -> str:
    """A postal code without white space and without what follows a hyphen (Meta's zp)."""
    kept = re.sub(r"\s", "", text(value)).split("-")[0]
    if not kept:
        raise Unmatchable(_("nothing to match"))
    return kept


def country(value: str) -> str:
    """A country's two letters (ISO 3166-1), in lower case."""
    code = _NO_LETTERS.sub("", text(value))
    if code not in _countries():
        raise Unmatchable(_("not a country's two-letter code"))
    return code


@cache
def _countries() -> frozenset[str]:
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2].lower() for line in table.splitlines() if line and not line.startswith("#"))


def gender(value: str) -> str:
    """`f` or `m`."""
    told = text(value)
    if told not in ("f", "m", "female", "male"):
        raise Unmatchable(_("neither f nor m"))
    return told[0]


def birthday(value: str) -> str:
    """A day of birth as eight digits, year first (Meta's db)."""
    found = _DAY.fullmatch(value.strip())
    try:
        return date(*map(int, found.groups())).strftime("%Y%m%d") if found else _no_date()
    except ValueError:
        return _no_date()


def _no_date() -> str:
    raise Unmatchable(_("not a date as YYYY-MM-DD"))


def year(value: str) -> str:
    """Four digits (Meta's doby)."""
    return _number(value, r"[0-9]{4}", 0, 9999)


def month(value: str) -> str:
    """01 to 12 (Meta's dobm)."""
    return _number(value, r"[0-9]{1,2}", 1, 12).zfill(2)


def day(value: str) -> str:
    """01 to 31 (Meta's dobd)."""
    return _number(value, r"[0-9]{1,2}", 1, 31).zfill(2)


def _number(value: str, form: str, least: int, most: int) -> str:
    told = value.strip()
    if not re.fullmatch(form, told) or not least <= int(told) <= most:
        raise Unmatchable(_("not a number from %(least)d to %(most)d") % {"least": least, "most": most})
    return told


def device(value: str) -> str:
    """An advertising id (IDFA, GAID) in lower case with its hyphens; the one of all zeros says that tracking is off."""
    told = value.strip().lower()
    if not _DEVICE.fullmatch(told) or not told.strip("0-"):
        raise Unmatchable(_("not a device's advertising id"))
    return told


def external(value: str) -> str:
    """The brand's own number of a person, trimmed and in lower case (Meta's external_id)."""
    return text(value)


def handle(value: str) -> str:
    """A user name without its @, in lower case."""
    told = value.strip().lower().removeprefix("@")
    if not _HANDLE.fullmatch(told):
        raise Unmatchable(_("not a user name"))
    return told
