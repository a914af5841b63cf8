"""A verdict is read country by country: where it may go ahead, where not, because of what, and how sure that is."""

import pytest
from django.urls import reverse

from audits.models import CaseState
from portal import countries
from portal.verdicts import panel
from tests import factories
from tests.conftest import signed_in

A = {"side": "can", "scope": "campaign", "severity": "block", "citations": [], "message": "m", "checked": "text"}
UWG = {"citations": [{"law": "UWG", "article": "7(2)", "url": ""}]}
NO = A | UWG | {"rule": "uwg.7", "title": "No consent", "outcome": "violated", "countries": ["DE"]}
OPEN = A | {"rule": "x.1", "title": "Open", "outcome": "unanswered", "countries": ["DE", "FR"], "asks": ["a.b"]}
ADVICE = A | {"rule": "y.1", "title": "Advice", "outcome": "advised", "severity": "advise", "countries": ["US"]}


def verdict(findings, **words):
    return {"can": {"verdict": "blocked", "countries": words}, "findings": findings}


def test_each_row_names_what_decides_it_and_nothing_else():
    rows = countries.rows(verdict([NO, OPEN, ADVICE], DE="blocked", FR="needs_human", US="clear", GB="clear"))
    assert [(row.countries, row.word, [one.title for one in row.because]) for row in rows] == [
        (("DE",), "blocked", ["No consent"]),
        (("FR",), "needs_human", ["Open"]),
        (("GB", "US"), "clear", []),
    ]


def test_the_sentence_says_where_and_why():
    rows = countries.rows(verdict([NO], DE="blocked", US="clear"))
    assert countries.in_a_sentence(rows) == "Not allowed in DE because of UWG 7(2); allowed in US."


def test_countries_that_differ_in_their_reasons_stand_apart():
    other = NO | {"rule": "uwg.8", "countries": ["AT"]}
    assert len(countries.rows(verdict([NO, other], DE="blocked", AT="blocked"))) == 2


def test_of_a_finding_with_several_laws_a_row_names_those_that_reach_it():
    both = [{"law": law, "article": "1", "url": ""} for law in ("CAN-SPAM", "ePrivacy")]
    rows = countries.rows(verdict([NO | {"citations": both, "countries": ["DE", "GB"]}], DE="blocked"))
    assert rows[0].because[0].laws == "ePrivacy 1"


def test_of_many_reasons_three_are_told_and_the_rest_counted():
    many = [NO | {"rule": f"uwg.{number}"} for number in range(9)]
    (row,) = countries.rows(verdict(many, DE="blocked"))
    assert (len(row.because), row.more) == (3, 6)


def test_a_campaign_without_countries_has_no_rows():
    assert countries.rows({}) == () and countries.in_a_sentence(()) == ""


def case_page(case):
    return reverse("admin:audits_case_change", args=[case.pk])


@pytest.mark.django_db
def test_the_officer_sees_the_matrix_and_how_each_law_was_read(olivia, northwind):
    case = factories.case_in_state(
        northwind, CaseState.IN_REVIEW, campaign={"countries": ["GB", "US"], "message": {"postal_address": False}}
    )
    page = signed_in(olivia).get(case_page(case)).text
    assert "Not allowed in US because of CAN-SPAM" in page and "allowed in GB" in page
    assert 'href="#f-can-spam-a-5-address-campaign"' in page and 'id="f-can-spam-a-5-address-campaign"' in page
    assert "read in the law&#x27;s text" in page or "read in the law's text" in page


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        ("text", "read in the law's text"),
        ("secondary", "from a secondary source"),
        ("memory", "from memory: have it confirmed"),
    ],
)
def test_how_surely_a_law_is_known_is_said_in_plain_words(checked, said):
    (shown,) = panel(verdict([NO | {"checked": checked, "pack": "UWG"}], DE="blocked")).weighty
    assert shown.read == said
    (row,) = countries.rows(verdict([NO | {"checked": checked}], DE="blocked"))
    assert row.because[0].read == said


@pytest.mark.django_db
def test_open_questions_of_a_case_link_to_the_field_that_answers_them(olivia, northwind):
    silent = {"campaign": {"audience": {"opted_out_included": None}}}
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW, **silent)
    page = signed_in(olivia).get(case_page(case)).text
    form = reverse("admin:campaigns_campaign_change", args=[case.version.campaign_id])
    assert f'href="{form}#q-campaign.audience.opted_out_included"' in page
    assert 'id="q-campaign.audience.opted_out_included"' in signed_in(olivia).get(form).text
