"""An officer decides, in writing, on exactly what she saw, and never on her own work."""

import pytest

from audits import findings, queries
from audits.models import CaseState, Decision, DecisionKind
from audits.permissions import OwnWork, may_decide
from audits.services import (
    Blocked,
    DraftChanged,
    ReasonMissing,
    RulesChanged,
    SeenAnotherVerdict,
    decide,
)
from audits.states import NotInThisState
from campaigns.models import Campaign
from kernel import clock
from kernel.actors import Actor
from kernel.errors import Invalid, NotPermitted
from tenants.models import Membership, Role
from tests import factories
from tests.conftest import SYSTEM, acting, make_member
from tests.factories import REASON, campaign_of, case_in_state, checked, decided, people_with_consent, submitted
from trail.models import Entry


@pytest.fixture
def case(northwind, alice, olivia):
    return case_in_state(northwind, CaseState.IN_REVIEW)


@pytest.fixture
def doubtful(northwind, alice, olivia):
    """A case with a judgement: one of its people has no record of a consent."""
    campaign = campaign_of(northwind)
    people_with_consent(northwind, 3)
    people_with_consent(northwind, 1, state=None, prefix="other")
    return checked(submitted(campaign))


@pytest.fixture
def blocked(northwind, alice, olivia):
    """A case that the law blocks: a newsletter by e-mail to people who were never asked."""
    base = factories.document_for(northwind)["sources"][0]
    source = base | {"consent": base["consent"] | {"method": "none", "recorded": False}}
    campaign = campaign_of(northwind, sources=[source])
    people_with_consent(northwind, 3)
    return checked(submitted(campaign))


def ruled(case, officer, kind=DecisionKind.APPROVE, reason=REASON, **reasons):
    with acting(case.brand, officer) as by:
        return decide(case=case, kind=kind, reason=reason, reasons=reasons.get("reasons"), by=by, at=clock.now())


def test_an_officer_approves_and_the_approval_is_bound_to_what_she_saw(case, olivia):
    decision = ruled(case, olivia)
    assert factories.fresh(case).state == CaseState.APPROVED
    assert (decision.officer, decision.sha256, decision.reason) == (olivia, case.sha256, REASON)


@pytest.mark.parametrize(
    "kind, state",
    [(DecisionKind.ASK_CHANGES, CaseState.CHANGES_ASKED), (DecisionKind.REFUSE, CaseState.REFUSED)],
)
def test_an_officer_asks_for_changes_or_refuses(case, olivia, kind, state):
    ruled(case, olivia, kind)
    after = factories.fresh(case)
    assert (after.state, after.closed_at is not None) == (state, True)


def test_the_decision_stands_in_the_trail_without_the_officers_words(case, olivia):
    ruled(case, olivia, reason="Olivia's own words")
    with acting(case.brand):
        entry = Entry.objects.get(verb="case.approved")
    assert (entry.actor_id, entry.details["sha256"]) == (olivia.pk, case.sha256)
    assert "own words" not in str(entry.details)


@pytest.mark.parametrize("kind", list(DecisionKind))
@pytest.mark.parametrize("reason", ["", "  \n "])
def test_no_decision_without_a_written_reason(case, olivia, kind, reason):
    with pytest.raises(ReasonMissing):
        ruled(case, olivia, kind, reason)


def test_every_open_finding_needs_its_own_reason(doubtful, olivia):
    asked = findings.to_answer(doubtful.verdict)
    assert asked
    for missing in asked:
        given = {place: REASON for place in asked if place != missing}
        with pytest.raises(ReasonMissing) as refusal:
            ruled(doubtful, olivia, reasons=given | {missing: " "})
        assert missing in str(refusal.value)
    assert factories.fresh(doubtful).state == CaseState.IN_REVIEW


def test_with_every_reason_given_it_is_approved_and_the_reasons_are_kept(doubtful, olivia):
    reasons = dict.fromkeys(findings.to_answer(doubtful.verdict), REASON)
    assert ruled(doubtful, olivia, reasons=reasons).reasons == reasons


def test_asking_for_changes_needs_no_reason_for_each_finding(doubtful, olivia):
    ruled(doubtful, olivia, DecisionKind.ASK_CHANGES)


def test_a_reason_for_a_finding_that_is_not_there_is_a_mistake(case, olivia):
    with pytest.raises(Invalid, match="no such finding"):
        ruled(case, olivia, reasons={"gdpr.7@campaign": "Never mind."})


def test_what_is_blocked_is_not_approved_whatever_the_reasons(blocked, olivia):
    every = {findings.finding_id(one): REASON for one in blocked.verdict["findings"]}
    with pytest.raises(Blocked) as refusal:
        ruled(blocked, olivia, reasons=every)
    found = findings.blocking(blocked.verdict)
    assert found
    for finding in found:
        assert finding["message"] in refusal.value.message
        assert finding["remedy"] in refusal.value.remedy
    assert factories.fresh(blocked).state == CaseState.IN_REVIEW


def test_what_is_blocked_can_be_sent_back(blocked, olivia):
    ruled(blocked, olivia, DecisionKind.ASK_CHANGES)
    assert factories.fresh(blocked).state == CaseState.CHANGES_ASKED


def test_a_heavy_touch_is_approved_only_in_the_officers_own_words(case, olivia, monkeypatch):
    monkeypatch.setattr("audits.findings.is_heavy", lambda verdict: True)
    with pytest.raises(ReasonMissing, match=findings.LIGHT_TOUCH):
        ruled(case, olivia)
    decision = ruled(case, olivia, reasons={findings.LIGHT_TOUCH: "The occasion bears it."})
    assert decision.reasons[findings.LIGHT_TOUCH] == "The occasion bears it."


def test_an_unknown_decision_is_a_mistake(case, olivia):
    with pytest.raises(Invalid):
        ruled(case, olivia, "wave through")


@pytest.mark.parametrize("role", [Role.OWNER, Role.MARKETER, Role.VIEWER])
def test_only_officers_decide(case, role):
    dora = make_member(case.brand, "Dora", role)
    with pytest.raises(NotPermitted, match=r"[Oo]fficer"):
        ruled(case, dora)


def test_an_officer_who_registered_it_does_not_decide(case, alice, olivia):
    with acting(case.brand):
        Membership.objects.filter(user=alice).update(role=Role.OFFICER)
    with pytest.raises(OwnWork):
        ruled(case, alice)
    assert ruled(case, olivia)


def test_an_officer_who_wrote_the_answers_of_one_of_its_sources_does_not_decide(northwind, alice):
    oscar = make_member(northwind, "Oscar", Role.OWNER)
    campaign_of(northwind, by=oscar)
    case = case_in_state(northwind, CaseState.IN_REVIEW, campaign={"key": "alices-own"})
    with acting(northwind):
        Membership.objects.filter(user=oscar).update(role=Role.OFFICER)
    with pytest.raises(OwnWork):
        ruled(case, oscar)


def test_a_role_taken_away_a_moment_ago_counts_at_once(case, olivia):
    with acting(case.brand):
        Membership.objects.filter(user=olivia).delete()
    with pytest.raises(NotPermitted):
        ruled(case, olivia)


def test_neither_the_system_nor_a_partner_nor_a_person_decides(case, percy, olivia):
    for by in (SYSTEM, Actor.client(percy), Actor.person(olivia.pk)):
        with acting(case.brand), pytest.raises(NotPermitted):
            decide(case=case, kind="approve", reason=REASON, by=by, at=clock.now())


def test_an_officer_does_not_decide_in_anothers_name(case, olivia):
    """The service was told the wrong actor: the database has the last word."""
    oscar = make_member(case.brand, "Oscar", Role.OFFICER)
    with acting(case.brand, oscar), pytest.raises(NotPermitted, match="signed-in officer"):
        decide(case=case, kind="approve", reason=REASON, by=Actor.user(olivia), at=clock.now())


def test_a_verdict_that_is_not_the_one_she_read_is_not_decided_on(case, olivia):
    case.sha256 = "0" * 64
    with pytest.raises(SeenAnotherVerdict):
        ruled(case, olivia)


def test_a_draft_that_was_changed_past_the_services_is_not_approved(case, olivia):
    with acting(case.brand):
        Campaign.objects.filter(pk=case.version.campaign_id).update(name="Quite another")
    with pytest.raises(DraftChanged):
        ruled(case, olivia)


def test_under_other_rules_than_it_was_judged_by_it_is_not_approved(case, olivia, monkeypatch):
    monkeypatch.setattr("audits.services.deciding.rules_in_use", lambda _brand: {"PECR": "sha256:new"})
    with pytest.raises(RulesChanged):
        ruled(case, olivia)


@pytest.mark.parametrize("state", sorted(set(CaseState) - {CaseState.IN_REVIEW}))
def test_only_a_case_in_review_is_decided(northwind, alice, olivia, state):
    case = case_in_state(northwind, CaseState(state))
    with pytest.raises(NotInThisState):
        ruled(case, olivia)


def test_two_officers_do_not_both_decide(case, olivia):
    oscar = make_member(case.brand, "Oscar", Role.OFFICER)
    ruled(case, olivia)
    with pytest.raises(NotInThisState):
        ruled(case, oscar, DecisionKind.REFUSE)
    with acting(case.brand):
        assert Decision.objects.count() == 1


def test_the_desk_shows_what_waits_the_longest_first(northwind, alice, olivia):
    first = case_in_state(northwind, CaseState.IN_REVIEW)
    second = case_in_state(northwind, CaseState.IN_REVIEW, campaign={"key": "second"})
    decided(case_in_state(northwind, CaseState.IN_REVIEW, campaign={"key": "third"}), DecisionKind.REFUSE)
    with acting(northwind, olivia) as by:
        assert list(queries.waiting_for_decision(northwind.pk)) == [first, second]
        assert may_decide(by, first)
    with acting(northwind, alice) as by:
        assert not may_decide(by, first)


def test_another_brands_people_see_no_case_and_decide_none(case, contoso, charlie):
    oscar = make_member(contoso, "Oscar", Role.OFFICER)
    for user in (charlie, oscar):
        with acting(contoso, user) as by:
            assert not queries.cases(case.brand_id).exists()
            assert queries.approved_case(case.brand_id) is None
            with pytest.raises(type(case).DoesNotExist):
                decide(case=case, kind="approve", reason=REASON, by=by, at=clock.now())
