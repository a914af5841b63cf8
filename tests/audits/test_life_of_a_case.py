"""A case lives as states.py says, and there is no way to an approval but by a second person who is an officer."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from audits import findings, queries, services, states
from audits.models import OPEN, Case, CaseState, Decision
from campaigns.models import Campaign
from kernel import clock
from kernel.errors import DomainError
from tenants.models import Brand, Membership, Role, User
from tests import factories
from tests.audits import staging
from tests.conftest import SYSTEM, acting, make_brand, make_member
from tests.factories import campaign_of, case_in_state, edited, people_with_consent

EVENTS = sorted({event for events in states.LIFE.values() for event in events})


def test_every_state_is_reached_and_every_way_is_known():
    reached, found = {CaseState.CHECKING}, {CaseState.CHECKING}
    while found:
        found = {then for state in found for then in states.LIFE[state].values()} - reached
        reached |= found
    assert reached == set(states.LIFE) == set(CaseState)


def test_a_closed_case_goes_nowhere():
    assert all(states.LIFE[state] == {} for state in states.CLOSED)
    assert {CaseState.CHANGES_ASKED, CaseState.REFUSED, CaseState.VOIDED} == states.CLOSED
    assert set(OPEN) | states.CLOSED == set(CaseState)


@pytest.mark.parametrize("state", list(CaseState))
@pytest.mark.parametrize("event", EVENTS)
def test_an_event_leads_where_the_dict_says_or_is_refused(state, event):
    if event in states.LIFE[state]:
        assert states.after(event, state) == states.LIFE[state][event]
    else:
        with pytest.raises(states.NotInThisState):
            states.after(event, state)


@pytest.mark.parametrize("state", list(CaseState))
def test_cases_come_into_every_state_by_the_services(northwind: Brand, state: CaseState) -> None:
    assert case_in_state(northwind, state).state == state


@pytest.mark.parametrize("state", list(CaseState))
def test_the_database_refuses_every_move_that_the_dict_does_not_know(northwind: Brand, state: CaseState) -> None:
    case = case_in_state(northwind, state)
    for then in set(CaseState) - {state} - set(states.LIFE[state].values()):
        with acting(northwind), pytest.raises(DatabaseError, match="cannot become"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(state=then)


@dataclass
class Stage:
    """A brand with four people, a campaign that Ava registered, and somebody to write to."""

    brand: Brand
    people: dict[str, User]
    campaign: Campaign


def set_stage() -> Stage:
    brand = make_brand("northwind")
    roles = {"Ava": Role.OWNER, "Ben": Role.OFFICER, "Cleo": Role.OFFICER, "Dan": Role.OFFICER}
    people = {name: make_member(brand, name, role) for name, role in roles.items()}
    campaign = campaign_of(brand, by=people["Ava"])
    people_with_consent(brand, 1)
    return Stage(brand, people, campaign)


class Workflow(RuleBasedStateMachine):
    """Four people of one brand do whatever they like with one campaign, by the services and by SQL of their own.

    Everybody may be given any role at any time. Who contributed is remembered here, apart from the platform, and
    whenever the case is approved somebody else must have approved it, as an officer, at that moment.
    """

    stage: Stage
    approved: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.point = transaction.savepoint()
        self.brand, self.people, self.campaign = self.stage.brand, self.stage.people, self.stage.campaign
        self.contributed = {"Ava"}
        self.officers: set[str] = set()
        self.edits = 0
        self.now: Case | None = None

    @initialize(start=st.sampled_from([None, CaseState.CHECKING, CaseState.IN_REVIEW, CaseState.IN_REVIEW]))
    def begins(self, start: CaseState | None) -> None:
        if start is not None:
            self.submits("Ava")
            self.look()
        if start is CaseState.IN_REVIEW:
            self.is_checked()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.point)

    def look(self) -> None:
        with acting(self.brand):
            self.now = queries.case_of(self.campaign)

    def role(self, name: str) -> Role | None:
        with acting(self.brand):
            found = Membership.objects.filter(user=self.people[name]).values_list("role", flat=True).first()
        return Role(found) if found else None

    @contextmanager
    def trying(self, name: str | None) -> Iterator[Any]:
        try:
            with acting(self.brand, self.people[name] if name else None) as by, transaction.atomic():
                yield by
        except (DomainError, DatabaseError):
            pass

    names = st.sampled_from(["Ava", "Ben", "Cleo", "Dan"])

    @rule(name=names, role=st.sampled_from([*Role, None]))
    def gives_role(self, name: str, role: Role | None) -> None:
        with acting(self.brand):
            Membership.objects.filter(user=self.people[name]).delete()
            if role:
                Membership.objects.create(brand=self.brand, user=self.people[name], role=role, since=clock.now())

    @rule(name=names)
    def edits_it(self, name: str) -> None:
        with self.trying(name) as by:
            self.edits += 1
            self.campaign.refresh_from_db()
            edited(self.campaign, by=by, name=f"Edit {self.edits}")
            self.contributed.add(name)

    @rule(name=names)
    def edits_by_sql(self, name: str) -> None:
        with self.trying(name), connection.cursor() as cursor:
            self.edits += 1
            values: list[Any] = [f"By hand {self.edits}", self.campaign.pk]
            cursor.execute("UPDATE campaigns_campaign SET name = %s WHERE id = %s", values)
            self.contributed.add(name)

    @rule(name=names)
    def submits(self, name: str) -> None:
        before = self.now
        with self.trying(name) as by:
            case = services.submit(campaign=self.campaign, by=by, at=clock.now())
            if before is None or before.pk != case.pk:
                self.contributed.add(name)

    @rule()
    def is_checked(self) -> None:
        case = self.now
        if case is not None:
            factories.checked(case)

    @rule()
    def fails(self) -> None:
        case = self.now
        if case is not None:
            services.fail(brand_id=self.brand.pk, case_id=case.pk, error=OSError(), by=SYSTEM, at=clock.now())

    @precondition(lambda self: self.now is not None)
    @rule(name=names, kind=st.sampled_from(["approve", "approve", "ask_changes", "refuse"]))
    def decides(self, name: str, kind: str) -> None:
        case, role = self.now, self.role(name)
        assert case is not None
        reasons = dict.fromkeys(findings.to_answer(case.verdict), "Because.") if kind == "approve" else {}
        with self.trying(name) as by:
            services.decide(case=case, kind=kind, reason="Because.", reasons=reasons, by=by, at=clock.now())
            self.note(kind, name, role)

    @precondition(lambda self: self.now is not None)
    @rule(name=names, officer=names)
    def decides_by_sql(self, name: str, officer: str) -> None:
        case, role = self.now, self.role(name)
        assert case is not None
        with self.trying(name):
            Decision.objects.create(
                brand=self.brand,
                case=case,
                officer=self.people[officer],
                kind="approve",
                reason="Because.",
                sha256=case.sha256,
                decided_at=clock.now(),
            )
            self.note("approve", name, role)
            assert name == officer, "somebody decided in another's name"

    @precondition(lambda self: self.now is not None)
    @rule(name=st.none() | names, state=st.sampled_from(list(CaseState)))
    def moves_by_sql(self, name: str | None, state: CaseState) -> None:
        case = self.now
        assert case is not None
        with self.trying(name):
            Case.objects.filter(pk=case.pk).update(state=state)

    @precondition(lambda self: self.now is not None)
    @rule(name=st.none() | names)
    def writes_a_verdict_by_sql(self, name: str | None) -> None:
        case = self.now
        assert case is not None
        with self.trying(name):
            values = {"verdict": staging.VERDICT, "sha256": staging.SHA256}
            Case.objects.filter(pk=case.pk).update(state=CaseState.IN_REVIEW, **values)
            assert name is None, "a user wrote a verdict"

    def note(self, kind: str, name: str, role: Role | None) -> None:
        assert name not in self.contributed, f"{name} decided on her own work"
        assert role is Role.OFFICER, f"{name} decided as {role}"
        if kind == "approve":
            self.officers.add(name)
            self.approved.append(name)

    @invariant()
    def nothing_is_approved_but_by_a_second_person(self) -> None:
        self.look()
        case = self.now
        if case is not None and case.state == CaseState.APPROVED:
            with acting(self.brand):
                decisions = Decision.objects.filter(case=case, kind="approve", sha256=case.sha256)
                officers = {user.name for user in User.objects.filter(pk__in=decisions.values("officer_id"))}
            assert officers
            assert officers <= self.officers


@pytest.mark.django_db
def test_no_way_leads_to_an_approval_without_a_second_person_who_is_an_officer() -> None:
    Workflow.stage, Workflow.approved = set_stage(), []
    run_state_machine_as_test(
        Workflow,
        settings=settings(
            max_examples=100,
            stateful_step_count=8,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert Workflow.approved, "nobody was ever approved: the test would prove nothing"
