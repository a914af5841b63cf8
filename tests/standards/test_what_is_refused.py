"""Strictness: what is cut off, out of range, contradictory or not of its alphabet is refused, and the reason is told."""

from datetime import date

import pytest

from people.standards import gpp, tcf
from people.standards.bits import MOST_IDS, Bits, Undecodable
from people.standards.reading import kind_of, read
from tests.standards import encoding
from tests.standards.encoding import DAY, number, packed, ranges, tcf_fields

GOOD = encoding.tcf(tcf_fields())
CORE, SHOWN = GOOD.split(".")
US = encoding.section(8, {"Version": 1, **{f: [0] * n if n else 0 for f, n in gpp.SECTIONS[8].fields}})


def core(**changes) -> str:
    return encoding.tcf(tcf_fields(vendors_disclosed=None, **changes))


def with_ranges(entries: str, largest: int = 3) -> str:
    """A core whose consent section holds these range entries."""
    fields = tcf_fields(vendors_disclosed=None, vendor_consents=[], max_vendor_consent_id=0)
    plain = Bits(encoding.tcf(fields)).text
    return packed(plain[:213] + number(largest, 16) + "1" + entries + number(0, 17) + number(0, 12))


def test_a_good_one_is_read():
    assert tcf.decode(GOOD)[0]["vendor_consents"] == [2, 8, 755]
    assert tcf.decode(with_ranges(ranges([1, 2, 3])))[0]["vendor_consents"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"), (".", "empty"), (GOOD + ".", "empty"), (f"{CORE}..{SHOWN}", "empty"), (" " + GOOD, "' '"),
        (GOOD + "\n", "'\\n'"), (CORE + "=", "'='"), (CORE.replace("A", "+", 1), "'+'"), (CORE + "é", "'é'"),
        (CORE + "\u0661", "'\u0661'"), (CORE[:10], "cut off"), (CORE[:40], "cut off"), (f"{CORE}.{SHOWN[:20]}", "cut off"),
        ("A" + CORE[1:], "version 0"), ("D" + CORE[1:], "version 3"), (f"{SHOWN}.{CORE}", "version 8"),
        (f"{GOOD}.{CORE}", "second core"), (f"{GOOD}.{encoding.tcf(tcf_fields(vendors_disclosed=[1])).split('.')[1]}", "contradict"),
        (with_ranges(number(1, 12) + "0" + number(0, 16)), "0 to 0"), (with_ranges(number(1, 12) + "0" + number(4, 16)), "4 to 4"),
        (with_ranges(number(1, 12) + "1" + number(2, 16) + number(1, 16)), "2 to 1"), (with_ranges(number(9, 12)), "0 to 0"),
        (encoding.first_version(tcf_fields(max_vendor_id=9, vendor_consents=[1])) + "." + SHOWN, "one segment"),
        ("C" * 100_001, "longer"),
    ],
)  # fmt: skip
def test_a_broken_tc_string_is_refused_with_its_reason(text, reason):
    with pytest.raises(Undecodable, match=reason.replace("'+'", r"'\+'").replace("'\\n'", r"'\\n'")):
        tcf.decode(text)


@pytest.mark.parametrize("place", [108, 201])
def test_a_language_or_country_of_no_letters_is_refused(place):
    bits = Bits(CORE).text
    with pytest.raises(Undecodable, match="A to Z"):
        tcf.decode(packed(bits[:place] + number(26, 6) + bits[place + 6 :]))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("DBABM", "lists 1 sections and 0"), ("DBABTA~1YNN~1YNN", "lists 1 sections and 2"), ("DBACNY~1YNN", "lists 2"),
        ("DBABTA~", "US Privacy"), ("DCABTA~1YNN", "version 2"), ("CBABTA~1YNN", "does not begin"), ("DBAB~1YNN", "cut off"),
        ("dbabta~1YNN", "does not begin"), (f"DBABBg~{US[:3]}", "usca: cut off"), (f"DBABBg~{US}.", "usca: a segment is empty"),
        (f"DBABBg~{US}=", "'='"), (f"DBABBg~{US}.AA", "second core"), (f"DBABBg~{US}.QA.YA", "contradict"),
        (f"DBABM~{encoding.first_version(tcf_fields(max_vendor_id=9, vendor_consents=[1]))}", "version 1"),
        ("DBABYA~white space", "' '"), ("DBABTA~1ynn", "US Privacy"), ("DBABTA~1YN\u0410", "US Privacy"),
        ("DBABTA\n~1YNN", "base64url"), ("~1YNN", "empty"), ("DBABTA~1YNN~", "lists 1"),
    ],
)  # fmt: skip
def test_a_broken_gpp_string_is_refused_with_its_reason(text, reason):
    with pytest.raises(Undecodable, match=reason):
        gpp.decode(text)


@pytest.mark.parametrize("name", ["SaleOptOut", "SensitiveDataProcessing"])
def test_the_undefined_value_3_is_refused(name):
    fields = {"Version": 1, **{f: [0] * n if n else 0 for f, n in gpp.SECTIONS[8].fields}}
    fields[name] = [0] * 8 + [3] if name == "SensitiveDataProcessing" else 3
    with pytest.raises(Undecodable, match="undefined"):
        gpp.decode(f"DBABBg~{encoding.section(8, fields)}")


def test_a_header_that_names_more_ids_than_there_are_is_refused():
    huge = "000011" + "000001" + number(1, 12) + "1" + encoding.fibonacci(1) + encoding.fibonacci(200_000)
    with pytest.raises(Undecodable, match="larger"):
        gpp.decode(packed(huge) + "~1YNN")


def test_a_few_bits_cannot_ask_for_a_mountain_of_ids():
    each = number(1, 6) + number(1, 2) + number(1, 12) + "1" + number(1, 16) + number(65_535, 16)
    bits = Bits(core()).text
    many = packed(bits[: Bits(core()).text.rindex("1") + 1 + 17] + number(4095, 12) + each * 4095)
    with pytest.raises(Undecodable, match=r"ids in one string|cut off"):
        tcf.decode(many[:100_000])
    assert MOST_IDS < 4095 * 65_535


def test_overlapping_and_unordered_ranges_are_one_list_and_are_told():
    entries = (
        number(3, 12) + "1" + number(2, 16) + number(9, 16) + "0" + number(1, 16) + "1" + number(3, 16) + number(4, 16)
    )
    fields, oddities = tcf.decode(with_ranges(entries, largest=9))
    assert fields["vendor_consents"] == list(range(1, 10))
    assert oddities == {"range_entries_overlap", "range_entries_out_of_order"}


def test_a_segment_of_an_unknown_type_is_passed_over_and_told():
    fields, oddities = tcf.decode(f"{GOOD}.{packed('101' + '1' * 30)}")
    assert (fields["vendors_disclosed"], oddities) == ([2, 8, 755], {"unknown_segment_type"})


def test_a_section_that_is_not_known_is_kept_as_it_came():
    fields, _odd = gpp.decode(encoding.gpp({40: "anything.at-all"}))
    assert fields == {"section_ids": [40], "sections": {"id40": {"raw": "anything.at-all"}}}


@pytest.mark.parametrize(
    ("text", "kind"), [(GOOD, "tcf"), ("BOO", "tcf"), ("DBAA", "gpp"), ("x~y", "gpp"), ("1---", "usp"), ("2YNN", "usp")]
)
def test_the_kinds_are_told_apart(text, kind):
    assert kind_of(text) == kind


@pytest.mark.parametrize("text", ["", "hello", "null", "1" * 100_000, "\udcff", "🍪"])
def test_what_is_none_of_them_is_refused(text):
    with pytest.raises(Undecodable):
        read(text, date(2026, 11, 22))


def test_dates_are_told_to_the_tenth_of_a_second():
    made = "2020-03-09T12:04:34.600Z"
    assert tcf.decode(core(created=made, last_updated=DAY))[0]["created"] == made
