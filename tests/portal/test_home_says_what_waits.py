"""The first page of each role answers: what waits for me?"""

import pytest
from django.urls import reverse

from kernel import clock
from kernel.tenancy import brand_context
from tenants import services
from tenants.models import Role, User
from tests.conftest import SYSTEM, signed_in

pytestmark = pytest.mark.django_db
HOME = "/admin/"


def test_the_team_is_told_what_to_do_when_nothing_is_there(alice):
    page = signed_in(alice).get(HOME)
    assert page.status_code == 200
    assert "Register a campaign" in page.text
    assert "Northwind" in page.text


def test_an_officer_sees_her_desk_and_no_button_to_register(olivia):
    page = signed_in(olivia).get(HOME).text
    assert "Waiting for your decision" in page
    assert reverse("admin:campaigns_campaign_add") not in page


def test_an_operator_without_a_brand_sees_the_brands(northwind, contoso):
    root = User.objects.create_superuser("root@example.com", "a long enough password", name="Root")
    page = signed_in(root).get(HOME).text
    assert "Northwind" in page and "Contoso" in page


def test_somebody_without_a_brand_is_told_whom_to_ask(db):
    new = User.objects.create_user("new@example.com", "a long enough password", name="New")
    assert "Ask the owner of your brand" in signed_in(new).get(HOME).text


def test_the_page_carries_the_brands_name_and_colour(alice, northwind):
    northwind.colour = "#b91c1c"
    northwind.save()
    page = signed_in(alice).get(HOME).text
    assert "--color-primary-600: oklch(50.0% 0.190" in page


def test_whoever_works_for_two_brands_chooses_between_them(alice, northwind, contoso):
    with brand_context(contoso.pk):
        services.add_member(brand=contoso, user=alice, role=Role.OFFICER, by=SYSTEM, at=clock.now())
    browser = signed_in(alice)
    browser.post(reverse("admin:choose_brand"), {"brand": str(contoso.pk)})
    assert browser.get(HOME).context["brand"] == contoso
    browser.post(reverse("admin:choose_brand"), {"brand": str(northwind.pk)})
    assert browser.get(HOME).context["brand"] == northwind


def test_nobody_chooses_a_brand_that_she_does_not_work_for(charlie, northwind, contoso):
    browser = signed_in(charlie)
    answer = browser.post(reverse("admin:choose_brand"), {"brand": str(northwind.pk)}, follow=True)
    assert "You do not work for that brand." in answer.text
    assert answer.context["brand"] == contoso
