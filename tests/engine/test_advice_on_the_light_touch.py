"""Advice beside the score: data that nothing uses, success that only counts reach, the time since the moment."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.engine import InvalidPack, judge, load_packs
from audits.engine.light_touch.lag import Window, dated_windows, lag, read_windows, window
from facts import catalogue
from tests.registrations import registered

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)
PACKS = load_packs()
LETTER = {"subject": "Hello {{first_name}}", "text": "Yours"}


def advised(facts: dict[str, Any], content: dict[str, str] | None = None, **known: Any) -> dict[str, str]:
    data = registered({"campaign": facts}) | ({"content": content} if content else {})
    found = judge(data, packs=PACKS, on=DAY, mend=False, **known).findings
    return {one.rule: one.message for one in found if one.pack == "light_touch"}


def test_a_field_that_is_requested_and_not_used_is_named() -> None:
    told = advised({"data_used": {"requested": ["email", "birthday"], "used": ["email"]}})
    assert told["light_touch.data_diet"].startswith("birthday: requested")


def test_a_field_that_neither_selection_nor_text_uses_is_named_where_both_are_known() -> None:
    used = {"data_used": {"requested": ["email", "first_name", "city"], "used": ["email", "first_name", "city"]}}
    assert advised(used, LETTER, selection=[])["light_touch.data_diet"].startswith("city: said to be used")
    assert advised(used, LETTER, selection=["city"]) == {}
    assert advised(used, LETTER) == {}
    assert advised(used, selection=[]) == {}
    assert advised(used | {"trigger": {"kind": "cart"}}, LETTER, selection=[]) == {}


def test_unanswered_fields_are_not_called_unused() -> None:
    assert advised({"data_used": {"requested": ["email"], "used": None}}) == {}


@pytest.mark.parametrize("measures", [["opens"], ["reach", "opens", "clicks"]])
def test_who_counts_only_reach_opens_and_clicks_is_offered_measures_of_the_relation(measures: list[str]) -> None:
    assert "light_touch.success" in advised({"success_measures": measures})
    assert advised({"success_measures": [*measures, "felt_helpful"]}) == {}


def test_advice_changes_neither_verdict_nor_score() -> None:
    facts = {"campaign": {"data_used": {"requested": ["email", "birthday"], "used": ["email"]}}}
    for country in ("US", "GB"):
        facts["campaign"]["countries"] = [country]  # type: ignore[assignment]
        told = judge(registered(facts), packs=PACKS, on=DAY, mend=False)
        assert told.should == judge(registered({}), packs=PACKS, on=DAY, mend=False).should


@pytest.mark.parametrize(
    ("kind", "hours", "expected"),
    [
        ("cart", 0.5, "too_soon"), ("cart", 2, "within"), ("cart", 168, "within"), ("cart", 168.1, "too_late"),
        ("health_event", 23, "too_soon"), ("birthday", 0, "within"), ("birthday", 49, "too_late"),
        ("signup", -0.1, "too_soon"), ("schedule", 9999, "within"), ("none", 0, "within"), ("eclipse", 5, "too_late"),
    ],
)  # fmt: skip
def test_a_message_is_too_soon_within_or_too_late_for_its_moment(kind: str, hours: float, expected: str) -> None:
    assert lag(kind, MOMENT, MOMENT + timedelta(hours=hours)) == expected


@given(st.sampled_from(sorted(dated_windows()[-1][1])), st.floats(0, 5000), st.floats(0, 5000))
def test_farther_from_the_window_never_scores_better(kind: str, one: float, other: float) -> None:
    fits = window(kind, DAY)
    assert fits is not None
    near, far = sorted((one, other), key=lambda hours: abs(fits.distance(hours)))
    if fits.distance(near) * fits.distance(far) < 0:
        return
    near_score, far_score = (
        judge(
            registered({"campaign": {"trigger": {"kind": kind, "delay_hours": hours, "exact_item": True}}}),
            packs=PACKS, on=DAY, mend=False,
        ).should.score
        for hours in (near, far)
    )  # fmt: skip
    assert far_score <= near_score


def test_every_trigger_but_a_schedule_has_a_window_and_each_day_its_own() -> None:
    kinds = set(catalogue.load().facts["campaign.trigger.kind"].choices)
    assert kinds - {"schedule", "none"} == dated_windows()[-1][1].keys()
    assert window("cart", date(2026, 11, 20)) is None
    assert window("cart", DAY) == Window(2.0, 168.0)


def test_windows_that_end_before_they_begin_or_are_out_of_order_are_refused() -> None:
    right = {"from": DAY, "hours": {"cart": {"floor": 2, "ceiling": 4}}}
    with pytest.raises(InvalidPack, match="cart ends before it begins"):
        read_windows([{"from": DAY, "hours": {"cart": {"floor": 4, "ceiling": 2}}}])
    with pytest.raises(InvalidPack, match="dates in their order"):
        read_windows([right, {**right, "from": date(2026, 1, 1)}])
