"""Data sources are registered in plain answers; people are shown by number, with what each of them allows."""

import pytest
from django.urls import reverse

from facts.catalogue import load
from people.models import Person, PersonState, Suppression
from sources.models import DataSource
from tests import factories
from tests.conftest import acting, signed_in
from tests.portal.forms import fields_of

pytestmark = pytest.mark.django_db
ADD = "/admin/sources/datasource/add/"


def sources(brand):
    with acting(brand):
        return {one.key: one for one in DataSource.objects.all()}


def page_of(source):
    return reverse("admin:sources_datasource_change", args=[source.pk])


def test_a_source_is_registered_as_far_as_it_is_known(bob, northwind):
    signed_in(bob).post(ADD, {"name": "Sign-up form", "kind": "list", "source.origin": "declared"})
    made = sources(northwind)["sign-up-form"]
    assert (made.facts, made.state) == ({"origin": "declared"}, "draft")


def test_what_speaks_against_a_source_is_shown_while_it_is_described(bob, northwind):
    typed = {"name": "Bought", "source.consent.method": "bundled", "source.lawful_basis": "consent"}
    answer = signed_in(bob).post("/admin/sources/datasource/verdict/", typed)
    assert "What speaks against it" in answer.text
    assert sources(northwind) == {}


def test_an_exemplary_source_is_fit_for_use(alice, northwind):
    factories.campaign_of(northwind)
    source = sources(northwind)["main"]
    assert "Fit for use" in signed_in(alice).get(page_of(source)).text
    assert source.facts == load().clean("source")


def test_saving_an_unchanged_source_leaves_approvals_alone(alice, northwind):
    case = factories.approved_case(northwind)
    source, browser = sources(northwind)["main"], signed_in(alice)
    browser.post(page_of(source), fields_of(browser.get(page_of(source)).text, **{"class": "lt-grid lt-grid-side"}))
    assert factories.fresh(case).state == "approved"


def test_a_source_is_suspended_and_taken_up_again(alice, olivia, northwind):
    factories.campaign_of(northwind)
    source = sources(northwind)["main"]
    signed_in(olivia).post(reverse("admin:source_turn", args=[source.pk, "suspend"]))
    assert sources(northwind)["main"].state == "suspended"
    signed_in(alice).post(reverse("admin:source_turn", args=[source.pk, "activate"]))
    assert sources(northwind)["main"].state == "active"


def test_people_are_shown_by_number_and_never_by_address(alice, northwind):
    factories.campaign_of(northwind)
    person = factories.people_with_consent(northwind, 1)[0]
    browser = signed_in(alice)
    shown = browser.get("/admin/people/person/").text
    shown += browser.get(reverse("admin:people_person_change", args=[person.pk])).text
    assert f"#{person.number}" in shown and "person0@example.org" not in shown
    assert "Direct marketing" in shown


def test_an_address_is_suppressed_as_a_pseudonym(olivia, northwind):
    typed = {"kind": "email", "value": "ann@example.org", "reason": "asked by phone"}
    browser = signed_in(olivia)
    browser.post("/admin/people/suppression/add/", typed)
    with acting(northwind):
        assert Suppression.objects.get().reason == "asked by phone"
    assert "ann@example.org" not in browser.get("/admin/people/suppression/").text


def test_what_is_no_address_is_refused_in_words(olivia, northwind):
    answer = signed_in(olivia).post("/admin/people/suppression/add/", {"kind": "email", "value": "x"}, follow=True)
    assert "never reached again" not in answer.text
    with acting(northwind):
        assert not Suppression.objects.exists()


def test_a_person_is_erased_by_those_who_may(bob, olivia, northwind):
    factories.campaign_of(northwind)
    person = factories.people_with_consent(northwind, 1)[0]
    address = reverse("admin:person_erase", args=[person.pk])
    assert signed_in(bob).post(address).status_code == 403
    signed_in(olivia).post(address)
    with acting(northwind):
        assert Person.objects.get().state == PersonState.ERASED
