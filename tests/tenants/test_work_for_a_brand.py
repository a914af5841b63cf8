"""Who works for a brand, in which role, from when to when; and whose page a request is."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from kernel.actors import Actor
from kernel.errors import NotPermitted
from kernel.tenancy import current_brand
from tenants import permissions, services
from tenants.middleware import SESSION_BRAND, BrandMiddleware
from tenants.models import Brand, Membership, Role
from tenants.queries import memberships_of, role_at
from tests.conftest import NOW, SYSTEM, acting, make_brand


def test_a_user_finds_her_brands(alice, northwind):
    assert [m.brand for m in memberships_of(alice)] == [northwind]


def test_a_user_of_two_brands_has_a_role_at_each(alice, contoso):
    with acting(contoso):
        services.add_member(brand=contoso, user=alice, role=Role.OFFICER, by=SYSTEM, at=NOW)
    assert {m.brand.slug: m.role for m in memberships_of(alice)} == {"northwind": "owner", "contoso": "officer"}


def test_a_role_taken_away_ends_at_once(northwind, bob):
    with acting(northwind):
        services.remove_member(membership=Membership.objects.get(user=bob), by=SYSTEM, at=NOW)
    assert role_at(bob, northwind.pk) is None


def test_charlie_has_no_role_at_northwind(northwind, charlie):
    assert role_at(charlie, northwind.pk) is None


@pytest.mark.parametrize(("who", "may"), [("alice", True), ("bob", True), ("olivia", False)])
def test_the_brand_team_registers_and_the_officer_does_not(request, northwind, who, may):
    user = request.getfixturevalue(who)
    with acting(northwind, user) as by:
        if may:
            permissions.check_may_register(by, northwind.pk)
        else:
            with pytest.raises(NotPermitted, match="register"):
                permissions.check_may_register(by, northwind.pk)


def test_a_stranger_does_not_register(northwind, charlie):
    with acting(northwind), pytest.raises(NotPermitted):
        permissions.check_may_register(Actor.user(charlie), northwind.pk)


def answer(user, session, view):
    request = RequestFactory().get("/")
    request.user, request.session = user, session
    return BrandMiddleware(view)(request)


def test_a_request_acts_for_the_brand_that_was_chosen(alice, northwind, contoso):
    with acting(contoso):
        services.add_member(brand=contoso, user=alice, role=Role.VIEWER, by=SYSTEM, at=NOW)
    seen = []
    answer(alice, {SESSION_BRAND: str(northwind.pk)}, lambda request: seen.append(current_brand()) or HttpResponse())
    assert seen == [northwind.pk]


def test_a_brand_in_the_session_that_is_not_hers_is_not_entered(alice, northwind, contoso):
    seen = []
    answer(alice, {SESSION_BRAND: str(contoso.pk)}, lambda request: seen.append(current_brand()) or HttpResponse())
    assert seen == [northwind.pk]


@pytest.mark.parametrize("status", [400, 403, 500])
def test_a_request_that_failed_keeps_nothing(alice, northwind, status):
    def view(request):
        Brand.objects.filter(pk=northwind.pk).update(name="half done")
        return HttpResponse(status=status)

    answer(alice, {}, view)
    northwind.refresh_from_db()
    assert northwind.name == "Northwind"


def test_an_operator_without_a_brand_enters_none(db):
    from tenants.models import User

    operator = User.objects.create_superuser("operator@example.com", None, name="Operator")
    make_brand("fabrikam")
    seen = []
    answer(operator, {}, lambda request: seen.append(current_brand()) or HttpResponse())
    assert seen == [None]
