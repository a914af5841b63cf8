"""The GPP string of IAB Tech Lab's Global Privacy Platform, version 1: a header, and sections told apart by `~`.

Source: IAB Tech Lab, “Global Privacy Platform String” and its section specifications. Where the text's table says that
a Boolean 0 is true, it is the text that errs: 1 is true, in every implementation.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from facts.words import gettext as _
from people.standards import tcf, usp
from people.standards.bits import LARGEST_ID, SURPLUS, Bits, Undecodable, segments_of, unique
from people.standards.us_sections import SECTIONS, US_NATIONAL, US_NATIONAL_1, Section

HEADER_TYPE, VERSION = 3, 1
TCF_EU, TCF_CANADA, US_PRIVACY = 2, 5, 6
NAMES = {TCF_EU: "tcfeuv2", TCF_CANADA: "tcfcav1", US_PRIVACY: "uspv1"} | {
    number: section.name for number, section in SECTIONS.items()
}
Fields = dict[str, Any]


def decode(text: str) -> tuple[Fields, dict[str, set[str]]]:
    """Return `section_ids` and `sections` (by name), and what is odd about each section (and, under "", the header).

    A section that is not known is kept as it came (`raw`, under `id` and its number). Raises Undecodable where anything
    else is not as specified; the place names the section.
    """
    header, *bodies = segments_of(text, "~")
    numbers, odd = section_ids(header)
    if len(numbers) != len(bodies):
        raise Undecodable(
            _("the header lists %(listed)d sections and %(carried)d follow")
            % {"listed": len(numbers), "carried": len(bodies)}
        )
    sections: dict[str, Fields] = {}
    oddities = {"": odd}
    for number, body in zip(numbers, bodies, strict=True):
        name = NAMES.get(number, f"id{number}")
        try:
            sections[name], oddities[name] = _section(number, body)
        except Undecodable as error:
            raise Undecodable(f"{name}: {error.message}", place=name) from None
    return {"section_ids": numbers, "sections": sections}, oddities


def section_ids(header: str) -> tuple[list[int], set[str]]:
    """Return the numbers of the sections that a header lists, and what is odd about it. Raises Undecodable."""
    bits = Bits(header)
    if bits.number(6) != HEADER_TYPE:
        raise Undecodable(_("the header does not begin as one of a GPP string"))
    version = bits.number(6)
    if version != VERSION:
        raise Undecodable(_("version %(version)d is not one that is read here") % {"version": version})
    numbers = bits.fibonacci_ranges()
    bits.end()
    return numbers, bits.oddities


def _section(number: int, body: str) -> tuple[Fields, set[str]]:
    if number == TCF_EU:
        return tcf.decode(body, versions=(2,))
    if number == TCF_CANADA:
        return _canada(body)
    if number == US_PRIVACY:
        notice, opt_out, covered = usp.decode(body)
        return {"Version": 1, "Notice": notice, "OptOutSale": opt_out, "LspaCovered": covered}, set()
    if number in SECTIONS:
        return _united_states(SECTIONS[number], body)
    for part in segments_of(body):
        Bits(part)
    return {"raw": body}, set()


def _united_states(section: Section, body: str) -> tuple[Fields, set[str]]:
    core, *others = segments_of(body)
    bits = Bits(core)
    version = bits.number(6)
    if section.name == NAMES[US_NATIONAL] and version == 1:
        section = US_NATIONAL_1
    fields: Fields = {section.version_name: version}
    for name, count in section.fields:
        fields[name] = _value(bits) if count is None else [_value(bits) for _each in range(count)]
    bits.end()
    if version not in section.versions:
        bits.oddities.add("unknown_section_version")
    seen: dict[str, str] = {}
    for segment in others:
        if unique(segment, "sub-section", seen, bits.oddities):
            second = Bits(segment)
            fields |= _second(section.second, second)
            bits.oddities |= second.oddities
    return fields, bits.oddities


def _value(bits: Bits) -> int:
    value = bits.number(2)
    if value == 3:
        raise Undecodable(_("a field holds 3, which is undefined"))
    return value


def _second(kind: str, bits: Bits) -> Fields:
    fields: Fields = {}
    if kind == "sensitive":
        fields["SensitiveDataProcessing"] = [_value(bits) for _each in range(8)]
        bits.end()
        return fields
    number = bits.number(2)
    if number == 0:
        raise Undecodable(_("a second core segment"))
    if kind != "gpc" or number != 1:
        bits.oddities.add("unknown_segment_type")
        return fields
    fields = {"GpcSegmentType": number, "Gpc": bits.flag()}
    bits.end()
    return fields


def _canada(body: str) -> tuple[Fields, set[str]]:
    """Two forms of its lists of ids are met: as written, in Fibonacci coding, and an older one in 16-bit numbers."""
    readings = []
    errors = []
    for form in ("fibonacci", "legacy-int"):
        try:
            readings.append(_canada_as(body, form))
        except Undecodable as error:
            errors.append(error)
    if not readings:
        raise errors[0]
    (fields, oddities), *second = readings
    if second and second[0][0] | {_FORM: ""} != fields | {_FORM: ""}:
        oddities.add("ambiguous_range_form")
    return fields, oddities


_FORM = "_optimized_range_wire_form"


def _canada_as(body: str, form: str) -> tuple[Fields, set[str]]:
    core, *others = segments_of(body)
    bits = Bits(core)
    version = bits.number(6)
    if version != 1:
        raise Undecodable(_("version %(version)d is not one that is read here") % {"version": version})
    fields = tcf.head(bits, version)
    del fields["version"]
    fields["policy_version"] = bits.number(6)
    fields["use_non_standard_stacks"] = bits.flag()
    fields["special_feature_express_consent"] = bits.ids(12)
    fields["purposes_express_consent"] = bits.ids(24)
    fields["purposes_implied_consent"] = bits.ids(24)
    fields["vendor_express_consent"] = _optimized(bits, form)
    fields["vendor_implied_consent"] = _optimized(bits, form)
    fields["publisher_restrictions"] = tcf.restrictions(bits, "type", _restricted(bits, form))
    bits.end()
    seen: dict[str, str] = {}
    for segment in others:
        _canada_segment(fields, segment, form, seen, bits.oddities)
    if SURPLUS in bits.oddities:
        raise Undecodable(_("bits are set after the last field, whichever way its lists are read"))
    return fields | {_FORM: form}, bits.oddities


def _restricted(bits: Bits, form: str) -> Callable[[], list[int]]:
    if form == "fibonacci":
        return partial(_optimized, bits, form)
    return partial(bits.ranges, LARGEST_ID)


def _optimized(bits: Bits, form: str) -> list[int]:
    largest = bits.number(16)
    if not bits.flag():
        return bits.ids(largest)
    return bits.fibonacci_ranges(largest) if form == "fibonacci" else bits.ranges(largest)


def _canada_segment(fields: Fields, segment: str, form: str, seen: dict[str, str], oddities: set[str]) -> None:
    bits = Bits(segment)
    kind = bits.number(3)
    if kind not in (1, 3):
        if kind == 0:
            raise Undecodable(_("a second core segment"))
        oddities.add("unknown_segment_type")
        return
    if not unique(segment, str(kind), seen, oddities):
        return
    if kind == 1:
        fields["vendors_disclosed"] = _optimized(bits, form)
    else:
        fields["pub_purposes_express"] = bits.ids(24)
        fields["pub_purposes_implied"] = bits.ids(24)
        count = fields["num_custom_purposes"] = bits.number(6)
        fields["custom_express"], fields["custom_implied"] = bits.ids(count), bits.ids(count)
    bits.end()
    oddities |= bits.oddities
