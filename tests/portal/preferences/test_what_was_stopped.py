"""What was stopped, where and when: per integration, in words for the person herself."""

import pytest
from django.test import Client

from delivery.reasons import ORDER
from kernel import clock
from people import services
from people.models import Person
from portal.preferences import words
from tests.conftest import SYSTEM, acting
from tests.delivery import house
from tests.portal.preferences.test_prove_the_address import visit

pytestmark = pytest.mark.django_db


def her_page(brand):
    case = house.approved(brand, people=2)
    address = f"{case.version.campaign.key}-0@example.org"
    with acting(brand):
        person = services.find_person(brand.pk, "email", address)
        values = {"brand_muted": True}
        services.save_settings(person=person, values=values, by=SYSTEM, at=clock.now())
    house.delivered(case, house.csv_file(brand, "newsletter-file"))
    return Client().get(visit(address) + f"{brand.slug}/").content.decode()


def test_she_sees_where_a_message_was_held_back_and_that_she_asked_for_it(northwind):
    page = her_page(northwind)
    assert "Newsletter-File" in page and "Nothing about you left for it." in page
    assert "was not sent to you. You muted this brand." in page


def test_what_left_before_is_counted(northwind):
    case = house.approved(northwind, people=1)
    house.delivered(case, house.csv_file(northwind))
    with acting(northwind):
        assert Person.objects.count() == 1
    page = Client().get(visit(f"{case.version.campaign.key}-0@example.org") + "northwind/").content.decode()
    assert "One message left for it, on" in page


def test_every_reason_has_words_for_the_person():
    assert set(words.REASONS) | {"error"} == set(ORDER)
