"""The Sec-GPC header and a site's gpc.json: only the exact value counts, and what is unclear is unknown."""

import json
from datetime import date

import pytest

from people.standards import gpc


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ([], False), (["1"], True), (["0"], False), (["01"], False), (["1;q=1"], False), (["true"], False), (["¹"], False),
        (["0", "1"], True), (["0,1"], True), (["0, 1"], True), ([" 1\t"], True), (["1 1"], False), ([""], False), (["1,"], True),
    ],
)  # fmt: skip
def test_only_exactly_1_asks(values, asked):
    assert gpc.asked(values) is asked


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('{"gpc": true, "lastUpdate": "2026-01-02"}', ("true", "2026-01-02")), ('{"gpc": false}', ("false", "unknown")),
        ('{"gpc": 1}', ("unknown", "unknown")), ('{"gpc": "true"}', ("unknown", "unknown")), ("null", ("unknown", "unknown")),
        ("", ("unknown", "unknown")), (b"\xff\xfe", ("unknown", "unknown")), ("[" * 100_000, ("unknown", "unknown")),
        ('{"gpc": true, "lastUpdate": 5}', ("true", "unknown")), ('{"gpc": true, "lastUpdate": "2026-02-30"}', ("true", "unknown")),
    ],
)  # fmt: skip
def test_a_site_says_true_or_false_or_it_is_unknown(body, told):
    assert gpc.supported(body) == told


def test_our_own_statement_is_read_as_support():
    assert gpc.supported(json.dumps(gpc.resource(date(2026, 11, 22)))) == ("true", "2026-11-22")
