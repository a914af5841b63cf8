"""The owner keeps the team, the integrations and the API clients; secrets are shown once."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from portal.organisation.team import first_password_path
from tenants.models import ApiClient, Integration, Membership, Role, User
from tests.conftest import PASSWORD, acting, make_member, signed_in

pytestmark = pytest.mark.django_db
ADD = "/admin/tenants/membership/add/"


def roles(brand):
    with acting(brand):
        return dict(Membership.objects.filter(brand=brand).values_list("user__email", "role"))


def link_in(page):
    return re.search(r'id="secret">http://testserver([^<]+)<', page)[1]


def test_an_owner_adds_somebody_new_who_then_sets_a_first_password(alice, northwind):
    answer = signed_in(alice).post(ADD, {"email": "Nina@Northwind.example", "role": "officer"})
    assert roles(northwind)["nina@northwind.example"] == "officer"
    stranger, link = Client(), link_in(answer.text)
    assert stranger.get(link).status_code == 200
    stranger.post(link, {"password": "a rather long one", "again": "a rather long one", "name": "Nina"})
    assert User.objects.get(email="nina@northwind.example").check_password("a rather long one")
    assert stranger.get(link).status_code == 404


@pytest.mark.parametrize("typed", [("short", "short"), ("a rather long one", "another long one"), ("", "")])
def test_a_first_password_must_be_a_good_one(alice, typed):
    answer = signed_in(alice).post(ADD, {"email": "nina@northwind.example", "role": "viewer"})
    refused = Client().post(link_in(answer.text), {"password": typed[0], "again": typed[1]})
    assert refused.status_code == 422
    assert not User.objects.get(email="nina@northwind.example").has_usable_password()


def test_no_link_takes_over_somebody_who_has_a_password(alice, charlie, northwind):
    answer = signed_in(alice).post(ADD, {"email": charlie.email, "role": "viewer"}, follow=True)
    assert "/welcome/" not in answer.text
    assert roles(northwind)[charlie.email] == "viewer"
    assert Client().get(first_password_path(charlie)).status_code == 404


def test_the_name_of_an_account_of_another_brand_is_not_shown(alice, charlie, northwind):
    User.objects.filter(pk=charlie.pk).update(name="Charles Secret")
    browser = signed_in(alice)
    page = browser.post(ADD, {"email": charlie.email, "role": "marketer", "name": ""}, follow=True).text
    with acting(northwind):
        member = Membership.objects.get(user=charlie)
    page += browser.get(reverse("admin:tenants_membership_change", args=[member.pk])).text
    page += browser.get("/admin/tenants/membership/", {"q": "Secret"}).text
    page += browser.post(reverse("admin:member_remove", args=[member.pk]), follow=True).text
    assert charlie.email in page and "Charles" not in page


def test_a_member_is_called_what_the_owner_calls_them(alice, charlie, northwind):
    signed_in(alice).post(ADD, {"email": charlie.email, "role": "viewer", "name": "Our Charlie"})
    assert "Our Charlie" in signed_in(alice).get("/admin/tenants/membership/").text
    assert User.objects.get(pk=charlie.pk).name == "Charlie"


@pytest.mark.parametrize("typed", [{"email": "nobody"}, {"email": "x@example.org", "role": "god"}, {"role": "owner"}])
def test_what_cannot_be_added_is_told(alice, northwind, typed):
    answer = signed_in(alice).post(ADD, typed)
    assert answer.status_code == 422
    assert list(roles(northwind)) == [alice.email]


def test_only_owners_change_the_team(alice, bob, northwind):
    with acting(northwind):
        member = Membership.objects.get(user=alice)
    browser = signed_in(bob)
    assert browser.get(ADD).status_code == 403
    assert browser.post(reverse("admin:member_remove", args=[member.pk])).status_code == 403
    browser.post(reverse("admin:tenants_membership_change", args=[member.pk]), {"role": "viewer"})
    assert roles(northwind)[alice.email] == "owner"


def test_a_brand_keeps_at_least_one_owner(alice, northwind):
    with acting(northwind):
        member = Membership.objects.get(user=alice)
    browser = signed_in(alice)
    browser.post(reverse("admin:member_remove", args=[member.pk]))
    browser.post(reverse("admin:tenants_membership_change", args=[member.pk]), {"role": "viewer"})
    assert roles(northwind) == {alice.email: "owner"}


def test_a_role_is_taken_away_at_once(alice, bob, northwind):
    other = signed_in(bob)
    assert other.get("/admin/campaigns/campaign/").status_code == 200
    with acting(northwind):
        member = Membership.objects.get(user=bob)
    signed_in(alice).post(reverse("admin:member_remove", args=[member.pk]))
    assert other.get("/admin/campaigns/campaign/").status_code == 403


def test_a_webhooks_secret_is_shown_once_and_kept_sealed(alice, northwind):
    typed = {"name": "Shop mailer", "kind": "webhook", "url": "https://mail.example.com/hook"}
    page = signed_in(alice).post("/admin/tenants/integration/add/", typed).text
    secret = re.search(r'id="secret">(whsec_[^<]+)<', page)[1]
    with acting(northwind):
        made = Integration.objects.get()
    assert secret not in str(made.config) and secret.encode() not in bytes(made.sealed_credentials)
    assert secret not in signed_in(alice).get(reverse("admin:tenants_integration_change", args=[made.pk])).text


@pytest.mark.parametrize("url", ["", "ftp://example.com", "javascript:alert(1)", "http://user@example.com:0/"])
def test_an_address_that_cannot_be_posted_to_is_refused(alice, northwind, url):
    answer = signed_in(alice).post("/admin/tenants/integration/add/", {"name": "A", "kind": "webhook", "url": url})
    assert answer.status_code == 422
    with acting(northwind):
        assert not Integration.objects.exists()


def test_an_integration_is_paused_and_taken_up_again(bob, northwind):
    browser = signed_in(bob)
    browser.post("/admin/tenants/integration/add/", {"name": "Files", "kind": "csv_file"})
    with acting(northwind):
        made = Integration.objects.get()
    for state in ("paused", "active"):
        browser.post(reverse("admin:integration_turn", args=[made.pk, state]))
        with acting(northwind):
            assert Integration.objects.get().state == state


def test_an_api_client_gets_a_token_with_the_secret_that_was_shown_once(alice, northwind):
    browser = signed_in(alice)
    page = browser.post("/admin/tenants/apiclient/add/", {"name": "Percy", "scopes": ["consent"]}).text
    secret, made = re.search(r'id="secret">([^<]+)<', page)[1], ApiClient.objects.get()
    grant = {"grant_type": "client_credentials", "client_id": made.client_id, "client_secret": secret}
    assert Client().post("/oauth/token", grant | {"scope": "consent"}).status_code == 200
    assert secret not in browser.get(reverse("admin:tenants_apiclient_change", args=[made.pk])).text


def test_a_reader_reads_and_adds_nothing(northwind):
    reader = signed_in(make_member(northwind, "Rita", Role.VIEWER))
    for address in ("campaigns/campaign", "sources/datasource", "tenants/membership", "tenants/integration"):
        page = reader.get(f"/admin/{address}/")
        assert page.status_code == 200 and "add/" not in page.text
        assert reader.get(f"/admin/{address}/add/").status_code == 403


def test_logging_in_by_address_in_any_case(alice, northwind):
    browser = Client()
    typed = {"username": alice.email.upper(), "password": PASSWORD, "next": "/admin/"}
    assert browser.post("/admin/login/", typed).status_code == 302
    wrong = Client().post("/admin/login/", typed | {"password": "wrong"})
    assert wrong.status_code == 200 and "do not fit together" in wrong.text
