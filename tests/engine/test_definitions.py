"""What the shared definitions mean, on the traps that cases have set."""

from datetime import date
from typing import Any

import pytest

from audits.engine import load_packs
from audits.engine.environment import environment
from facts.conditions import Truth
from tests.registrations import registered

PACKS = load_packs()


def truth(name: str, facts: dict[str, Any]) -> Truth:
    document = registered(facts)
    values = PACKS.values(date(2026, 11, 21))
    here = environment(PACKS, values, document["brand"], document["campaign"], document["sources"][0], None)
    return here.truth(PACKS.definitions[name].condition)


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [
        ({"purpose": "service_notice", "promotional": False}, Truth.FALSE),
        ({"purpose": "service_notice", "promotional": True}, Truth.TRUE),
        ({"purpose": "service_notice", "promotional": None}, Truth.UNKNOWN),
        ({"purpose": "re_permission", "promotional": False}, Truth.TRUE),
        ({"purpose": "survey", "promotional": False}, Truth.TRUE),
        ({"purpose": None, "promotional": True}, Truth.TRUE),
        ({"purpose": None, "promotional": False}, Truth.UNKNOWN),
    ],
)
def test_what_counts_as_marketing(campaign: dict[str, Any], expected: Truth) -> None:
    assert truth("is_marketing", {"campaign": campaign}) is expected


@pytest.mark.parametrize(
    ("source", "recognition", "expected"),
    [
        ({"identified_by": "none", "categories": []}, "none", Truth.FALSE),
        ({"identified_by": "none", "categories": ["browsing"]}, "none", Truth.FALSE),
        ({"identified_by": "none", "categories": ["browsing"], "anonymised_truly": False}, "none", Truth.TRUE),
        ({"identified_by": "cookie"}, "none", Truth.TRUE),
        ({"identified_by": "none", "categories": []}, "login", Truth.TRUE),
    ],
)
def test_where_nobody_can_be_singled_out_there_is_no_personal_data(
    source: Any, recognition: str, expected: Truth
) -> None:
    assert truth("personal_data", {"source": source, "campaign": {"recognition": {"path": recognition}}}) is expected


@pytest.mark.parametrize("condition", ["from_sale", "same_seller", "similar_products", "opt_out_at_collection"])
def test_the_exception_for_customers_falls_with_any_of_its_conditions(condition: str) -> None:
    assert truth("soft_opt_in_holds", {}) is Truth.TRUE
    assert truth("soft_opt_in_holds", {"source": {"soft_opt_in": {condition: False}}}) is Truth.FALSE
    assert truth("soft_opt_in_holds", {"source": {"soft_opt_in": {condition: None}}}) is Truth.UNKNOWN


@pytest.mark.parametrize("channel", ["push", "inbox_ad", "phone_automated"])
def test_the_exception_for_customers_is_about_electronic_mail_proper(channel: str) -> None:
    assert truth("soft_opt_in_holds", {"campaign": {"channels": ["email", channel]}}) is Truth.FALSE


def test_permission_of_the_operating_system_is_not_consent() -> None:
    assert truth("active_consent", {"source": {"consent": {"method": "os_permission"}}}) is Truth.FALSE


@pytest.mark.parametrize(
    ("relationship", "expected"),
    [(["employee_of_business"], Truth.TRUE), (["employee_of_business", "customer"], Truth.FALSE), ([], Truth.FALSE)],
)
def test_a_mixed_audience_is_not_an_audience_of_businesses(relationship: list[str], expected: Truth) -> None:
    assert truth("to_businesses", {"campaign": {"audience": {"relationship": relationship}}}) is expected
