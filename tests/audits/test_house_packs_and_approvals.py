"""What was approved stays approved under new house packs only while they find nothing new in it; else it is audited again."""

import pytest

from audits import queries, services
from audits.models import CaseState, Confirmation, DecisionKind
from tests import factories
from tests.audits.house import STRICTER, looked_at, switch_off, switch_on, switched_on, text, worked, written
from tests.conftest import acting
from trail.models import Entry

pytestmark = pytest.mark.django_db
DOUBTFUL = STRICTER.replace("severity: block", "severity: human")


@pytest.fixture
def approved(northwind, alice, olivia):
    return factories.case_in_state(northwind, CaseState.APPROVED)


def why_not(case):
    with acting(case.brand):
        return queries.why_no_approval(case)


def latest(case):
    with acting(case.brand):
        return queries.case_of(case.version.campaign)


def test_an_approval_of_which_the_pack_finds_nothing_holds_on(approved):
    switched_on(approved.brand)
    assert why_not(approved) == ""
    with acting(approved.brand):
        assert Confirmation.objects.get().case_id == approved.pk
        assert Entry.objects.filter(verb="case.confirmed", subject_id=approved.pk).count() == 1


def test_an_approval_in_which_it_finds_something_ends_with_the_reason_and_is_audited_again(approved):
    done = switch_on(looked_at(written(approved.brand, STRICTER)))
    assert (done.confirmed, len(done.ended)) == (0, 1)
    ended = factories.fresh(approved)
    assert ended.state == CaseState.VOIDED
    assert "olivia@northwind.example switched on “house-quiet-evenings”, version 1" in ended.note
    assert "Once in two weeks" in ended.note
    worked(approved.brand)
    again = latest(approved)
    assert (again.state, again.version_id, again.verdict["verdict"]) == ("in_review", approved.version_id, "blocked")


def test_what_is_audited_again_can_be_decided_by_the_officer_who_switched(approved):
    """Switching makes nobody a contributor: she decides on somebody else's work, as before."""
    switched_on(approved.brand, DOUBTFUL)
    worked(approved.brand)
    again = factories.decided(latest(approved), DecisionKind.APPROVE)
    assert why_not(again) == ""


def test_advice_of_a_pack_ends_no_approval(approved):
    switched_on(approved.brand, STRICTER.replace("severity: block", "severity: advise"))
    assert why_not(approved) == ""


def test_a_pack_that_goes_on_past_the_service_ends_every_approval(approved, monkeypatch):
    """The approval is bound to the hash of the rules: without a confirmation it holds under no others."""
    monkeypatch.setattr("audits.services.house_packs._confirm", lambda *_: None)
    switched_on(approved.brand)
    assert "rules were changed" in why_not(approved)


def test_no_confirmation_carries_an_approval_over_a_change_of_the_law(approved, monkeypatch):
    switched_on(approved.brand)
    from audits import rules_in_use

    changed = {"GDPR": "sha256:new"}
    monkeypatch.setattr("audits.queries.rules_in_use", lambda brand: rules_in_use(brand) | changed)
    assert "rules were changed" in why_not(approved)


def test_what_did_not_hold_before_is_not_confirmed(approved, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("audits.services.house_packs.stands_under", lambda *_: False)
        switched_on(approved.brand)
    with acting(approved.brand):
        assert not Confirmation.objects.exists()
    assert "rules were changed" in why_not(approved)


def test_switching_off_leaves_approvals_as_they_are(approved):
    version = switched_on(approved.brand)
    switch_off(version)
    assert why_not(approved) == ""


def test_a_new_wording_of_a_rule_that_an_officer_answered_asks_her_again(approved):
    switched_on(approved.brand, DOUBTFUL)
    worked(approved.brand)
    again = factories.decided(latest(approved), DecisionKind.APPROVE)
    same_rule = DOUBTFUL.replace("version: '1'", "version: '2'")
    assert same_rule != DOUBTFUL
    switched_on(approved.brand, same_rule)
    assert why_not(again) == ""
    switched_on(approved.brand, same_rule.replace("Messages may come after nine in the evening.", "Other words."))
    assert factories.fresh(again).state == CaseState.VOIDED


def test_a_review_goes_on_where_nothing_new_is_found_and_begins_anew_where_something_is(northwind, alice, olivia):
    waiting = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    version = switched_on(northwind)
    assert factories.decided(waiting, DecisionKind.APPROVE).state == CaseState.APPROVED
    switch_off(version)
    second = factories.case_in_state(northwind, CaseState.IN_REVIEW, campaign={"key": "second"})
    switched_on(northwind, text(pack="house-rare", id="house.rare", requires="campaign.timing.per_week <= 0.5",
        examples={"violates": [{"campaign": {}}], "silent": [{"campaign": {"timing": {"per_week": 0.5}}}]}))  # fmt: skip
    assert factories.fresh(second).state == CaseState.VOIDED


def test_a_review_blocked_by_the_house_begins_anew_when_the_pack_goes_off(northwind, alice, olivia):
    version = switched_on(northwind, STRICTER)
    blocked = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    switch_off(version)
    worked(northwind)
    assert (factories.fresh(blocked).state, latest(blocked).verdict["verdict"]) == (CaseState.VOIDED, "clear")


def test_a_case_that_was_approved_after_the_dry_run_is_asked_too(northwind, alice, olivia):
    version = looked_at(written(northwind, STRICTER))
    late = factories.case_in_state(northwind, CaseState.APPROVED)
    with pytest.raises(services.DryRunMissing, match="1 more case would"):
        switch_on(version)
    assert why_not(late) == ""
    switch_on(looked_at(version))
    assert factories.fresh(late).state == CaseState.VOIDED


def test_a_check_under_way_while_a_pack_goes_on_judges_by_it(northwind, alice, olivia, monkeypatch):
    """The verdict was reached by the old rules when the pack went on: it is not written, the case is judged again."""
    version = looked_at(written(northwind, STRICTER))
    case = factories.submitted(factories.campaign_of(northwind))
    from audits.services import checking

    real, switched = checking.judge, []

    def judge(*args, **more):
        verdict = real(*args, **more)
        if not switched:
            switched.append(switch_on(version))
        return verdict

    monkeypatch.setattr(checking, "judge", judge)
    assert "house-quiet-evenings" in factories.checked(case).verdict["packs"]


def test_another_brands_approvals_do_not_hear_of_it(approved, contoso):
    theirs = factories.case_in_state(contoso, CaseState.APPROVED)
    switched_on(approved.brand, STRICTER)
    assert why_not(theirs) == ""
    assert factories.fresh(theirs).state == CaseState.APPROVED
