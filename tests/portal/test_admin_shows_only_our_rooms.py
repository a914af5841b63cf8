"""What the admin offers: lists of our rooms, read through one door, and nothing that libraries bring."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from kernel.admin import RoomAdmin
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def lists():
    return [(model, one) for model, one in admin.site._registry.items()]


def test_every_list_is_one_of_our_rooms():
    assert lists() and all(isinstance(one, RoomAdmin) for _model, one in lists())


def test_nobody_changes_or_deletes_a_row_past_the_services(rf, alice, northwind):
    request = rf.get("/")
    request.user, request.brand, request.role = alice, northwind, "owner"
    for _model, one in lists():
        assert not one.has_change_permission(request)
        assert not one.has_delete_permission(request)


def test_every_list_of_a_role_opens(alice):
    browser = signed_in(alice)
    for model, _one in lists():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        expected = 403 if model._meta.model_name == "brand" else 200
        assert browser.get(address).status_code == expected, address


def test_a_stranger_is_asked_to_log_in(client):
    for model, _one in lists():
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        assert client.get(address).status_code == 302, address


def test_only_owners_see_api_clients(bob, alice):
    address = reverse("admin:tenants_apiclient_changelist")
    assert signed_in(bob).get(address).status_code == 403
    assert signed_in(alice).get(address).status_code == 200


def test_the_log_of_the_admin_itself_stays_empty(rf, alice, northwind):
    for model, one in lists():
        one.log_addition(rf.get("/"), model(), "added")
        one.log_change(rf.get("/"), model(), "changed")
    assert LogEntry.objects.count() == 0


def test_the_root_leads_to_the_home_and_it_to_the_log_in(client):
    assert client.get("/").headers["Location"] == reverse("admin:index")
    assert client.get(reverse("admin:index")).headers["Location"].startswith(reverse("admin:login"))
