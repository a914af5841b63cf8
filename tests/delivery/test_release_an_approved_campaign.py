"""An approved campaign is released: its audience cleared, each person passed through the gate, delivered once."""

import csv

import pytest

from audits.models import CaseState
from delivery import queries, services
from delivery.approval import NotApproved
from delivery.models import MessageCounter, ReleaseState
from delivery.services import IntegrationNotApproved, IntegrationPaused
from delivery.states import NotInThisState
from kernel import clock
from kernel.errors import NotPermitted
from people.models import Person, PersonGate
from tenants.models import IntegrationState
from tenants.services import set_integration_state
from tests import factories
from tests.conftest import SYSTEM, acting
from tests.delivery import house
from trail.models import Entry

pytestmark = pytest.mark.django_db


def addresses(other):
    return sorted(one.body["data"]["to"]["email"] for one in other.messages())


def test_everybody_who_is_cleared_gets_it_once(northwind, settings):
    case = house.approved(northwind, people=3)
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        assert addresses(other) == [f"spring-{n}@example.org" for n in range(3)]
    assert (release.state, house.states(release)) == (ReleaseState.DONE, ["handed_over"] * 3)
    assert release.counts == {"cleared_by": {"cleared": 3}, "in_flight": 0, "handed_over": 3}
    with acting(northwind):
        assert set(PersonGate.objects.values_list("in_flight", flat=True)) == {0}
        assert set(MessageCounter.objects.values_list("messages", flat=True)) == {1}


def test_a_message_carries_what_was_approved_and_the_persons_way_out(northwind, settings):
    case = house.approved(northwind, people=1)
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        (told,) = other.messages()
    data = told.body["data"]
    assert (data["approved"], data["release"]) == (case.sha256, str(release.pk))
    assert data["content"]["subject"] == "Hello there"
    assert data["links"]["preferences"] in data["content"]["text"]
    assert "/p/" in data["links"]["preferences"] and data["links"]["unsubscribe"].endswith("/unsubscribe")


def test_everybody_else_has_exactly_one_reason(northwind, settings):
    case = house.approved(northwind, people=1)
    factories.people_with_consent(northwind, 1, state=None, prefix="silent")
    factories.people_with_consent(northwind, 2, state="withdrawn", prefix="gone")
    factories.people_with_consent(northwind, 1, country="BR", prefix="far")
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        assert addresses(other) == ["spring-0@example.org"]
    assert house.reasons_of(release) == ["cleared", "no_basis", "withdrawn", "withdrawn", "country"]
    told = queries.progress(release)
    assert [(one.code, one.count) for one in told.cleared_by] == [
        ("cleared", 1), ("withdrawn", 2), ("no_basis", 1), ("country", 1),
    ]  # fmt: skip
    assert (told.audience_size, told.done, told.total, told.ended) == (5, 1, 1, True)
    assert all(one.sentence for one in told.cleared_by)


def test_a_file_has_one_line_a_person(northwind, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    case = house.approved(northwind, people=3)
    release = house.delivered(case, house.csv_file(northwind))
    (path,) = tmp_path.glob(f"deliveries/{northwind.pk}/{release.pk}/people-*.csv")
    with path.open(newline="") as file:
        assert [row["email"] for row in csv.DictReader(file)] == [f"spring-{n}@example.org" for n in range(3)]
    assert house.states(release) == ["handed_over"] * 3


def test_the_trail_tells_each_step(northwind, settings):
    case = house.approved(northwind, people=1)
    with house.hook(northwind, settings) as (hook, _):
        house.delivered(case, hook)
    with acting(northwind):
        verbs = Entry.objects.filter(subject_kind="release").order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["release.created", "release.cleared", "release.started", "release.finished"]


@pytest.mark.parametrize("state", [CaseState.IN_REVIEW, CaseState.REFUSED, CaseState.VOIDED, CaseState.CHANGES_ASKED])
def test_what_is_not_approved_is_not_released(northwind, state):
    case = factories.case_in_state(northwind, state)
    hook = house.webhook(northwind, "https://shop.example/")
    with pytest.raises(NotApproved):
        house.created(case, hook)


def test_an_edit_after_the_approval_ends_it(northwind, alice):
    case = house.approved(northwind)
    hook = house.webhook(northwind, "https://shop.example/")
    with acting(northwind, alice) as by:
        factories.edited(case.version.campaign, by=by, content={"subject": "Another"})
    with pytest.raises(NotApproved):
        house.created(factories.fresh(case), hook)


def test_only_an_integration_that_the_approval_names_is_used(northwind):
    house.csv_file(northwind, "mailer")
    case = house.approved(northwind, integrations=["mailer"])
    with pytest.raises(IntegrationNotApproved):
        house.created(case, house.webhook(northwind, "https://shop.example/"))


def test_a_paused_integration_is_not_used(northwind):
    case, hook = house.approved(northwind), house.webhook(northwind, "https://shop.example/")
    with acting(northwind):
        set_integration_state(integration=hook, state=IntegrationState.PAUSED, by=SYSTEM, at=clock.now())
    with pytest.raises(IntegrationPaused):
        house.created(case, hook)


def test_nothing_leaves_before_somebody_says_go(northwind, settings):
    case = house.approved(northwind)
    with house.hook(northwind, settings) as (hook, other):
        release = house.cleared(case, hook)
        house.work(northwind)
        assert (release.state, other.messages()) == (ReleaseState.READY, [])


def test_only_the_brands_team_releases_and_an_officer_may_only_stop(northwind, olivia, settings):
    case = house.approved(northwind)
    with house.hook(northwind, settings) as (hook, _):
        release = house.cleared(case, hook)
        with acting(northwind, olivia) as by:
            with pytest.raises(NotPermitted):
                services.create_release(case=case, integration=hook, by=by, at=clock.now())
            with pytest.raises(NotPermitted):
                services.go(release=release, by=by, at=clock.now())
            assert services.stop(release=release, by=by, at=clock.now()).state == ReleaseState.STOPPED


def test_what_has_ended_does_not_begin_again(northwind, settings):
    case = house.approved(northwind)
    with house.hook(northwind, settings) as (hook, _):
        release = house.step(house.cleared(case, hook), "stop")
        for name in ("go", "resume", "pause", "stop"):
            with pytest.raises(NotInThisState):
                house.step(release, name)


def test_a_person_may_have_one_message_a_day_whatever_the_number_of_releases(northwind, settings):
    case = house.approved(northwind, people=2)
    with house.hook(northwind, settings) as (hook, other):
        house.delivered(case, hook)
        again = house.cleared(case, hook)
        assert set(house.reasons_of(again)) == {"budget"}
        assert len(other.messages()) == 2


def test_a_value_that_the_message_needs_and_nobody_knows_withholds_it(northwind, settings):
    case = factories.approved_case(
        northwind, people=1, campaign=house.ANY_TIME, content={"subject": "Hello {{first_name}}", "text": "x"}
    )
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        assert other.messages() == []
    assert house.states(release) == ["withheld"] and release.counts["withheld_by"] == {"error": 1}


def test_another_brand_sees_nothing_of_it(northwind, contoso, settings):
    case = house.approved(northwind)
    with house.hook(northwind, settings) as (hook, _):
        house.delivered(case, hook)
    with acting(contoso):
        assert queries.releases(contoso.pk) == [] and not Person.objects.exists()
