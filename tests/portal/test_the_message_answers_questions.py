"""What the message itself shows answers open questions with one click, and what contradicts it is said in plain words."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from campaigns.models import Campaign
from portal import messages
from tests import factories
from tests.conftest import acting, signed_in
from tests.content.letters import newsletter
from tests.portal.forms import fields_of
from tests.portal.test_in_the_browser import faults, form_of, log_in

__all__ = ["faults"]
SILENT = {"message": {"unsubscribe": None, "says_why": None}}
HEADERS = {
    "from": "Northwind Shoes <news@northwind.example>",
    "list_unsubscribe": "<{{unsubscribe_url}}>",
    "list_unsubscribe_post": "List-Unsubscribe=One-Click",
}


def letter(**changed):
    return {**newsletter("en-guide"), **changed}


def page_of(campaign):
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


@pytest.mark.django_db
def test_the_form_offers_the_answer_that_the_message_shows_with_its_place(alice, northwind):
    campaign = factories.campaign_of(northwind, campaign=SILENT, content=letter())
    page = signed_in(alice).get(page_of(campaign)).text
    assert 'data-take="campaign.message.unsubscribe" data-typed="link"' in page
    assert 'data-take="campaign.message.says_why" data-typed="true"' in page
    assert "HTML, line 12, column 8: “the guide You receive" in page


@pytest.mark.django_db
def test_whoever_may_not_edit_sees_the_offer_without_a_button(olivia, northwind):
    campaign = factories.campaign_of(northwind, campaign=SILENT, content=letter())
    page = signed_in(olivia).get(page_of(campaign)).text
    assert "The message answers open questions" in page and "data-take" not in page


@pytest.mark.django_db
def test_a_contradiction_is_said_in_the_words_of_the_question(alice, northwind):
    campaign = factories.campaign_of(northwind, content=letter(**{"from": "Royal Parcels <a@parcels.example>"}))
    page = signed_in(alice).get(page_of(campaign)).text
    assert "“Is it clear and true who sends it?” Declared: yes. The message: no." in page
    assert "In the message: sender (From): “Royal Parcels &lt;a@parcels.example&gt;”." in page
    assert not re.search(r"campaign\.message\.\w+ =", page)


@pytest.mark.django_db
def test_headers_are_registered_with_the_form_and_frozen_with_the_message(alice, northwind):
    campaign = factories.campaign_of(northwind, content=letter())
    browser = signed_in(alice)
    fields = fields_of(browser.get(page_of(campaign)).text, id="campaign-form")
    browser.post(page_of(campaign), fields | {f"content.{name}": text for name, text in HEADERS.items()})
    with acting(northwind):
        assert Campaign.objects.get().content == letter(**HEADERS)
    case = factories.submitted(campaign)
    assert b'"list_unsubscribe_post":"List-Unsubscribe=One-Click"' in bytes(case.version.manifest)


@pytest.mark.django_db
def test_a_header_of_two_lines_is_refused(alice, northwind):
    campaign = factories.campaign_of(northwind, content=letter())
    browser = signed_in(alice)
    fields = fields_of(browser.get(page_of(campaign)).text, id="campaign-form")
    answer = browser.post(page_of(campaign), fields | {"content.from": "a@x.example\nBcc: b@x.example"})
    assert answer.status_code == 422 and "one line of at most 998" in answer.text


def test_what_was_seen_is_told_in_the_language_of_the_page():
    place = {"part": "subject", "line": 1, "column": 1, "quote": "RE: x"}
    seen = {"says": "Look.", "places": [place], "more": 2, "contradicts": []}
    assert messages.told(seen) == ["Look.", "In the message: subject: “RE: x” and 2 more."]


@pytest.mark.django_db(transaction=True)
def test_one_click_takes_the_answer_over(live_server, page, alice, northwind, faults):
    text_alone = {part: text for part, text in letter(**HEADERS).items() if part != "html"}
    campaign = factories.campaign_of(northwind, campaign=SILENT, content=text_alone)
    log_in(page, live_server, alice)
    form_of(page, live_server, campaign)
    page.locator("[data-take='campaign.message.unsubscribe']").click()
    question = page.locator("[data-path='campaign.message.unsubscribe']")
    expect(question).to_be_in_viewport()
    expect(page.locator("[data-take='campaign.message.unsubscribe']")).to_have_count(0)
    expect(page.locator("[data-save-state]")).to_contain_text("not saved")
    page.locator("button[value=stay]").click()
    page.wait_for_load_state()
    with acting(northwind):
        assert Campaign.objects.get().facts["message"]["unsubscribe"] == "one_click"
    assert faults == []
