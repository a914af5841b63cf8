"""The admin in a real browser: the verdict follows the answers, nothing is lost unseen, nothing comes from elsewhere."""

import re
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from audits.models import CaseState
from kernel.jobs import run_due
from tests import factories
from tests.conftest import PASSWORD
from tests.portal.test_light_touch_pages import heavy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def faults(page, live_server):
    """What the browser complained of, and every request to somewhere else."""
    found: list[str] = []
    page.on("console", lambda one: found.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    own = (live_server.url, "data:", "about:", "blob:")
    page.on("request", lambda one: None if one.url.startswith(own) else found.append(one.url))
    return found


def log_in(page, live_server, user):
    page.goto(f"{live_server.url}/")
    page.fill("#id_username", user.email)
    page.fill("#id_password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/admin/")


def form_of(page, live_server, campaign):
    page.goto(f"{live_server.url}/admin/campaigns/campaign/{campaign.pk}/change/")


def test_the_verdict_follows_the_answers_and_unsaved_changes_are_held(live_server, page, alice, northwind, faults):
    campaign = factories.campaign_of(northwind)
    log_in(page, live_server, alice)
    form_of(page, live_server, campaign)
    expect(page.locator("#verdict .lt-verdict-word")).to_contain_text("Clear")
    page.locator("#g-audience summary").click()
    page.locator("label:has(input[name='campaign.audience.opted_out_included'][value=true])").click()
    expect(page.locator("#verdict .lt-verdict-word")).to_contain_text("Blocked")
    expect(page.locator("[data-save-state]")).to_contain_text("not saved")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.locator("#nav-sidebar a", has_text="People").click()
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"] and page.url.endswith("/change/")
    assert faults == []


def test_questions_come_and_go_with_the_answers(live_server, page, alice, northwind, faults):
    campaign = factories.campaign_of(
        northwind, campaign={"offer": {"price_personalised": None, "price_disclosed": None}}
    )
    log_in(page, live_server, alice)
    form_of(page, live_server, campaign)
    page.locator("#g-offer summary").click()
    follow_up = page.locator("[data-path='campaign.offer.price_disclosed']")
    expect(follow_up).to_be_hidden()
    page.locator("label:has(input[name='campaign.offer.price_personalised'][value=true])").click()
    expect(follow_up).to_be_visible()
    page.locator("label:has(input[name='campaign.offer.price_personalised'][value=false])").click()
    expect(follow_up).to_be_hidden()
    assert faults == []


def test_the_form_works_from_the_keyboard_alone(live_server, page, alice, northwind, faults):
    log_in(page, live_server, alice)
    page.goto(f"{live_server.url}/admin/campaigns/campaign/add/")
    expect(page.locator("#i-name")).to_be_focused()
    page.keyboard.type("Typed by hand")
    for _ in range(40):
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.name || ''")
        if name == "campaign.promotional":
            page.keyboard.press("ArrowRight")
            break
    assert name == "campaign.promotional"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/change/$"))
    assert page.input_value("#i-name") == "Typed by hand"
    expect(page.locator("input[name='campaign.promotional'][value=true]")).to_be_checked()
    assert faults == []


def test_a_check_that_ends_is_shown_without_a_click(live_server, page, alice, northwind, faults):
    case = factories.submitted(factories.campaign_of(northwind))
    log_in(page, live_server, alice)
    page.goto(f"{live_server.url}/admin/audits/case/{case.pk}/change/")
    expect(page.locator("text=The campaign is being checked")).to_be_visible()
    run_due(northwind.pk)
    expect(page.locator("h2", has_text="Findings")).to_be_visible()
    assert faults == []


@contextmanager
def narrow(browser):
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="en-GB")
    yield context.new_page()
    context.close()


def test_nothing_is_wider_than_a_small_phone(live_server, browser, alice, olivia, northwind, screenshot):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    campaign = f"campaigns/campaign/{case.version.campaign_id}"
    paths = [
        "", "campaigns/campaign/", "campaigns/campaign/add/", f"{campaign}/change/", f"{campaign}/history/",
        f"audits/case/{case.pk}/change/", "audits/case/", "sources/datasource/", "sources/datasource/add/",
        "people/person/", "tenants/membership/", "tenants/membership/add/", "tenants/integration/add/",
        "tenants/apiclient/add/", "delivery/release/", "delivery/release/add/", "trail/entry/", "people/suppression/add/",
    ]  # fmt: skip
    with narrow(browser) as page:
        log_in(page, live_server, alice)
        for path in paths:
            page.goto(f"{live_server.url}/admin/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        screenshot(page, "suppress an address on a phone")


def test_a_point_is_reached_by_keyboard_and_leads_to_its_campaign(live_server, page, alice, northwind, faults):
    heavy(northwind)
    log_in(page, live_server, alice)
    page.goto(f"{live_server.url}/admin/light-touch/")
    for _ in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        if "light touch" in label:
            break
    assert label.startswith("1: The basket.")
    expect(page.locator(".lt-point-name")).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/light-touch/$"))
    expect(page.locator("h2", has_text="From 100 down")).to_be_visible()
    page.locator(".lt-fall summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lt-fall-why").first).to_be_visible()
    assert faults == []


def test_a_proposal_is_put_in_beside_what_is_typed_and_taken_back(
    live_server, page, alice, northwind, faults, screenshot
):
    campaign = heavy(northwind)
    log_in(page, live_server, alice)
    form_of(page, live_server, campaign)
    before = page.locator("#verdict .lt-score").inner_text()
    page.fill("#i-name", "Typed and not saved")
    expect(page.locator("[data-save-state]")).to_contain_text("not saved")
    page.locator("#verdict:not(.lt-busy) button", has_text="Apply to the draft").first.click()
    expect(page.get_by_text("You can still take that back")).to_be_visible()
    assert page.input_value("#i-name") == "Typed and not saved"
    assert page.locator("#verdict .lt-score").inner_text() != before
    screenshot(page, "a proposal was put in")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#verdict .lt-score")).to_have_text(re.compile(re.escape(before.split()[0])))
    assert page.input_value("#i-name") == "Typed and not saved" and faults == []


def test_no_page_of_it_is_wider_than_a_small_phone(live_server, browser, alice, northwind, screenshot):
    campaign = heavy(northwind)
    factories.people_with_consent(northwind, 2)
    case = factories.checked(factories.submitted(campaign))
    paths = ["light-touch/", f"campaigns/campaign/{campaign.pk}/light-touch/", f"audits/case/{case.pk}/change/"]
    with narrow(browser) as page:
        log_in(page, live_server, alice)
        for path in [*paths, f"campaigns/campaign/{campaign.pk}/change/"]:
            page.goto(f"{live_server.url}/admin/{path}")
            page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
            screenshot(
                page,
                f"phone {path.rstrip('/').rpartition('/')[2]} {paths.index(path) if path in paths else ''}".strip(),
            )
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
