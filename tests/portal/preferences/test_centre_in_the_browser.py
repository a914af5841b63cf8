"""The preference centre in a real browser: without a script, wide and at 360 pixels; no barrier that axe can find."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from kernel import mail
from kernel.tenancy import brand_context
from people import links, services
from people.models import PrivacySettings
from tests.conftest import make_brand
from tests.people.conftest import make_person, make_source, say
from tests.portal.preferences.conftest import dora_at

pytestmark = pytest.mark.django_db(transaction=True)
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.fixture
def brands(transactional_db):
    northwind = make_brand(
        "northwind", name="Northwind Shoes", colour="#0f766e", postal_address="1 Quay Street, Bristol BS1 4DJ",
        privacy_url="https://northwind.example/privacy",
    )  # fmt: skip
    contoso = make_brand("contoso", name="Contoso Reisen", colour="#7c3aed", country="DE", time_zone="Europe/Berlin")
    with brand_context(northwind.pk):
        dora_at(northwind)
    with brand_context(contoso.pk):
        say(make_person(contoso, source=make_source(contoso, "raffle")), "given")
    return northwind, contoso


@pytest.fixture
def open_page(browser, live_server):
    """A page of some size, with or without scripts, that notes every request to anywhere else."""
    contexts, foreign = [], []

    def make(size, *, script):
        context = browser.new_context(java_script_enabled=script, viewport=size, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        ours = (live_server.url, "data:")
        page.on("request", lambda one: None if one.url.startswith(ours) else foreign.append(one.url))
        return page

    yield make
    assert foreign == [] and [one.cookies() for one in contexts] == [[] for _one in contexts]
    for context in contexts:
        context.close()


@pytest.fixture
def mailed(mailoutbox, live_server):
    """The link of the newest mail, at the server under test."""

    def link():
        for mail_id in mail.due():
            mail.send(mail_id)
        return live_server.url + re.search(r"http://[^/]+(/\S+)", mailoutbox[-1].body).group(1)

    return link


STICKING_OUT = """() => [...document.querySelectorAll(".card :is(input, select, button, .button)")].filter(one => {
    const card = one.closest(".card"), style = getComputedStyle(card);
    return one.getBoundingClientRect().right > card.getBoundingClientRect().right - parseFloat(style.paddingRight) - 0.5;
}).map(one => one.outerHTML)"""


def sound(page) -> None:
    """No violation, nothing wider than the window, no field that sticks out of its card."""
    found = Axe().run(page, options=AXE).response["violations"]
    told = [(one["id"], [node["html"][:160] for node in one["nodes"]]) for one in found]
    assert told == [], (page.url, told)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url
    assert page.evaluate(STICKING_OUT) == [], page.url


def test_from_her_address_to_her_erasure_without_a_script(live_server, brands, open_page, mailed, screenshot):
    page = open_page(NARROW, script=False)
    page.goto(live_server.url + "/preferences/")
    screenshot(page, "asked for the address")
    page.get_by_label("Your e-mail address").fill("Dora@Example.org")
    page.get_by_role("button", name="Send me a link").click()
    screenshot(page, "mailed")
    page.goto(mailed())
    screenshot(page, "one more step")
    page.get_by_role("button", name="Open my page").click()
    screenshot(page, "all brands")
    page.get_by_role("button", name="Mute Contoso Reisen").click()
    assert "Contoso Reisen is muted" in page.get_by_role("status").inner_text()
    with brand_context(brands[1].pk):
        assert PrivacySettings.objects.get().brand_muted
    page.get_by_role("link", name="See and change everything at Northwind Shoes").click()
    page.get_by_label("My country").fill("IE")
    page.get_by_role("button", name="Set it right").click()
    assert "Set right: country" in page.get_by_role("status").inner_text()
    screenshot(page, "one brand")
    page.get_by_label("Yes, erase everything about me here").check()
    page.get_by_role("button", name="Erase me").click()
    assert page.get_by_role("heading", name="You are erased").is_visible()
    screenshot(page, "erased")
    page.get_by_role("link", name="All brands that hold me").click()
    assert page.get_by_text("Northwind").count() == 0 and page.get_by_text("Contoso Reisen").count()
    with brand_context(brands[0].pk):
        assert services.find_person(brands[0].pk, "email", "dora@example.org") is None


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_no_page_has_a_barrier_or_is_too_wide(live_server, brands, open_page, mailed, screenshot, size):
    page = open_page(size, script=True)
    northwind = brands[0]
    with brand_context(northwind.pk):
        dora = services.find_person(northwind.pk, "email", "dora@example.org")
    signed = live_server.url + links.preference_link(northwind.pk, dora.pk)
    for path in (signed, f"{signed}/unsubscribe", live_server.url + "/p/broken", live_server.url + "/preferences/"):
        page.goto(path)
        sound(page)
    page.get_by_role("button", name="Send me a link").click()
    sound(page)
    page.get_by_label("Your e-mail address").fill("dora@example.org")
    page.get_by_role("button", name="Send me a link").click()
    sound(page)
    page.goto(mailed())
    sound(page)
    page.get_by_role("button", name="Open my page").click()
    sound(page)
    page.get_by_role("link", name="Northwind Shoes", exact=True).click()
    page.locator("summary").click()
    screenshot(page, "everything")
    sound(page)
    here = page.url.partition("?")[0]
    for language in ("de", "pl"):
        page.goto(f"{here}?lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        screenshot(page, f"everything in {language}")
        sound(page)
    page.goto(here)
    page.get_by_label("Until", exact=True).fill("")
    page.get_by_role("button", name="Save my settings").click()
    assert page.get_by_text("Give both times, or neither.").is_visible()
    sound(page)
    page.get_by_label("My year of birth").fill("3000")
    page.get_by_role("button", name="Set it right").click()
    sound(page)
    page.get_by_role("link", name="All brands that hold me").click()
    page.get_by_role("button", name="Close my page").click()
    sound(page)


def test_her_copy_is_a_file(live_server, brands, open_page, mailed):
    page = open_page(WIDE, script=True)
    page.goto(live_server.url + "/preferences/")
    page.get_by_label("Your e-mail address").fill("dora@example.org")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    page.goto(mailed())
    page.get_by_role("button", name="Open my page").click()
    page.get_by_role("link", name="Contoso Reisen", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download my copy").click()
    assert download.value.suggested_filename == "contoso.json"
