"""What was approved is what is delivered: any later edit ends the case, and the case says so."""

import threading

import pytest
from django.db import connection

from audits import queries
from audits.models import CaseState, DecisionKind
from audits.services import void
from audits.signals import case_changed
from audits.states import NotInThisState
from campaigns.models import Campaign
from kernel import clock
from kernel.errors import NotPermitted
from sources.models import DataSource
from sources.queries import by_keys
from sources.services import register
from tests import factories
from tests.conftest import acting
from tests.factories import approved_case, campaign_of, case_in_state, checked, edited, submitted
from trail.models import Entry


@pytest.fixture
def approved(northwind, alice, olivia):
    return approved_case(northwind)


def source_changed(case, alice, **facts):
    with acting(case.brand, alice) as by:
        source = by_keys(case.brand_id, case.version.campaign.sources)["main"]
        register(
            brand=case.brand,
            key=source.key,
            name=source.name,
            kind=source.kind,
            facts=source.facts | facts,
            by=by,
            at=clock.now(),
        )


def holds(case):
    with acting(case.brand):
        return queries.approval_holds(case)


def why_not(case):
    with acting(case.brand):
        return queries.why_no_approval(case)


def test_an_approval_holds_while_nothing_changes(approved):
    assert holds(approved)
    with acting(approved.brand):
        assert queries.approved_case(approved.brand_id, version_id=approved.version_id) == approved
        assert queries.approved_case(approved.brand_id, campaign_id=approved.version.campaign_id) == approved


@pytest.mark.parametrize(
    "part, value, place",
    [
        ("name", "Spring sale", "campaign.name"),
        ("content", {"subject": "Last chance"}, "content"),
        ("schedule", {"from": "2026-12-24"}, "schedule"),
        ("audience", {"where": [{"field": "country", "is": "equals", "value": "DE"}]}, "audience.where"),
    ],
)
def test_any_edit_voids_the_approval_and_says_who_what_and_when(approved, alice, held_clock, part, value, place):
    with acting(approved.brand, alice) as by:
        edited(approved.version.campaign, by=by, **{part: value})
    after = factories.fresh(approved)
    assert after.state == CaseState.VOIDED
    assert after.note.startswith("alice@northwind.example changed the campaign on 2026-11-21 12:00 UTC (")
    assert place in after.note
    assert not holds(approved)


def test_an_edit_of_an_answer_is_named_by_its_path(approved, alice):
    campaign = approved.version.campaign
    with acting(approved.brand, alice) as by:
        edited(campaign, by=by, facts=campaign.facts | {"timing": campaign.facts["timing"] | {"per_week": 7}})
    assert "(campaign.timing.per_week)" in factories.fresh(approved).note


def test_another_answer_of_a_data_source_voids_every_campaign_that_draws_on_it(approved, alice):
    other = case_in_state(approved.brand, CaseState.IN_REVIEW, campaign={"key": "other"})
    source_changed(approved, alice, retention_months=99)
    for case in (approved, other):
        after = factories.fresh(case)
        assert after.state == CaseState.VOIDED
        assert "changed the data source “main”" in after.note
        assert "source.main.retention_months" in after.note


def test_a_data_source_that_no_case_draws_on_voids_nothing(approved, alice):
    with acting(approved.brand, alice) as by:
        for months in (1, 2):
            register(
                brand=approved.brand,
                key="other",
                name="Other",
                kind="list",
                facts={"retention_months": months},
                by=by,
                at=clock.now(),
            )
    assert holds(approved)


def test_saving_the_same_again_voids_nothing(approved, alice):
    with acting(approved.brand, alice) as by:
        edited(approved.version.campaign, by=by)
    assert holds(approved)


@pytest.mark.parametrize("state", [CaseState.CHECKING, CaseState.FAILED, CaseState.IN_REVIEW, CaseState.APPROVED])
def test_an_edit_ends_every_open_case(northwind, alice, olivia, state):
    case = case_in_state(northwind, state)
    with acting(northwind, alice) as by:
        edited(case.version.campaign, by=by, name="Edited")
    assert factories.fresh(case).state == CaseState.VOIDED


@pytest.mark.parametrize("state", [CaseState.CHANGES_ASKED, CaseState.REFUSED, CaseState.VOIDED])
def test_an_edit_leaves_a_closed_case_as_it_ended(northwind, alice, olivia, state):
    case = case_in_state(northwind, state)
    with acting(northwind, alice) as by:
        edited(case.version.campaign, by=by, name="Edited")
    assert factories.fresh(case).state == state


def test_the_trail_and_other_rooms_are_told(approved, alice):
    heard = []

    def hear(case, event, **_more):
        heard.append((case.pk, event))

    case_changed.connect(hear)
    try:
        source_changed(approved, alice, retention_months=99)
    finally:
        case_changed.disconnect(hear)
    assert heard == [(approved.pk, "void")]
    with acting(approved.brand):
        entry = Entry.objects.get(verb="case.voided")
    assert (entry.actor_id, entry.details["changed"]) == (alice.pk, ["source.main.retention_months"])


def test_an_edit_past_the_services_ends_the_approval_all_the_same(approved):
    with acting(approved.brand):
        Campaign.objects.filter(pk=approved.version.campaign_id).update(name="By hand")
    assert not holds(approved)
    assert "changed since" in why_not(approved)


def test_a_source_changed_past_the_services_ends_the_approval_all_the_same(approved):
    with acting(approved.brand):
        DataSource.objects.filter(key="main").update(facts={})
    assert not holds(approved)


def test_a_brand_that_moved_or_was_renamed_is_no_longer_the_one_that_was_judged(approved):
    type(approved.brand).objects.filter(pk=approved.brand_id).update(country="US")
    assert not holds(approved)


def test_an_approval_under_other_rules_is_none(approved, monkeypatch):
    monkeypatch.setattr("audits.queries.rules_in_use", lambda _brand: {"PECR": "sha256:new"})
    assert not holds(approved)
    assert "rules were changed" in why_not(approved)


def test_after_the_rules_changed_the_same_version_is_audited_anew(approved, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("audits.services.submitting.rules_in_use", lambda _brand: {"PECR": "sha256:new"})
        again = submitted(approved.version.campaign)
    assert again.pk != approved.pk
    assert again.version_id == approved.version_id
    assert factories.fresh(approved).state == CaseState.VOIDED


@pytest.mark.parametrize("state", sorted(set(CaseState) - {CaseState.APPROVED}))
def test_only_an_approved_case_approves(northwind, alice, olivia, state):
    assert not holds(case_in_state(northwind, CaseState(state)))


def test_the_edit_taken_back_does_not_bring_the_approval_back(approved, alice):
    campaign = approved.version.campaign
    with acting(approved.brand, alice) as by:
        edited(edited(campaign, by=by, name="Typo"), by=by, name=campaign.name)
    assert not holds(approved)


def test_an_officer_or_whoever_may_edit_withdraws_a_case_and_nobody_else(approved, alice, bob, olivia):
    with acting(approved.brand, bob) as by, pytest.raises(NotPermitted):
        void(case=approved, note="Mine now", by=by, at=clock.now())
    with acting(approved.brand, olivia) as by:
        after = void(case=approved, note="A complaint came in.", by=by, at=clock.now())
    assert (after.state, after.note) == (CaseState.VOIDED, "A complaint came in.")


def test_another_brands_edits_reach_no_case(approved, contoso, charlie):
    campaign = campaign_of(contoso)
    with acting(contoso, charlie) as by:
        edited(campaign, by=by, name="Theirs")
    assert holds(approved)
    assert checked(submitted(campaign)).brand == contoso


@pytest.mark.django_db(transaction=True)
def test_an_approval_waits_for_an_edit_under_way_and_then_comes_too_late(northwind, alice, olivia):
    """The edit is written and not committed: nobody can see it yet, and still the approval does not overtake it."""
    case = case_in_state(northwind, CaseState.IN_REVIEW)
    written, waited = threading.Event(), threading.Event()

    def edits():
        try:
            with acting(northwind, alice) as by:
                edited(case.version.campaign, by=by, name="Meanwhile")
                written.set()
                waited.wait(1)
        finally:
            connection.close()

    thread = threading.Thread(target=edits)
    thread.start()
    assert written.wait(10)
    assert factories.fresh(case).state == CaseState.IN_REVIEW
    with pytest.raises(NotInThisState):
        factories.decided(case, DecisionKind.APPROVE)
    thread.join(20)
    assert factories.fresh(case).state == CaseState.VOIDED
