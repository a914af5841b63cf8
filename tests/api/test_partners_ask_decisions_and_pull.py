"""Decisions and pulls by REST: what holds now, one reason that counts, nobody twice, nothing of another brand."""

from datetime import timedelta

import pytest

from delivery.models import Intent, Release
from kernel import clock
from kernel.models import IdempotentAnswer
from people import services as people
from people.models import Person, PersonGate
from tenants import services
from tests import factories
from tests.conftest import SYSTEM, acting, with_token
from tests.delivery import house

DECISIONS = "/api/v1/decisions"
AUDIENCE = "/api/v1/campaigns/spring/audience"


@pytest.fixture
def case(northwind):
    return house.approved(northwind, people=3)


@pytest.fixture
def api(percy):
    return with_token(percy)


@pytest.fixture
def stranger(contoso):
    with acting(contoso):
        client, secret = services.create_client(
            brand=contoso, name="Carla", scopes="consent audience", by=SYSTEM, at=clock.now()
        )
    client.plain_secret = secret
    return with_token(client, "consent audience")


def ask(api, value="spring-0@example.org", **more):
    body = {"campaign": "spring", "channel": "email", "identifier": {"kind": "email", "value": value}} | more
    return api.post(DECISIONS, body, format="json")


def withdraw(brand, value="spring-0@example.org"):
    with acting(brand):
        person = people.find_person(brand.pk, "email", value)
        return people.withdraw(
            brand_id=brand.pk, person=person, purpose="direct_marketing", channel="email", idempotency_key="w",
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip


def in_flight(brand):
    with acting(brand):
        return sum(PersonGate.objects.values_list("in_flight", flat=True))


# Decisions --------------------------------------------------------------------------------------------------------


def test_who_agreed_is_cleared(case, api):
    answer = ask(api)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["cleared"], told["reason"], told["reasons"]) == (True, "cleared", [])
    assert answer.headers["Cache-Control"] == "no-store"


def test_who_took_it_back_is_not_with_one_reason_that_counts_and_all_that_hold(case, northwind, api):
    withdraw(northwind)
    with acting(northwind):
        people.set_restricted(
            person=people.find_person(northwind.pk, "email", "spring-0@example.org"), restricted=True, by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip
    told = ask(api).json()
    assert (told["cleared"], told["reason"]) == (False, "restricted")
    assert [one["code"] for one in told["reasons"]] == ["restricted", "withdrawn", "no_basis"]
    assert all(one["sentence"] for one in told["reasons"])


def test_a_decision_is_made_anew_each_time(case, northwind, api):
    same = {"Idempotency-Key": "k"}
    body = {"campaign": "spring", "channel": "email", "identifier": {"kind": "email", "value": "spring-0@example.org"}}
    assert api.post(DECISIONS, body, format="json", headers=same).json()["cleared"] is True
    withdraw(northwind)
    assert api.post(DECISIONS, body, format="json", headers=same).json()["cleared"] is False


def test_nothing_is_handed_over_by_asking(case, northwind, api):
    ask(api)
    with acting(northwind):
        assert not Intent.objects.exists() and not Release.objects.exists()


def test_an_address_that_only_another_brand_knows_is_like_one_that_nobody_knows(case, contoso, api):
    with acting(contoso):
        people.upsert_person(
            brand_id=contoso.pk, identifiers={"email": "hers@example.org"}, by=SYSTEM, at=clock.now()
        )  # fmt: skip
    known_elsewhere, unknown = ask(api, "hers@example.org").json(), ask(api, "nobody@example.org").json()
    assert known_elsewhere | {"decided_at": ""} == unknown | {"decided_at": ""}
    assert (unknown["cleared"], unknown["reason"]) == (False, "no_basis")


@pytest.mark.parametrize("value", ["spring-0@example.org", "nobody@example.org"])
def test_a_channel_that_was_not_approved_is_refused_for_everybody(case, api, value):
    answer = ask(api, value, channel="sms")
    assert (answer.status_code, answer.json()["place"]) == (409, "channel")


def test_a_campaign_that_is_not_approved_clears_nobody(northwind, api):
    factories.campaign_of(northwind)
    answer = ask(api)
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:lighttouch:problem:not_approved")


@pytest.mark.parametrize(
    "body",
    [
        {"campaign": ""},
        {"identifier": {}},
        {"identifier": {"kind": "smell", "value": "x"}},
        {"identifier": {"kind": "email", "value": "nobody"}},
        {"identifier": "x"},
    ],
)
def test_a_question_that_is_none(case, api, body):
    assert ask(api, **body).status_code == 422


# Pulls ------------------------------------------------------------------------------------------------------------


def test_a_pull_brings_who_passes_the_gate_with_the_approved_message(case, northwind, api):
    withdraw(northwind)
    answer = api.post(AUDIENCE, {}, format="json")
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert sorted(one["to"]["email"] for one in told["people"]) == ["spring-1@example.org", "spring-2@example.org"]
    assert told["held_back"] == {"withdrawn": 1}
    assert told["people"][0]["content"]["subject"] == "Hello there"
    assert "/p/" in told["people"][0]["content"]["text"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_comes_twice(case, api):
    seen = []
    for _ in range(5):
        seen += [one["to"]["email"] for one in api.post(AUDIENCE, {"limit": 1}, format="json").json()["people"]]
    assert sorted(seen) == [f"spring-{n}@example.org" for n in range(3)]


def test_what_an_answer_takes_with_it_is_settled_when_it_has_left(case, northwind, api):
    api.post(AUDIENCE, {}, format="json")
    assert in_flight(northwind) == 0
    with acting(northwind):
        assert set(Intent.objects.values_list("state", flat=True)) == {"handed_over"}


def test_an_answer_that_never_left_keeps_a_withdrawal_waiting_and_ends_unknown(case, northwind, api, monkeypatch):
    monkeypatch.setattr("delivery.api._Leaving.close", lambda self: None)
    api.post(AUDIENCE, {}, format="json")
    assert withdraw(northwind).effective is False
    with clock.held(clock.now() + timedelta(minutes=3)):
        house.work(northwind)
    assert in_flight(northwind) == 0
    with acting(northwind):
        assert set(Intent.objects.values_list("state", flat=True)) == {"unknown"}


def test_addresses_are_kept_in_no_stored_answer(case, northwind, api):
    api.post(AUDIENCE, {}, format="json", headers={"Idempotency-Key": "k"})
    with acting(northwind):
        assert not IdempotentAnswer.objects.exists()


def test_what_is_not_approved_cannot_be_pulled(northwind, api):
    factories.campaign_of(northwind)
    answer = api.post(AUDIENCE, {}, format="json")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:lighttouch:problem:not_approved")
    assert Person.objects.none().count() == 0


@pytest.mark.parametrize("limit", [0, -1, 1001, "many"])
def test_a_limit_that_is_none(case, api, limit):
    assert api.post(AUDIENCE, {"limit": limit}, format="json").status_code == 422


# Who may ----------------------------------------------------------------------------------------------------------


def test_without_a_token_nothing_is_told(case, client):
    assert client.post(DECISIONS).status_code == client.post(AUDIENCE).status_code == 401


def test_each_needs_its_scope(case, percy):
    assert with_token(percy, "consent").post(AUDIENCE, {}, format="json").status_code == 403
    assert ask(with_token(percy, "audience")).status_code == 403


def test_a_stranger_gets_the_answer_for_what_does_not_exist(case, stranger):
    there, nowhere = ask(stranger), ask(stranger, campaign="never")
    assert (there.status_code, there.json()) == (404, nowhere.json())
    pulled = stranger.post(AUDIENCE, {}, format="json")
    assert (pulled.status_code, pulled.json()) == (404, nowhere.json())
