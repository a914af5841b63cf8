"""The page of a release that takes events: what waits and when it is due, what left, what was held back and stopped."""

import pytest
from django.urls import reverse

from kernel import clock
from people import services as people
from people.models import Person
from tests.conftest import SYSTEM, acting, signed_in
from tests.delivery import house
from tests.delivery.happening import after, basket, basket_case, running, working_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(northwind, held_clock, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return house.csv_file(northwind)


def page_of(user, release):
    answer = signed_in(user).get(reverse("admin:delivery_release_change", args=[release.pk]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_it_says_what_waits_left_was_held_back_and_stopped(alice, northwind, percy, file):
    release = running(basket_case(northwind, people=4), file)
    basket(release, percy, happened_at=after(-4))
    refused = basket(release, percy, who="spring-1@example.org", happened_at=after(-4))
    basket(release, percy, who="spring-2@example.org", happened_at=after(-1))
    basket(release, percy, who="spring-2@example.org", kind="purchase")
    basket(release, percy, who="spring-3@example.org")
    with acting(northwind):
        person = Person.objects.get(pk=refused.event.person_id)
        people.set_restricted(person=person, restricted=True, by=SYSTEM, at=clock.now())
    house.work(northwind)
    page = page_of(alice, release)
    assert "Next due: " in page and after(3).strftime("%Y") in page
    for row in ("Waiting for their time", "Handed over"):
        assert f'<th scope="row" style="white-space: normal">{row}</th><td class="lt-number">1</td>' in page
    assert "Held back: The person had the use of their data restricted." in page
    assert "Stopped: The person bought." in page


def test_before_it_starts_nobody_is_counted_and_afterwards_it_takes_nothing(alice, northwind, percy, file):
    release = house.created(basket_case(northwind), file)
    page = page_of(alice, release)
    assert "Take events" in page and "Nobody may be reached" not in page and "Everybody is cleared" not in page
    release = house.step(release, "go")
    assert "Nothing is due." in page_of(alice, release)
    basket(release, percy)
    working_at(northwind, after(0.1))
    page = page_of(alice, house.step(release, "stop"))
    assert "It takes no events any more." in page and "Ended with the release" in page


def test_one_person_is_explained_by_her_last_event(alice, northwind, percy, file):
    release = running(basket_case(northwind), file)
    posted = basket(release, percy)
    with acting(northwind):
        number = Person.objects.get(pk=posted.event.person_id).number
    address = reverse("admin:delivery_release_change", args=[release.pk])
    answer = signed_in(alice).get(address, {"person": number})
    assert "may be reached now." in answer.content.decode()
