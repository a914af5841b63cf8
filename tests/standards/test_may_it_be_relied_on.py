"""The decoder says what the bits are; the policy says whether they may be relied on as of a day, and why not."""

from datetime import date

import pytest

from people.standards import gpp
from people.standards.policy import FINDINGS, TOLD
from people.standards.reading import read
from tests.standards import encoding
from tests.standards.encoding import tcf_fields

ON = date(2026, 11, 22)


def judged(on: date = ON, **changes):
    return read(encoding.tcf(tcf_fields(**changes)), on).reliance


def test_a_plain_string_of_tcf_2_3_may_be_relied_on():
    assert judged() == (True, [], [])


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"cmp_id": 1}, "cmp_id_below_2"), ({"policy_version": 2}, "policy_version_below_4"),
        ({"policy_version": 6}, "unknown_policy_version"), ({"is_service_specific": False}, "not_service_specific"),
        ({"purposes_li": [1]}, "li_bit_set_for_purpose_1"), ({"purposes_li": [5]}, "li_bits_set_for_purposes_3_to_6"),
        ({"vendors_disclosed": None}, "disclosed_vendors_segment_missing"),
        ({"vendors_disclosed": [], "max_vendor_disclosed_id": 0}, "disclosed_vendors_segment_empty"),
        ({"created": "2026-03-03T00:00:00.000Z"}, "last_updated_before_created"),
        ({"created": "2027-03-03T00:00:00.000Z", "last_updated": "2027-03-03T00:00:00.000Z"}, "made_in_the_future"),
        ({"publisher_restrictions": [{"purpose_id": 2, "restriction_type": 3, "vendors": [1]}]}, "restriction_undefined"),
    ],
)  # fmt: skip
def test_what_forbids_to_rely_on_it(changes, finding):
    reliance = judged(**changes)
    assert not reliance.reliable and finding in reliance.because


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"created": "2026-03-02T10:00:00.000Z", "last_updated": "2026-03-02T10:00:00.000Z"}, "last_updated_not_day_level"),
        ({"created": "2026-03-01T00:00:00.000Z"}, "created_differs_from_last_updated"),
        ({"vendor_list_version": 0}, "vendor_list_version_0"), ({"purposes_consent": [12]}, "unknown_purpose_set"),
        ({"vendors_disclosed": [2]}, "vendors_consented_not_disclosed"),
        ({"vendors_allowed": [2], "max_vendor_allowed_id": 2}, "vendors_allowed_segment_deprecated_type_2"),
    ],
)  # fmt: skip
def test_what_is_told_and_no_more(changes, finding):
    assert judged(**changes) == (True, [finding], [])


def test_a_choice_is_good_for_thirteen_months():
    assert judged(date(2027, 4, 2)).reliable
    assert judged(date(2027, 4, 3)).because == ["older_than_13_months"]


def test_before_march_2026_nobody_had_to_say_which_vendors_were_shown():
    old = "2026-02-28T00:00:00.000Z"
    assert judged(created=old, last_updated=old, vendors_disclosed=None).reliable


def us(number: int, **values):
    layout = gpp.SECTIONS[number]
    fields = {layout.version_name: 1, **{name: [0] * count if count else 0 for name, count in layout.fields}}
    return fields | {"MspaCoveredTransaction": 2} | values


def reliance(**sections):
    numbers = {name: number for number, name in gpp.NAMES.items()}
    return read(encoding.gpp({numbers[n]: encoding.section(numbers[n], one) for n, one in sections.items()}), ON)


def test_a_us_section_may_be_relied_on():
    assert reliance(usca=us(8, SaleOptOutNotice=1, SaleOptOut=2)).reliance == (True, [], [])


@pytest.mark.parametrize(("name", "number"), [("usmd", 24), ("usin", 25), ("usky", 26), ("usri", 27)])
def test_sections_whose_layout_is_unsettled_are_read_and_not_relied_on(name, number):
    reading = reliance(**{name: us(number)})
    assert reading.fields["sections"][name] == us(number)
    assert (reading.reliance.reliable, reading.reliance.because) == (False, [f"{name}.layout_unsettled"])


def test_one_section_that_is_unreliable_makes_the_string_so_and_the_others_keep_their_own_answer():
    reading = reliance(usca=us(8), usri=us(27))
    assert (reading.reliance.reliable, reading.sections["usca"].reliable) == (False, True)


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"Version": 9}, "unknown_section_version"), ({"SaleOptOut": 2, "SaleOptOutNotice": 2}, "opt_out_without_notice"),
        ({"Gpc": True, "GpcSegmentType": 1, "SaleOptOut": 2, "SaleOptOutNotice": 1}, "gpc_contradicts_section"),
    ],
)  # fmt: skip
def test_what_forbids_to_rely_on_a_us_section(values, finding):
    assert f"usca.{finding}" in reliance(usca=us(8, **values)).reliance.because


@pytest.mark.parametrize("text", ["1YNN", "1YYN", "1Y--", "1---"])
def test_a_us_privacy_string_is_deprecated_and_not_relied_on(text):
    assert "usp_deprecated_since_2024" in read(text, ON).reliance.because


def test_a_string_without_sections_says_nothing():
    assert read("DBAA", ON).reliance == (False, ["no_sections"], ["no_sections"])


def test_a_section_that_is_not_known_is_unknown():
    assert read(encoding.gpp({4: "abc"}), ON).reliance.because == ["id4.unknown_section"]


def test_set_bits_after_the_last_field_are_not_relied_on():
    assert read(f"{encoding.tcf(tcf_fields(vendors_disclosed=None))}B", ON).reliance.because == [
        "bits_set_after_last_field", "disclosed_vendors_segment_missing",
    ]  # fmt: skip


def test_every_finding_has_its_sentence():
    assert set(FINDINGS) > TOLD
