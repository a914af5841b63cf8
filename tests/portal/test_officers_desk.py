"""The desk: an officer sees verdict, law, evidence and remedy, and decides; whoever had a hand in it does not."""

import pytest
from django.urls import reverse

from audits.models import CaseState, Decision
from kernel import clock
from kernel.jobs import run_due
from tenants import services
from tenants.models import Role
from tests import factories
from tests.conftest import SYSTEM, acting, make_member, signed_in
from tests.portal.forms import fields_of

pytestmark = pytest.mark.django_db
REASON = "Customers who asked for it."


def page_of(case):
    return reverse("admin:audits_case_change", args=[case.pk])


def measured(officer, case):
    shown = signed_in(officer).get(page_of(case)).context["measured"]
    return [*shown.disagreeing, *shown.others]


def decide(browser, case, **typed):
    page = browser.get(page_of(case)).text
    return browser.post(
        reverse("admin:case_decide", args=[case.pk]), fields_of(page, id="decide") | {"reason": REASON} | typed
    )


def test_a_submitted_campaign_shows_its_check_and_then_its_verdict(alice, northwind):
    case = factories.submitted(factories.campaign_of(northwind))
    browser = signed_in(alice)
    assert "is being checked" in browser.get(page_of(case)).text
    assert "data-poll" in browser.get(reverse("admin:case_progress", args=[case.pk])).text
    run_due(northwind.pk)
    assert "data-poll" not in browser.get(reverse("admin:case_progress", args=[case.pk])).text
    assert "Findings" in browser.get(page_of(case)).text


def test_an_officer_approves_what_she_saw(olivia, northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    answer = decide(signed_in(olivia), case, kind="approve")
    assert answer.status_code == 302
    with acting(northwind):
        decision = Decision.objects.get()
    assert (decision.officer_id, decision.reason, decision.sha256) == (olivia.pk, REASON, case.sha256)
    assert factories.fresh(case).state == CaseState.APPROVED


@pytest.mark.parametrize(("kind", "state"), [("ask_changes", "changes_asked"), ("refuse", "refused")])
def test_or_asks_for_changes_or_refuses_and_the_team_reads_why(alice, olivia, northwind, kind, state):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    decide(signed_in(olivia), case, kind=kind)
    assert factories.fresh(case).state == state
    assert REASON in signed_in(alice).get(page_of(case)).text


def test_without_a_reason_nothing_is_decided_and_her_words_stay(olivia, northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW, campaign={"audience": {"vulnerable": ["student"]}})
    answer = decide(signed_in(olivia), case, kind="approve", reason=" ")
    assert answer.status_code == 422
    assert factories.fresh(case).state == CaseState.IN_REVIEW


def test_every_open_judgement_has_its_own_field_which_an_approval_needs(olivia, northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW, people=0)
    browser = signed_in(olivia)
    fields = fields_of(browser.get(page_of(case)).text, id="decide")
    asked = [name for name in browser.get(page_of(case)).text.split('name="') if name.startswith("reasons.")]
    assert asked
    answer = browser.post(reverse("admin:case_decide", args=[case.pk]), fields | {"kind": "approve", "reason": REASON})
    assert answer.status_code == 422 and "why it is acceptable" in answer.text
    assert REASON in answer.text


def test_what_the_law_blocks_cannot_be_approved_and_the_page_says_so(olivia, northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW, campaign={"audience": {"opted_out_included": True}})
    browser = signed_in(olivia)
    assert "cannot be approved" in browser.get(page_of(case)).text
    answer = decide(browser, case, kind="approve")
    assert answer.status_code == 422
    assert factories.fresh(case).state == CaseState.IN_REVIEW


@pytest.mark.parametrize("person", ["alice", "bob"])
def test_the_team_sees_no_decision_form_and_cannot_post_one(request, person, northwind):
    browser = signed_in(request.getfixturevalue(person))
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    page = browser.get(page_of(case)).text
    assert 'id="decide"' not in page and "nobody decides on their own work" in page
    typed = {"kind": "approve", "reason": REASON, "sha256": case.sha256}
    assert browser.post(reverse("admin:case_decide", args=[case.pk]), typed).status_code == 422
    assert factories.fresh(case).state == CaseState.IN_REVIEW


def test_an_officer_who_had_a_hand_in_it_is_told_why_she_may_not_decide(alice, northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    with acting(northwind):
        services.add_member(brand=northwind, user=alice, role=Role.OFFICER, by=SYSTEM, at=clock.now())
    page = signed_in(alice).get(page_of(case)).text
    assert 'id="decide"' not in page and "You contributed to this campaign" in page


def test_a_page_that_was_read_before_another_check_decides_nothing(olivia, northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    answer = decide(signed_in(olivia), case, kind="approve", sha256="0" * 64)
    assert answer.status_code == 422
    assert "judged again" in answer.text


def test_what_was_measured_stands_beside_what_was_declared(olivia, northwind):
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW, people=4)
    lines = {line.ask: line for line in measured(olivia, case)}
    line = lines["How many people are in the audience?"]
    assert (line.measured, line.declared) == ("4", "20000")


def test_a_contradiction_between_both_is_marked(olivia, northwind):
    campaign = factories.campaign_of(northwind)
    factories.people_with_consent(northwind, 3)
    factories.people_with_consent(northwind, 2, state="withdrawn", prefix="gone")
    case = factories.checked(factories.submitted(campaign))
    lines = {line.ask: line for line in measured(olivia, case)}
    assert lines["How many of them withdrew their consent?"].disagrees
    assert not lines["How many of them objected?"].disagrees


def test_the_officers_home_lists_what_waits_the_longest_first(olivia, northwind):
    for key in ("first", "second"):
        factories.case_in_state(northwind, CaseState.IN_REVIEW, campaign={"key": key, "name": key.title()})
    page = signed_in(olivia).get("/admin/").text
    assert page.index("First") < page.index("Second")
    assert "2 things wait for you" in page


def test_a_failed_check_clears_nothing_and_can_be_done_again(alice, northwind):
    case = factories.case_in_state(northwind, CaseState.FAILED)
    browser = signed_in(alice)
    assert "The check failed, so nothing is cleared" in browser.get(page_of(case)).text
    browser.post(reverse("admin:case_recheck", args=[case.pk]))
    run_due(northwind.pk)
    assert factories.fresh(case).state == CaseState.IN_REVIEW


def test_an_officer_takes_an_approval_back(olivia, northwind):
    case = factories.approved_case(northwind)
    signed_in(olivia).post(reverse("admin:case_void", args=[case.pk]), {"note": "The supplier lost its licence."})
    assert factories.fresh(case).state == CaseState.VOIDED
    assert "lost its licence" in signed_in(olivia).get(page_of(case)).text


def test_a_reader_sees_the_case_and_can_do_nothing_with_it(northwind):
    case = factories.approved_case(northwind)
    reader = signed_in(make_member(northwind, "Rita", Role.VIEWER))
    page = reader.get(page_of(case)).text
    assert "Take it back" not in page and "Release it" not in page
    reader.post(reverse("admin:case_void", args=[case.pk]), {"note": "no"})
    assert factories.fresh(case).state == CaseState.APPROVED
