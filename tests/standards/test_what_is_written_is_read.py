"""Round trips: whatever an encoder of the specification writes, the decoder says back, in every form of the lists."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from people.standards import gpp, tcf
from people.standards.us_sections import SECTIONS, US_NATIONAL_1
from tests.standards import encoding

FORMS = settings(max_examples=60, deadline=None)
code = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
some_ids = st.lists(st.integers(1, 300), unique=True, max_size=40).map(sorted)
moments = st.integers(0, (1 << 36) - 1).map(
    lambda tenths: (
        (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=100 * tenths)).isoformat(timespec="milliseconds")[
            :-6
        ]
        + "Z"
    )
)


def below(size: int):
    return st.integers(0, (1 << size) - 1)


def flags(size: int):
    return st.lists(st.integers(1, size), unique=True, max_size=size).map(sorted) if size else st.just([])


heads = {
    "created": moments, "last_updated": moments, "cmp_id": below(12), "cmp_version": below(12),
    "consent_screen": below(6), "consent_language": code, "vendor_list_version": below(12),
}  # fmt: skip


@st.composite
def tc_fields(draw):
    fields = {name: draw(one) for name, one in heads.items()} | {
        "version": 2, "policy_version": draw(below(6)), "is_service_specific": draw(st.booleans()),
        "use_non_standard_texts": draw(st.booleans()), "special_feature_opt_ins": draw(flags(12)),
        "purposes_consent": draw(flags(24)), "purposes_li": draw(flags(24)), "purpose_one_treatment": draw(st.booleans()),
        "publisher_cc": draw(code), "publisher_tc": draw(st.none() | publishers()),
        "publisher_restrictions": draw(st.lists(restrictions("restriction_type"), max_size=3)),
    }  # fmt: skip
    for ids, largest, absent in (
        ("vendor_consents", "max_vendor_consent_id", False), ("vendor_li", "max_vendor_li_id", False),
        ("vendors_disclosed", "max_vendor_disclosed_id", True), ("vendors_allowed", "max_vendor_allowed_id", True),
    ):  # fmt: skip
        fields[ids] = draw(st.none() | some_ids) if absent else draw(some_ids)
        if fields[ids] is not None:
            fields[largest] = max(fields[ids], default=0) + draw(st.integers(0, 9))
    return fields


def restrictions(name: str):
    return st.fixed_dictionaries(
        {"purpose_id": below(6), name: below(2), "vendors": st.sets(st.integers(1, 65_535), max_size=9).map(sorted)}
    )


@st.composite
def publishers(draw):
    count = draw(st.integers(0, 63))
    return {
        "purposes_consent": draw(flags(24)), "purposes_li": draw(flags(24)), "num_custom_purposes": count,
        "custom_consent": draw(flags(count)), "custom_li": draw(flags(count)),
    }  # fmt: skip


@FORMS
@given(tc_fields(), st.booleans(), st.permutations([1, 2, 3]))
def test_a_tc_string_says_what_was_written(fields, ranged, order):
    assert tcf.decode(encoding.tcf(fields, ranged=ranged, order=order)) == (fields, set())


@FORMS
@given(st.fixed_dictionaries(heads), flags(24), some_ids, st.sampled_from([None, True, False]))
def test_a_tc_string_of_version_1(head, purposes, ids, default):
    fields = head | {
        "version": 1,
        "purposes_consent": purposes,
        "vendor_consents": ids,
        "max_vendor_id": max(ids, default=0),
    }
    if default is not None:
        fields["default_consent"] = default
    assert tcf.decode(encoding.first_version(fields)) == (fields, set())


@st.composite
def us_sections(draw):
    number = draw(st.sampled_from(sorted(SECTIONS)))
    layout, version = SECTIONS[number], 1
    if number == 7:
        version = draw(st.sampled_from([1, 2]))
        layout = US_NATIONAL_1 if version == 1 else layout
    value = st.integers(0, 2)
    fields = {layout.version_name: version}
    for name, count in layout.fields:
        fields[name] = draw(st.lists(value, min_size=count, max_size=count) if count else value)
    if layout.second and draw(st.booleans()):
        if layout.second == "gpc":
            fields |= {"GpcSegmentType": 1, "Gpc": draw(st.booleans())}
        else:
            fields["SensitiveDataProcessing"] = draw(st.lists(value, min_size=8, max_size=8))
    return number, fields


@FORMS
@given(st.lists(us_sections(), min_size=1, max_size=5, unique_by=lambda one: one[0]))
def test_us_sections_say_what_was_written(sections):
    text = encoding.gpp({number: encoding.section(number, fields) for number, fields in sections})
    fields, oddities = gpp.decode(text)
    assert fields["section_ids"] == sorted(number for number, _fields in sections)
    assert fields["sections"] == {SECTIONS[number].name: section for number, section in sections}
    assert not any(oddities.values())


@FORMS
@given(
    st.fixed_dictionaries(heads),
    some_ids,
    some_ids,
    st.none() | some_ids,
    st.lists(restrictions("type"), max_size=3),
    st.booleans(),
)
def test_the_canadian_section_as_written_today(head, express, implied, disclosed, restricted, ranged):
    fields = canadian(head, express, implied, disclosed, restricted)
    read, odd = gpp.decode(encoding.gpp({5: encoding.canada(fields, ranged=ranged)}))
    said = read["sections"]["tcfcav1"]
    assert {name: value for name, value in said.items() if not name.startswith("_")} == fields
    assert odd["tcfcav1"] <= {"ambiguous_range_form"}


def canadian(head, express, implied, disclosed, restricted):
    shown = {} if disclosed is None else {"vendors_disclosed": disclosed}
    return head | shown | {
        "policy_version": 2, "use_non_standard_stacks": False, "special_feature_express_consent": [1],
        "purposes_express_consent": [2], "purposes_implied_consent": [3], "vendor_express_consent": express,
        "vendor_implied_consent": implied, "publisher_restrictions": restricted,
    }  # fmt: skip


def test_the_older_form_of_the_canadian_lists_is_read_too():
    head = {name: encoding.tcf_fields()[name] for name in heads}
    fields = canadian(head, [1, 2, 3, 9], [4], [1, 9], [{"purpose_id": 2, "type": 1, "vendors": [3, 4, 5]}])
    read, _odd = gpp.decode(encoding.gpp({5: encoding.canada(fields, form="legacy-int", ranged=True)}))
    assert read["sections"]["tcfcav1"] == fields | {"_optimized_range_wire_form": "legacy-int"}
