"""The preference page in a real browser: without a script, wide and at 360 pixels, by keyboard."""

import pytest

from kernel.tenancy import brand_context
from people import links
from people.models import ConsentState
from tests.conftest import make_brand
from tests.portal.preferences.conftest import dora_at

pytestmark = pytest.mark.django_db(transaction=True)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture
def dora_online(transactional_db):
    brand = make_brand(
        "northwind", name="Northwind Shoes", colour="#0f766e", postal_address="1 Quay Street, Bristol BS1 4DJ",
        privacy_url="https://northwind.example/privacy",
    )  # fmt: skip
    with brand_context(brand.pk):
        return dora_at(brand)


@pytest.fixture
def without_script(browser):
    contexts = []

    def open_page(size):
        context = browser.new_context(java_script_enabled=False, viewport=size, locale="en-GB")
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_she_withdraws_without_a_script(live_server, dora_online, without_script, screenshot, size):
    page = without_script(size)
    foreign = []
    page.on("request", lambda one: None if one.url.startswith((live_server.url, "data:")) else foreign.append(one.url))
    page.goto(live_server.url + links.preference_link(dora_online.brand_id, dora_online.pk))
    screenshot(page, "before")
    page.get_by_role("button", name="Withdraw: Marketing messages by e-mail").click()
    assert page.get_by_role("status").inner_text().startswith("Marketing messages by e-mail: stopped")
    screenshot(page, "withdrawn")
    assert foreign == [] and page.context.cookies() == []
    with brand_context(dora_online.brand_id):
        held = ConsentState.objects.get(person=dora_online, purpose="direct_marketing", channel="email")
        assert held.state == "withdrawn"


def test_nothing_is_wider_than_a_small_phone(live_server, dora_online, browser):
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    for path in ("", "/unsubscribe"):
        page.goto(live_server.url + links.preference_link(dora_online.brand_id, dora_online.pk) + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    context.close()


def test_settings_are_saved_without_a_script(live_server, dora_online, without_script, screenshot):
    page = without_script(NARROW)
    page.goto(live_server.url + links.preference_link(dora_online.brand_id, dora_online.pk))
    page.get_by_label("Pause").select_option("month")
    page.get_by_label("What you looked at on the web").uncheck()
    page.get_by_label("Do not guess things about me").check()
    page.get_by_role("button", name="Save my settings").click()
    assert page.get_by_role("status").is_visible()
    assert not page.get_by_label("What you looked at on the web").is_checked()
    screenshot(page, "saved")


def test_the_pages_around_it(live_server, dora_online, without_script, screenshot):
    page = without_script(NARROW)
    page.goto(live_server.url + links.unsubscribe_link(dora_online.brand_id, dora_online.pk))
    screenshot(page, "asked first")
    page.get_by_role("button", name="Stop it").click()
    screenshot(page, "unsubscribed")
    page.get_by_role("link", name="See and change everything").click()
    assert page.get_by_role("heading", name="Your choices").is_visible()
    page.goto(live_server.url + "/p/broken")
    screenshot(page, "broken link")
    assert page.get_by_role("heading", name="This link does not work").is_visible()
