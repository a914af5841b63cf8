"""Each verdict is read per country: clear in one, blocked in another because of these findings."""

import random
from datetime import date
from typing import Any

from audits.engine import by_country, judge, load_packs
from audits.engine.countries import alike
from audits.engine.reports.text import text
from audits.engine.verdict import worst
from facts import catalogue
from tests.engine.test_worsening import base
from tests.registrations import put, registered

DAY = date(2026, 11, 21)
PACKS = load_packs()
FACTS = catalogue.load()
NOT_ASKED = {
    "brand": {"country": "US"},
    "source": {
        "lawful_basis": "legitimate_interests",
        "consent": {"method": "none", "channels": [], "uses": []},
        "soft_opt_in": {"from_sale": False},
    },
    "campaign": {"countries": ["US-TX", "DE", "GB"]},
}


def told(data: dict[str, Any]) -> dict[str, Any]:
    return {"file": "one.yaml", **judge(data, packs=PACKS, on=DAY, mend=False).as_dict()}


def test_clear_in_the_us_blocked_in_germany_because_of_a_named_law() -> None:
    entries = {one.countries[0]: one for one in by_country(told(registered(NOT_ASKED)))}
    assert list(entries) == ["US-TX", "DE", "GB"]
    assert (entries["US-TX"].verdict, entries["US-TX"].deciding) == ("clear", ())
    assert (entries["DE"].verdict, entries["GB"].verdict) == ("blocked", "blocked")
    assert any(law.startswith("ePrivacy ") for law in entries["DE"].laws)
    assert {law.split()[0] for law in entries["GB"].laws} == {"PECR"}


def test_the_table_in_plain_words_names_each_country_once_and_why() -> None:
    page = text(told(registered(NOT_ASKED)), FACTS)
    table = page[page.index("CAN:") : page.index("SHOULD:")]
    assert "(ePrivacy " in table and "(PECR " in table
    assert [table.count(f"  {place} ") for place in ("US-TX", "DE", "GB")] == [1, 1, 1]


def test_countries_alike_share_a_row_and_one_row_needs_no_table() -> None:
    answer = told(registered({"campaign": {"countries": ["DE", "FR"]}}))
    assert [row.countries for row in alike(by_country(answer))] == [("DE", "FR")]
    page = text(answer, FACTS)
    assert page[page.index("CAN:") : page.index("SHOULD:")].count("\n") == 1


def test_the_verdict_is_the_strictest_of_its_countries_and_each_has_its_reasons() -> None:
    dice = random.Random(2)
    for _ in range(120):
        data = base(dice)
        put(data, dice.choice([*FACTS.facts.keys() - {"campaign.countries"}]), None)
        answer = told(data)
        entries = by_country(answer)
        assert worst([one.verdict for one in entries]) == answer["can"]["verdict"]
        for one in entries:
            assert bool(one.deciding) is (one.verdict != "clear")
            assert all(one.countries[0] in found["countries"] for found in one.deciding)
