"""The owner changes what the brand is: name, colour, place. What was approved under another name is void."""

import pytest
from django.urls import reverse

from audits.models import CaseState
from tenants.models import Brand
from tests.conftest import acting, signed_in
from tests.factories import approved_case
from trail.models import Entry

PAGE = reverse("admin:own_brand")


def form(brand: Brand, **changes: str) -> dict[str, str]:
    names = ("name", "country", "sector", "colour", "time_zone", "postal_address", "privacy_url")
    return {name: getattr(brand, name) for name in names} | changes


def test_the_owner_changes_name_and_colour(northwind, alice):
    answer = signed_in(alice).post(PAGE, form(northwind, name="Northwind Boots", colour="#7c3aed"))
    northwind.refresh_from_db()
    assert (answer.status_code, northwind.name, northwind.colour) == (302, "Northwind Boots", "#7c3aed")
    with acting(northwind):
        assert Entry.objects.get(verb="brand.changed").details == {"fields": ["colour", "name"]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colour", "red"),
        ("time_zone", "Mars/Olympus"),
        ("name", ""),
        ("privacy_url", "nowhere"),
        ("country", "ENGLAND"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_kept(northwind, alice, field, value):
    answer = signed_in(alice).post(PAGE, form(northwind, **{field: value, "postal_address": "1 New Road"}))
    northwind.refresh_from_db()
    assert 'role="alert"' in answer.content.decode()
    assert northwind.postal_address == ""


@pytest.mark.parametrize("who", ["bob", "olivia"])
def test_others_do_not_change_it(request, northwind, who):
    assert signed_in(request.getfixturevalue(who)).post(PAGE, form(northwind, name="Mine")).status_code == 403
    northwind.refresh_from_db()
    assert northwind.name == "Northwind"


def test_charlie_changes_his_own_brand_alone(northwind, contoso, charlie):
    signed_in(charlie).post(PAGE, form(contoso, name="Contoso Energy"))
    northwind.refresh_from_db()
    contoso.refresh_from_db()
    assert (northwind.name, contoso.name) == ("Northwind", "Contoso Energy")


def test_another_country_voids_what_was_approved(northwind, alice):
    case = approved_case(northwind)
    signed_in(alice).post(PAGE, form(northwind, country="IE"))
    with acting(northwind):
        case.refresh_from_db()
        assert case.state == CaseState.VOIDED
        assert "changed the brand" in case.note


def test_another_colour_voids_nothing(northwind, alice):
    case = approved_case(northwind)
    signed_in(alice).post(PAGE, form(northwind, colour="#7c3aed"))
    with acting(northwind):
        case.refresh_from_db()
        assert case.state == CaseState.APPROVED
