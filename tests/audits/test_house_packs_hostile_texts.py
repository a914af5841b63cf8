"""A pack is data: whatever text comes, it is a pack or a refusal that names the place; nothing runs and nothing grows."""

import time

import pytest

from audits.house.faults import PackFault
from audits.house.reading import MAX_BYTES, prove, read
from tests.audits.house import QUIET, text

ALIASES = """\
pack: house-bomb
title: Bomb
version: "1"
a: &a [x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
rules: *e
"""


def refused(pack):
    with pytest.raises(PackFault) as caught:
        house = read(pack)
        prove(house)
    return caught.value


def test_the_pack_of_these_tests_is_one():
    house = read(QUIET)
    prove(house)
    assert (house.code, house.lines) == ("house-quiet-evenings", {"house.quiet-evenings.until-nine": 6})


@pytest.mark.parametrize(
    "pack, line",
    [
        ("", 1),
        ("just words", 1),
        ("pack: [unclosed", 2),
        ("pack: house-x\npack: house-y\n", 2),
        ("pack: !!python/object/apply:os.system [date]", 1),
        (ALIASES, 8),
        ("[" * 50, 1),
        (QUIET.replace("title: Quiet evenings", "colour: red"), 2),
        (QUIET.replace("pack: house-quiet-evenings", "pack: GDPR"), 1),
        (QUIET.replace("pack: house-quiet-evenings", "pack: house-Ä"), 1),
        (QUIET.replace("id: house.quiet-evenings.until-nine", "id: gdpr.7-1.proof"), 6),
        (QUIET.replace("severity: block", "severity: fatal"), 6),
        (QUIET.replace("severity: block", "colour: red"), 11),
        (QUIET.replace("requires: called_by_day", "requires: has(campaign.timing)"), 6),
        (QUIET.replace("requires: called_by_day", "requires: no_such_definition"), 6),
        (QUIET.replace("requires: called_by_day", "requires: campaign.no_such_fact"), 6),
        (QUIET.replace("requires: called_by_day", 'requires: campaign.promotional + "'), 6),
        (QUIET.replace("requires: called_by_day", "requires: [a, b]"), 10),
        (QUIET.replace("scope: campaign", "scope: 7"), 9),
        (QUIET.replace("violates: [", "violates: [3, "), 16),
        (QUIET.replace('"09:00-20:00"', '"09:00-22:00"'), 6),
        (QUIET.replace("{local_hours", "{no_such_fact: 1, local_hours"), 6),
        (QUIET + "values: {teens: [{from: 2026-01-01, value: 3}]}\n", 18),
        (QUIET + "values: {house_n: [{from: soon, value: 3}]}\n", 18),
        (QUIET + "adopt: {pack: GDPR, prefix: x, checked: text, rules: [gdpr.7-1.proof]}\n", 18),
        (QUIET + "speaks: [email]\n", 18),
    ],
)
def test_what_is_no_pack_is_refused_with_its_line(pack, line):
    fault = refused(pack)
    assert fault.line == line, str(fault)
    assert str(fault).startswith("Line ")


def test_a_text_that_is_too_large_is_not_even_read():
    assert "64 KiB" in str(refused(QUIET + "#" * MAX_BYTES))


def test_rules_examples_and_conditions_are_bounded():
    rule = {"id": "house.a", "title": "A", "scope": "campaign", "requires": "campaign.promotional", "severity": "human"}
    rule |= {"message": "M", "remedy": "R", "examples": {"violates": [{"campaign": {}}], "silent": [{"campaign": {}}]}}
    assert "100 rules" in str(refused(text(rules=[rule] * 101)))
    many = {"violates": [{"campaign": {}}] * 21, "silent": [{"campaign": {}}]}
    assert "20 examples" in str(refused(text(examples=many)))
    assert "1000 characters" in str(refused(text(requires="campaign.promotional || " * 60 + "true")))


def test_the_fault_of_an_example_names_the_rule_and_what_came_out():
    fault = refused(QUIET.replace('"09:00-22:00"', '"09:00-18:00"'))
    assert fault.rule == "house.quiet-evenings.until-nine"
    assert "example 1 comes out as silent, expected violated" in str(fault)


def test_a_value_of_the_wrong_type_in_an_example_is_told():
    assert "valid registration" in str(refused(text(examples={"violates": [{"campaign": {"promotional": 3}}],
                                                              "silent": [{"campaign": {}}]})))  # fmt: skip


def test_a_rule_that_stands_twice_is_refused():
    whole = read(QUIET)
    with pytest.raises(PackFault, match="more than one place"):
        prove(whole, [read(QUIET.replace("house-quiet-evenings", "house-other"))])


def test_no_text_takes_long_or_breaks_in_another_way():
    """Every prefix of a pack, and the pack with each line gone, is a pack or a fault, within moments."""
    lines = QUIET.splitlines(keepends=True)
    cut = [QUIET[:end] for end in range(0, len(QUIET), 29)]
    without = ["".join(lines[:gone] + lines[gone + 1 :]) for gone in range(len(lines))]
    start = time.perf_counter()
    for pack in [*cut, *without]:
        try:
            prove(read(pack))
        except PackFault:
            continue
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize("requires", ["!" * 900 + "campaign.promotional", "(" * 400 + "true" + ")" * 400])
def test_conditions_of_many_marks_are_decided_or_refused(requires):
    refused(text(requires=requires))


def test_conditions_that_nest_deeply_are_decided_at_once_or_refused():
    kinds = [f"campaign.channels.exists(v{n}, " for n in range(20)]
    start = time.perf_counter()
    refused(text(requires="".join(kinds) + 'v0 == "x"' + ")" * 20, examples={
        "violates": [{"campaign": {"channels": ["email", "sms", "push", "post", "web", "in_app"]}}],
        "silent": [{"campaign": {}}],
    }))  # fmt: skip
    assert time.perf_counter() - start < 5
