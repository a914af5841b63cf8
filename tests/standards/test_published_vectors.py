"""Vectors of other implementations: what all accept is read field by field, what all refuse is refused with a reason."""

from collections import Counter
from datetime import date

import pytest

from people.standards import gpc, gpp, usp
from people.standards.bits import Bits, Undecodable
from people.standards.reading import read
from tests.standards.vectors import load, say

ON = date(2026, 11, 22)
# Where decoders differ we read what the layout's bits say, and refuse what is cut off, empty, out of range or miscounted.
READ_ALTHOUGH_DISPUTED = {
    "tcf-023", "tcf-079", "tcf-083", "tcf-085",  # Java wants more bytes than the bits, or iabtcf-es a CMP id: bits suffice
    "gpp-089",  # lists in Fibonacci coding, as the specification writes them; Java reads the older form alone
}  # fmt: skip


def told(text, kind):
    try:
        return read(text, ON, kind), ""
    except Undecodable as error:
        return None, str(error)


@pytest.mark.parametrize("kind", ["tcf", "gpp"])
def test_every_vector_is_read_or_refused_as_its_verdict_says(kind, capsys):
    counts: Counter[str] = Counter()
    wrong = []
    for one in load(f"{kind}_vectors.json")["vectors"]:
        reading, error = told(one["string"], kind)
        wanted = one["verdict"] == "accept" or one["id"] in READ_ALTHOUGH_DISPUTED
        same = reading is not None and reading.fields == one["expected"] if wanted else bool(error)
        counts[f"{one['verdict']}: {'read' if reading else 'refused'}"] += 1
        if not same:
            wrong.append((one["id"], one["verdict"], error))
    with capsys.disabled():
        say(f"\n{kind} vectors:", dict(sorted(counts.items())))
    assert wrong == []


def test_what_tcf_2_3_objects_to_is_found():
    for one in load("tcf_vectors.json")["vectors"]:
        if "expected" in one:
            assert set(one["tcf23_policy_findings"]) <= set(read(one["string"], ON).reliance.findings), one["id"]


def test_us_privacy_vectors(capsys):
    counts: Counter[str] = Counter()
    for one in load("usp_vectors.json")["vectors"]:
        reading, error = told(one["string"], "usp")
        counts["read" if reading else "refused"] += 1
        assert bool(reading) == one["valid"] and bool(error) != one["valid"], one
        if reading:
            assert {name: one[name] for name in reading.fields if name in one}.items() <= reading.fields.items()
    with capsys.disabled():
        say("\nusp vectors:", dict(counts))


def test_headers_and_fibonacci_coding():
    vectors = load("gpp_header_fibonacci.json")
    for one in vectors["headers"]:
        assert gpp.section_ids(one["header"]) == (one["section_ids"], set())
    for one in vectors["fibonacci"]:
        assert of(one["bits"]).fibonacci() == one["n"]
    for one in vectors["fibonacci_ranges"]:
        assert of(one["bits"]).fibonacci_ranges() == one["ids"]


def of(bits: str) -> Bits:
    reader = Bits("A")
    reader.text, reader.length = bits, len(bits)
    return reader


def test_global_privacy_control_vectors():
    vectors = load("gpc_vectors.json")
    for one in vectors["header_vectors"]:
        assert gpc.asked(one["headers"]) is (True if one["gpc"] == "note" else one["gpc"]), one
    for one in vectors["wellknown_vectors"]:
        support, updated = gpc.supported(one["body"])
        assert (support, one.get("lastUpdate", updated)) == (one["support"], updated), one


def test_the_layouts_are_those_of_the_reference():
    for name, layout in load("gpp_us_section_layouts.json")["sections"].items():
        section = gpp.SECTIONS[layout["id"]]
        core = layout["segments"][0]["fields"]
        assert (section.name, section.version_name) == (name, core[0]["name"])
        assert [(one.name, one.size) for one in section.fields] == [(one["name"], one.get("count")) for one in core[1:]]
        assert section.second[:3] == (layout["segments"][1]["segment"][:3] if len(layout["segments"]) > 1 else "")


def test_a_us_privacy_string_in_a_section_is_read_as_strictly_as_alone():
    for one in load("usp_vectors.json")["vectors"]:
        if one["valid"]:
            assert (
                gpp.decode(f"DBABTA~{one['string']}")[0]["sections"]["uspv1"]["Notice"] == usp.decode(one["string"])[0]
            )
        else:
            with pytest.raises(Undecodable):
                gpp.decode(f"DBABTA~{one['string']}")
