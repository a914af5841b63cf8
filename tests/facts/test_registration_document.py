"""The registration document: read strictly, the same in YAML, JSON and from REST, with one canonical form."""

import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from hypothesis import given

from facts import document, reading, schema
from facts.document import InvalidDocument
from tests.registrations import deviations, exemplary, overlaid

SCHEMA = jsonschema.Draft202012Validator(schema.json_schema())


def refused(text: str) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as caught:
        document.load(text)
    return caught.value


def test_the_exemplary_document_is_valid() -> None:
    assert document.parse(exemplary()).brand["country"] == "GB"


@given(deviations())
def test_yaml_json_and_decoded_data_are_the_same_registration(data: dict[str, Any]) -> None:
    read = document.parse(data)
    assert document.load(yaml.safe_dump(data)) == document.load(json.dumps(data)) == read
    assert document.load(json.dumps(document.normalise(data))).sha256 == read.sha256


@given(deviations())
def test_whatever_is_read_fits_the_published_schema(data: dict[str, Any]) -> None:
    document.parse(data)
    SCHEMA.validate(data)


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.json_schema())


def test_absent_null_and_an_empty_group_are_one_and_the_same_silence() -> None:
    absent = {"registration": 1, "campaign": {"key": "a"}}
    null = {"registration": 1, "brand": None, "campaign": {"key": "a", "purpose": None, "offer": {"benefit": None}}}
    assert document.sha256(absent) == document.sha256(null)


def test_the_hash_does_not_depend_on_the_order_of_keys() -> None:
    data = exemplary()
    turned = dict(reversed(data.items())) | {"campaign": dict(reversed(data["campaign"].items()))}
    assert document.canonical(turned) == document.canonical(data)


def test_the_hash_is_known() -> None:
    assert document.canonical({"registration": 1, "b": 24.0, "a": [1.5]}) == b'{"a":[1.5],"b":24,"registration":1}'


def test_country_codes_are_never_read_as_booleans() -> None:
    assert document.load("registration: 1\nbrand: {country: NO}").brand["country"] == "NO"


def test_a_campaign_that_names_no_sources_is_judged_with_all_of_them() -> None:
    data = overlaid(exemplary(), {"campaign": {"sources": None}})
    assert [source["key"] for source in document.parse(data).campaign_sources] == ["main"]


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("registration: 1\nregistration: 1", "registration", 2),
        ("registration: 2", "registration", 1),
        ("registration: true", "registration", 1),
        ("brand: {}", "registration", None),
        ("- a", "", 1),
        ("registration: 1\ncolour: red", "colour", 2),
        ("registration: 1\ncampaign:\n  key: a\n  purpos: x", "campaign.purpos", 4),
        ("registration: 1\ncampaign: {purpose: newsletter}", "campaign.key", None),
        ("registration: 1\ncampaign: {key: 'a b'}", "campaign.key", 2),
        ("registration: 1\ncampaign: {key: a, sources: [b]}", "campaign.sources[0]", 2),
        ("registration: 1\ncampaign: {key: a, channels: [email, email]}", "campaign.channels[1]", 2),
        ("registration: 1\ncampaign: {key: a, channels: email}", "campaign.channels", 2),
        ("registration: 1\ncampaign: {key: a, promotional: 1}", "campaign.promotional", 2),
        ("registration: 1\ncampaign: {key: a, audience: {size: -1}}", "campaign.audience.size", 2),
        ("registration: 1\ncampaign: {key: a, audience: []}", "campaign.audience", 2),
        ("registration: 1\nsources: [{key: a}, {key: a}]", "sources[1].key", 2),
        ("registration: 1\nsources: [{name: a}]", "sources[0].key", None),
        ("registration: 1\nbrand: {country: UK}", "brand.country", 2),
        ("registration: 1\nbrand: {country: US-XX}", "brand.country", 2),
        ("registration: 1\ncontent: {landing_url: 'javascript:alert(1)'}", "content.landing_url", 2),
        ("registration: 1\nschedule: {from: 2026-02-30}", "schedule.from", 2),
        ("registration: 1\nschedule: {from: 2026-12-01, until: 2026-11-30}", "schedule.until", 2),
        ("registration: .inf", "registration", 1),
    ],
)
def test_what_is_wrong_is_named_with_its_path_and_line(text: str, path: str, line: int | None) -> None:
    error = refused(text)
    assert (error.path, error.line) == (path, line)
    assert error.expected


def test_duplicate_keys_are_refused_in_json_too() -> None:
    assert refused('{"registration": 1, "registration": 1}').path == "registration"


@pytest.mark.parametrize(
    "text",
    [
        "registration: !!python/object/apply:os.system [ls]",
        "registration: !!int '1'",
        "[" * 5000,
        '{"a":' * 5000,
        "a: &a [*a]",
        "a: &a {b: 1}\nc: {<<: *a}",
        "registration: 1\n---\nregistration: 1",
        "a: [1",
        '{"registration": NaN}',
        '{"registration": 1' + "0" * 5000 + "}",
        "? [a]\n: b",
        "a: \x00",
        "",
        '{"registration": 1, "brand": {"name": "\\ud800"}}',
    ],
)
def test_hostile_or_broken_text_is_refused_and_nothing_is_run(text: str) -> None:
    refused(text)


def test_aliases_count_as_often_as_they_are_used() -> None:
    names = "abcdefgh"
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for before, name in itertools.pairwise(names):
        bomb += f"{name}: &{name} [" + ", ".join([f"*{before}"] * 10) + "]\n"
    assert "values" in str(refused(bomb).found)


def test_too_much_text_is_refused_before_it_is_parsed() -> None:
    assert "characters" in str(refused(" " * (reading.MAX_CHARACTERS + 1)).found)


def test_a_file_is_read_by_its_ending_and_an_unreadable_one_is_invalid(tmp_path: Path) -> None:
    good, binary = tmp_path / "a.json", tmp_path / "b.yaml"
    good.write_text(json.dumps(exemplary()), encoding="utf-8")
    binary.write_bytes(b"\xff\xfe\x00")
    assert document.load(good).campaign["key"] == "spring"
    for path in (binary, tmp_path / "absent.yaml", tmp_path):
        with pytest.raises(InvalidDocument):
            document.load(path)


def test_an_error_is_told_as_plain_data() -> None:
    error = refused("registration: 1\nbrand: {sector: Retail}")
    assert error.as_dict()["found"] == "Retail"
    json.dumps(error.as_dict())
