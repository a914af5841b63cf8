"""Olivia sets her house a stricter rule than the law, sees whom it concerns, and switches it on."""

import pytest
from playwright.sync_api import expect

from audits.models import CaseState
from tests import factories
from tests.audits.house import STRICTER, worked
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_olivia_writes_a_house_pack_tries_it_and_switches_it_on(
    live_server, page, screenshot, northwind, alice, olivia
):
    case = factories.case_in_state(northwind, CaseState.APPROVED, campaign={"name": "Weekly letter"})
    factories.case_in_state(
        northwind, CaseState.APPROVED, campaign={"key": "rare", "name": "Rare", "timing": {"per_week": 0.5}}
    )
    page.goto(f"{live_server.url}/")
    page.fill("#id_username", olivia.email)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#nav-sidebar a", has_text="Rule packs").click()
    page.locator("a", has_text="New house pack").click()
    screenshot(page, "new pack")
    page.fill("#p-text", STRICTER.replace("severity: block", "severity: blocks"))
    page.get_by_role("button", name="Check").click()
    expect(page.locator("[role=alert]")).to_contain_text("not one of block, human, advise")
    screenshot(page, "fault")
    page.fill("#p-text", STRICTER)
    page.get_by_role("button", name="Keep it").click()
    page.get_by_role("button", name="Dry run").click()
    expect(page.locator("[data-poll]")).to_contain_text("Dry run")
    worked(northwind)
    expect(page.locator("#dry-run")).to_contain_text("1 review or approval would not stand")
    expect(page.locator("#dry-run")).to_contain_text("Weekly letter")
    page.locator("summary", has_text="What it asks").first.click()
    screenshot(page, "dry run")
    page.set_viewport_size({"width": 360, "height": 780})
    screenshot(page, "dry run on a phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("button", name="Switch on").click()
    expect(page.locator("body")).to_contain_text("1 case stands as it is. 1 case is audited again.")
    worked(northwind)
    page.goto(f"{live_server.url}/admin/audits/case/{case.pk}/change/")
    expect(page.locator("body")).to_contain_text("switched on “house-quiet-evenings”, version 1")
    page.goto(f"{live_server.url}/admin/audits/pack/")
    screenshot(page, "list")
    page.set_viewport_size({"width": 360, "height": 780})
    screenshot(page, "list on a phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
