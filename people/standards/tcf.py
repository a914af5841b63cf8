"""The TC string of IAB Europe's Transparency and Consent Framework, versions 1 and 2 (policies 2.0 to 2.3).

Source: IAB Tech Lab, “Consent string and vendor list formats v2” and v1.1. Fields carry the names of the specification
in snake case; dates are ISO 8601 in UTC; ids are sorted lists.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from facts.words import gettext as _
from people.standards.bits import LARGEST_ID, Bits, Undecodable, segments_of, unique

_36_BITS = (1 << 36) - 1
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SEGMENTS = {1: "disclosed vendors", 2: "allowed vendors", 3: "publisher TC"}


def decode(text: str, versions: tuple[int, ...] = (1, 2)) -> tuple[dict[str, Any], set[str]]:
    """Return the fields of a TC string and what is odd about it.

    The core comes first, the other segments follow in any order; a segment of a type that the specification does not
    know is passed over and told. Raises Undecodable for everything else that is not as specified.
    """
    core, *others = segments_of(text)
    bits = Bits(core)
    version = bits.number(6)
    if version not in versions:
        raise Undecodable(_("version %(version)d is not one that is read here") % {"version": version})
    if version == 1:
        if others:
            raise Undecodable(_("a string of version 1 has one segment"))
        return _first_version(bits), bits.oddities
    fields = _core(bits)
    _others(fields, others, bits.oddities)
    return fields, bits.oddities


@lru_cache(maxsize=1024)
def moment(tenths: int) -> str:
    """A time told in tenths of a second since 1970, of at most 36 bits. Most strings tell a whole day: few differ."""
    return (_EPOCH + timedelta(milliseconds=100 * tenths)).isoformat(timespec="milliseconds")[:-6] + "Z"


def head(bits: Bits, version: int) -> dict[str, Any]:
    """What every version begins with, after its number: from `created` to `vendor_list_version`."""
    told = bits.number(126)
    return {
        "version": version,
        "created": moment(told >> 90),
        "last_updated": moment(told >> 54 & _36_BITS),
        "cmp_id": told >> 42 & 4095,
        "cmp_version": told >> 30 & 4095,
        "consent_screen": told >> 24 & 63,
        "consent_language": letters(told >> 12 & 4095),
        "vendor_list_version": told & 4095,
    }


def letters(told: int) -> str:
    """Two letters of six bits each, A is 0. Raises Undecodable."""
    first, second = divmod(told, 64)
    if first > 25 or second > 25:
        raise Undecodable(_("a code of two letters holds something else than A to Z"))
    return chr(65 + first) + chr(65 + second)


def _first_version(bits: Bits) -> dict[str, Any]:
    fields = head(bits, 1)
    fields["purposes_consent"] = bits.ids(24)
    largest = fields["max_vendor_id"] = bits.number(16)
    if bits.flag():
        default = fields["default_consent"] = bits.flag()
        named = bits.ranges(largest)
        fields["vendor_consents"] = sorted(set(range(1, largest + 1)) - set(named)) if default else named
    else:
        fields["vendor_consents"] = bits.ids(largest)
    bits.end()
    return fields


def _core(bits: Bits) -> dict[str, Any]:
    fields = head(bits, 2)
    fields["policy_version"] = bits.number(6)
    fields["is_service_specific"] = bits.flag()
    fields["use_non_standard_texts"] = bits.flag()
    fields["special_feature_opt_ins"] = bits.ids(12)
    fields["purposes_consent"] = bits.ids(24)
    fields["purposes_li"] = bits.ids(24)
    fields["purpose_one_treatment"] = bits.flag()
    fields["publisher_cc"] = letters(bits.number(12))
    fields["max_vendor_consent_id"], fields["vendor_consents"] = _vendors(bits)
    fields["max_vendor_li_id"], fields["vendor_li"] = _vendors(bits)
    fields["publisher_restrictions"] = restrictions(bits, "restriction_type", lambda: bits.ranges(LARGEST_ID))
    bits.end()
    return fields | {"vendors_disclosed": None, "vendors_allowed": None, "publisher_tc": None}


def _vendors(bits: Bits) -> tuple[int, list[int]]:
    largest = bits.number(16)
    return largest, bits.ranges(largest) if bits.flag() else bits.ids(largest)


def restrictions(bits: Bits, type_name: str, vendors: Callable[[], list[int]]) -> list[dict[str, Any]]:
    """The publisher's restrictions: for a purpose and a type of restriction, the vendors it binds."""
    return [
        {"purpose_id": bits.number(6), type_name: bits.number(2), "vendors": vendors()}
        for _each in range(bits.number(12))
    ]


def _others(fields: dict[str, Any], segments: list[str], oddities: set[str]) -> None:
    seen: dict[str, str] = {}
    for segment in segments:
        bits = Bits(segment)
        number = bits.number(3)
        if number == 0:
            raise Undecodable(_("a second core segment"))
        if number not in _SEGMENTS:
            oddities.add("unknown_segment_type")
        elif unique(segment, _SEGMENTS[number], seen, oddities):
            _segment(fields, number, bits)
            bits.end()
            oddities |= bits.oddities


def _segment(fields: dict[str, Any], number: int, bits: Bits) -> None:
    if number == 3:
        fields["publisher_tc"] = _publisher(bits)
    else:
        name = "disclosed" if number == 1 else "allowed"
        fields[f"max_vendor_{name}_id"], fields[f"vendors_{name}"] = _vendors(bits)


def _publisher(bits: Bits) -> dict[str, Any]:
    fields: dict[str, Any] = {"purposes_consent": bits.ids(24), "purposes_li": bits.ids(24)}
    count = fields["num_custom_purposes"] = bits.number(6)
    return fields | {"custom_consent": bits.ids(count), "custom_li": bits.ids(count)}
