"""Releasing what was approved: where it goes, who is cleared and why not, go, pause, stop, and what was delivered."""

import pytest
from django.urls import reverse

from delivery.models import Release
from kernel import clock
from kernel.actors import Actor
from people.models import Person
from people.services import withdraw
from tests import factories
from tests.conftest import acting, signed_in
from tests.delivery import house

pytestmark = pytest.mark.django_db
ADD = "/admin/delivery/release/add/"


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def case(northwind, alice, olivia):
    return house.approved(northwind, people=3)


@pytest.fixture
def target(northwind):
    return house.csv_file(northwind)


def page_of(release):
    return reverse("admin:delivery_release_change", args=[release.pk])


def turn(browser, release, step):
    return browser.post(reverse("admin:release_turn", args=[release.pk, step]), follow=True)


def only_release(brand):
    with acting(brand):
        return Release.objects.get()


def test_an_approved_campaign_is_released_to_an_integration(alice, northwind, case, target):
    browser = signed_in(alice)
    assert "Spring" in browser.get(ADD).text
    answer = browser.post(ADD, {"case": str(case.pk), "integration": target.key})
    assert answer.status_code == 302
    assert "The first people are being looked at." in browser.get(answer.headers["Location"]).text


def test_nothing_that_is_not_approved_is_offered(alice, northwind, target):
    factories.case_in_state(northwind, "in_review")
    page = signed_in(alice).get(ADD).text
    assert "Nothing is approved at the moment" in page


def test_an_approval_that_lapsed_is_not_offered(alice, northwind, case, target):
    with acting(northwind, alice) as by:
        factories.edited(case.version.campaign, by=by, name="Another name")
    assert "Nothing is approved at the moment" in signed_in(alice).get(ADD).text


def test_clearance_is_told_by_reason_in_a_chart_that_is_a_table(alice, northwind, case, target):
    factories.people_with_consent(northwind, 2, state="withdrawn", prefix="gone")
    release = house.cleared(case, target)
    page = signed_in(alice).get(page_of(release))
    counts = {bar.code: bar.count for bar in page.context["cleared_bars"]}
    assert counts == {"cleared": 3, "withdrawn": 2}
    assert "<table" in page.text and "took their consent back" in page.text


def test_go_delivers_and_the_page_says_how_many_were_left_in_peace(alice, northwind, case, target):
    factories.people_with_consent(northwind, 2, state="withdrawn", prefix="gone")
    release = house.cleared(case, target)
    browser = signed_in(alice)
    assert "Deliver to 3 people" in browser.get(page_of(release)).text
    turn(browser, release, "go")
    house.work(northwind)
    assert "Done: 3 people were reached, 2 were left in peace." in browser.get(page_of(release)).text


def test_who_says_no_in_between_is_stopped_at_the_gate_and_the_page_shows_it(alice, northwind, case, target):
    release = house.cleared(case, target)
    browser = signed_in(alice)
    turn(browser, release, "go")
    with acting(northwind):
        person = Person.objects.order_by("number").first()
        withdraw(
            brand_id=northwind.pk, person=person, purpose="direct_marketing", channel="email",
            idempotency_key="no",
            by=Actor.person(person.pk), at=clock.now(),
        )  # fmt: skip
    house.work(northwind)
    page = browser.get(page_of(release))
    assert {bar.code: bar.count for bar in page.context["withheld_bars"]} == {"withdrawn": 1}
    assert {name: number for name, number, _colour in page.context["figures"]}["Handed over"] == 2


def test_while_it_works_the_page_asks_again_and_then_stops_asking(alice, northwind, case, target):
    release = house.created(case, target)
    browser, address = signed_in(alice), reverse("admin:release_progress", args=[release.pk])
    assert "data-poll" in browser.get(address).text
    house.work(northwind)
    assert "data-poll" not in browser.get(address).text


def test_pause_and_resume_and_stop(alice, northwind, case, target):
    release = house.gone(case, target)
    browser = signed_in(alice)
    assert "Paused." in turn(browser, release, "pause").text
    assert only_release(northwind).state == "paused"
    turn(browser, release, "resume")
    turn(browser, release, "stop")
    assert only_release(northwind).state == "stopped"
    turn(browser, release, "resume")
    assert only_release(northwind).state == "stopped"


def test_an_officer_may_stop_and_never_start(olivia, northwind, case, target):
    release = house.cleared(case, target)
    browser = signed_in(olivia)
    page = browser.get(page_of(release)).text
    assert "Deliver to" not in page and ">Stop<" in page.replace("</span>Stop", ">Stop")
    turn(browser, release, "go")
    assert only_release(northwind).state == "ready"
    turn(browser, release, "stop")
    assert only_release(northwind).state == "stopped"


def test_one_person_can_be_asked_about_by_number(alice, northwind, case, target):
    release = house.cleared(case, target)
    browser = signed_in(alice)
    with acting(northwind):
        number = Person.objects.order_by("number").values_list("number", flat=True).first()
    assert "may be reached now" in browser.get(page_of(release) + f"?person={number}").text
    assert "Nobody here has that number" in browser.get(page_of(release) + "?person=999").text
    assert "Nobody here has that number" in browser.get(page_of(release) + "?person=x'--").text


def test_the_home_shows_what_is_under_way(alice, northwind, case, target):
    house.cleared(case, target)
    assert "Ready to go" in signed_in(alice).get("/admin/").text
