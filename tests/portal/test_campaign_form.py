"""The form of a campaign: plain questions of the catalogue, saved at any time, judged as one answers."""

import pytest
from django.urls import reverse

from audits.models import CaseState
from campaigns.models import Campaign
from facts.catalogue import load
from tests import factories
from tests.conftest import acting, signed_in
from tests.portal.forms import fields_of

pytestmark = pytest.mark.django_db
ADD = "/admin/campaigns/campaign/add/"


def change(campaign):
    return reverse("admin:campaigns_campaign_change", args=[campaign.pk])


def form_of(browser, address):
    return fields_of(browser.get(address).text, id="campaign-form")


def campaigns(brand):
    with acting(brand):
        return {one.key: one for one in Campaign.objects.select_related("brand")}


def test_a_draft_is_saved_with_nothing_but_a_name(alice, northwind):
    answer = signed_in(alice).post(ADD, {"name": "Spring newsletter"})
    assert answer.status_code == 302
    assert campaigns(northwind)["spring-newsletter"].facts == {}


def test_what_is_left_open_stays_unanswered_and_none_of_these_is_an_answer(alice, northwind):
    posted = {"name": "A", "campaign.promotional": "", "campaign.audience.sensitive": "-"}
    signed_in(alice).post(ADD, posted)
    assert campaigns(northwind)["a"].facts == {"audience": {"sensitive": []}}


def test_answers_of_every_kind_are_kept_as_the_catalogue_types_them(alice, northwind):
    posted = {
        "name": "A",
        "campaign.promotional": "true",
        "campaign.purpose": "newsletter",
        "campaign.channels": ["email", "sms"],
        "campaign.countries": "gb, us-ca",
        "campaign.audience.size": "1200",
        "campaign.timing.per_week": "0.5",
    }
    signed_in(alice).post(ADD, posted)
    facts = campaigns(northwind)["a"].facts
    assert (facts["promotional"], facts["channels"], facts["countries"]) == (True, ["email", "sms"], ["GB", "US-CA"])
    assert (facts["audience"]["size"], facts["timing"]["per_week"]) == (1200, 0.5)


@pytest.mark.parametrize(
    ("path", "typed", "told"),
    [
        ("campaign.audience.size", "many", "whole number"),
        ("campaign.audience.size", "-3", "does not fit"),
        ("campaign.countries", "XX", "does not fit"),
        ("campaign.purpose", "spying", "does not fit"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_question_and_nothing_is_saved(alice, northwind, path, typed, told):
    answer = signed_in(alice).post(ADD, {"name": "A", path: typed})
    assert answer.status_code == 422
    assert told in answer.text
    assert campaigns(northwind) == {}


def test_every_answer_of_the_catalogue_comes_back_from_the_form_as_it_was(alice, northwind):
    campaign = factories.campaign_of(northwind, content={"subject": "Hello", "text": "One\nTwo", "html": "\n<p>x</p>"})
    browser = signed_in(alice)
    browser.post(change(campaign), form_of(browser, change(campaign)))
    saved = campaigns(northwind)["spring"]
    assert saved.facts == {name: value for name, value in load().clean("campaign").items() if value != {}}
    assert saved.content == campaign.content


def test_saving_an_unchanged_form_leaves_the_approval_alone(alice, northwind):
    content = {"subject": "Hello", "text": "One\r\nTwo", "html": "\n<p>x</p>\n"}
    where = [{"field": "country", "is": "in", "value": ["GB"]}, {"field": "birth_year", "is": "at_most", "value": 2000}]
    schedule = {"from": "2026-12-01", "until": "2027-01-31"}
    case = factories.approved_case(northwind, content=content, schedule=schedule, audience={"where": where})
    browser, campaign = signed_in(alice), case.version.campaign
    answer = browser.post(change(campaign), form_of(browser, change(campaign)))
    assert answer.status_code == 302
    assert campaigns(northwind)["spring"].revision == campaign.revision
    assert factories.fresh(case).state == CaseState.APPROVED


def test_an_edit_after_approval_is_warned_of_and_voids_it(alice, northwind):
    case = factories.approved_case(northwind)
    browser, address = signed_in(alice), change(case.version.campaign)
    assert "voids the approval" in browser.get(address).text
    browser.post(address, form_of(browser, address) | {"campaign.audience.size": "7"})
    assert factories.fresh(case).state == CaseState.VOIDED
    assert "Spring" in browser.get("/admin/").text.split("approvals that no longer hold")[1].split("</section>")[0]


def test_only_what_must_be_asked_is_shown(alice, northwind):
    page = signed_in(alice).get(ADD).text
    assert 'data-path="campaign.offer.price_disclosed" hidden' in page
    answer = signed_in(alice).post(
        "/admin/campaigns/campaign/verdict/", {"name": "A", "campaign.offer.price_personalised": "true"}
    )
    assert "campaign.offer.price_disclosed" in answer.text.split('data-visible="')[1].split('"')[0].split()


def test_the_verdict_beside_the_form_judges_what_is_typed_and_keeps_nothing(alice, northwind):
    campaign = factories.campaign_of(northwind)
    browser = signed_in(alice)
    typed = form_of(browser, change(campaign)) | {"campaign.audience.opted_out_included": "true"}
    answer = browser.post(reverse("admin:campaign_verdict", args=[campaign.pk]), typed)
    assert 'data-word="blocked"' in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert campaigns(northwind)["spring"].facts["audience"]["opted_out_included"] is False


def test_findings_carry_the_law_and_the_remedy(alice, northwind):
    facts = {"audience": {"opted_out_included": True}}
    campaign = factories.campaign_of(northwind, campaign=facts)
    page = signed_in(alice).get(change(campaign)).text
    assert "GDPR" in page and "https://" in page and "What this rests on" in page


def test_conditions_say_whom_it_reaches_and_how_many_that_are(alice, northwind):
    campaign = factories.campaign_of(northwind)
    factories.people_with_consent(northwind, 3, country="GB")
    factories.people_with_consent(northwind, 2, country="DE", prefix="de")
    browser, address = signed_in(alice), change(campaign)
    where = {"where.field": ["country"], "where.name": [""], "where.is": ["in"], "where.value": ["de, fr"]}
    browser.post(address, form_of(browser, address) | where)
    assert campaigns(northwind)["spring"].audience == {
        "where": [{"field": "country", "is": "in", "value": ["DE", "FR"]}]
    }
    assert browser.get(address).context["reach"] == 2


def test_a_condition_that_cannot_be_read_saves_nothing(alice, northwind):
    where = {"where.field": ["birth_year"], "where.name": [""], "where.is": ["at_most"], "where.value": ["young"]}
    answer = signed_in(alice).post(ADD, {"name": "A", **where})
    assert answer.status_code == 422 and "This takes a number." in answer.text
    assert campaigns(northwind) == {}


def test_two_who_edit_at_once_do_not_overwrite_each_other(alice, northwind):
    campaign = factories.campaign_of(northwind)
    browser, address = signed_in(alice), change(campaign)
    first, second = form_of(browser, address), form_of(browser, address)
    browser.post(address, first | {"name": "First"})
    answer = browser.post(address, second | {"name": "Second"})
    assert answer.status_code == 422 and "saved by somebody else" in answer.text
    assert campaigns(northwind)["spring"].name == "First"


def test_a_colleague_looks_and_does_not_edit_what_is_not_hers(alice, bob, northwind):
    campaign = factories.campaign_of(northwind)
    browser = signed_in(bob)
    page = browser.get(change(campaign)).text
    assert "can edit it" in page and '<fieldset class="lt-stack"' in page and "disabled" in page
    answer = browser.post(change(campaign), {"name": "Mine now"})
    assert answer.status_code == 422
    assert campaigns(northwind)["spring"].name == "Spring"


def test_officers_look_at_drafts_and_register_none(olivia, northwind):
    browser = signed_in(olivia)
    campaign = factories.campaign_of(northwind)
    assert browser.get(ADD).status_code == 403
    assert browser.get(change(campaign)).status_code == 200
    assert browser.post(reverse("admin:campaign_submit", args=[campaign.pk])).status_code == 403


def test_save_and_submit_leads_to_the_case(alice, northwind):
    campaign = factories.campaign_of(northwind)
    browser, address = signed_in(alice), change(campaign)
    answer = browser.post(address, form_of(browser, address) | {"then": "submit"}, follow=True)
    assert answer.status_code == 200
    assert "is being checked" in answer.text
