"""A campaign is submitted as it stands: frozen, with whoever submitted it noted, and its check promised."""

import pytest

from audits.models import Case, CaseState
from audits.services import RefusedBefore, submit
from audits.services.submitting import CHECK
from campaigns.models import Contribution
from kernel import clock
from kernel.errors import NotPermitted
from kernel.models import Job
from tests import factories
from tests.conftest import acting
from tests.factories import campaign_of, case_in_state, checked, edited, submitted
from trail.models import Entry


@pytest.fixture
def campaign(northwind, alice):
    return campaign_of(northwind)


def test_submitting_freezes_the_draft_and_opens_a_case(campaign, alice):
    case = submitted(campaign)
    with acting(campaign.brand):
        assert case.state == CaseState.CHECKING
        assert case.submitted_by == alice
        assert case.version.campaign == campaign
        assert (case.verdict, case.measured, case.sha256) == ({}, {}, "")


def test_submitting_promises_the_check_in_the_same_transaction(campaign):
    case = submitted(campaign)
    with acting(campaign.brand):
        assert Job.objects.get(kind=CHECK).payload == {"case": str(case.pk)}


def test_whoever_submits_is_noted_as_a_contributor_and_in_the_trail(campaign, alice):
    submitted(campaign)
    with acting(campaign.brand):
        assert Contribution.objects.filter(user=alice, what="submitted").count() == 1
        assert Entry.objects.get(verb="case.submitted").actor_id == alice.pk


def test_a_partners_client_submits_in_no_users_name(campaign, percy):
    from kernel.actors import Actor

    with acting(campaign.brand):
        case = submit(campaign=campaign, by=Actor.client(percy), at=clock.now())
        assert case.submitted_by is None
        assert Contribution.objects.get(what="submitted").client_id == percy.pk


def test_an_officer_does_not_submit(campaign, olivia):
    with acting(campaign.brand, olivia) as by, pytest.raises(NotPermitted):
        submit(campaign=campaign, by=by, at=clock.now())


def test_a_colleague_submits_only_what_she_may_edit(campaign, bob):
    with acting(campaign.brand, bob) as by, pytest.raises(NotPermitted):
        submit(campaign=campaign, by=by, at=clock.now())


def test_the_same_draft_again_is_the_same_case(campaign):
    once, again = submitted(campaign), submitted(campaign)
    assert once == again
    with acting(campaign.brand):
        assert Job.objects.filter(kind=CHECK).count() == 1


def test_a_case_in_review_is_given_back_too(northwind):
    case = case_in_state(northwind, CaseState.IN_REVIEW)
    assert submitted(case.version.campaign) == case


def test_a_failed_check_is_done_again(northwind):
    case = case_in_state(northwind, CaseState.FAILED)
    again = submitted(case.version.campaign)
    assert (again.pk, again.state, again.note) == (case.pk, CaseState.CHECKING, "")
    assert checked(again).state == CaseState.IN_REVIEW


def test_after_an_edit_there_is_another_version_and_another_case(campaign, alice):
    first = submitted(campaign)
    with acting(campaign.brand, alice) as by:
        edited(campaign, by=by, name="Spring and summer")
    second = submitted(campaign)
    assert (second.version.number, factories.fresh(first).state) == (2, CaseState.VOIDED)


def test_an_edit_taken_back_is_the_same_version_in_a_new_case(campaign, alice):
    first = submitted(campaign)
    with acting(campaign.brand, alice) as by:
        edited(edited(campaign, by=by, name="Typo"), by=by, name=campaign.name)
    second = submitted(campaign)
    assert (second.version_id, second.pk == first.pk) == (first.version_id, False)


def test_changes_asked_and_none_made_may_be_submitted_again(northwind):
    """What was asked for may lie in the data: consents gathered since, people taken out."""
    case = case_in_state(northwind, CaseState.CHANGES_ASKED)
    again = submitted(case.version.campaign)
    assert (again.version_id, again.state) == (case.version_id, CaseState.CHECKING)


def test_what_was_refused_is_not_audited_again_as_it_stands(northwind):
    case = case_in_state(northwind, CaseState.REFUSED)
    with pytest.raises(RefusedBefore, match="Change it"):
        submitted(case.version.campaign)


def test_what_was_refused_is_audited_again_once_it_was_changed(northwind, alice):
    campaign = case_in_state(northwind, CaseState.REFUSED).version.campaign
    with acting(northwind, alice) as by:
        edited(campaign, by=by, name="Gentler")
    assert submitted(campaign).state == CaseState.CHECKING


def test_an_incomplete_draft_may_be_submitted_and_is_not_cleared(northwind, alice):
    campaign = campaign_of(northwind, campaign={"purpose": None, "channels": None, "countries": None})
    assert checked(submitted(campaign)).verdict["verdict"] != "clear"


def test_when_the_transaction_fails_nothing_of_it_stays(campaign, alice, monkeypatch):
    monkeypatch.setattr("audits.services.submitting.record", _break)
    with acting(campaign.brand, alice) as by, pytest.raises(ZeroDivisionError):
        submit(campaign=campaign, by=by, at=clock.now())
    with acting(campaign.brand):
        assert not Case.objects.exists()
        assert not Job.objects.filter(kind=CHECK).exists()


def _break(*_args, **_more):
    raise ZeroDivisionError


def test_another_brands_people_neither_submit_nor_see_the_case(campaign, charlie, contoso):
    submitted(campaign)
    with acting(contoso, charlie) as by:
        assert list(Case.objects.all()) == []
        with pytest.raises((NotPermitted, type(campaign).DoesNotExist)):
            submit(campaign=campaign, by=by, at=clock.now())
