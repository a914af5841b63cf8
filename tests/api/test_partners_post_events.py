"""Partners post what happened to people: taken once, answered plainly, and nothing told about anybody else."""

from uuid import uuid4

import pytest

from delivery.models import TriggerEvent
from kernel import clock
from tenants import services
from tests.conftest import SYSTEM, acting, with_token
from tests.delivery import house
from tests.delivery.happening import after, basket_case, running, told, working_at

EVENTS = "/api/v1/events"


@pytest.fixture
def release(northwind, held_clock, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return running(basket_case(northwind), house.csv_file(northwind))


@pytest.fixture
def api(percy):
    return with_token(percy)


def body(**more):
    basket = {"id": "b-1", "campaign": "spring", "kind": "cart", "happened_at": clock.now().isoformat()}
    return {**basket, "identifier": {"kind": "email", "value": "spring-0@example.org"}, **more}


def post(api, key=None, **more):
    return api.post(EVENTS, body(**more), format="json", headers={"Idempotency-Key": key or str(uuid4())})


def code(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_an_event_is_taken_waits_and_its_message_leaves(northwind, release, api, tmp_path):
    taken = post(api)
    assert taken.status_code == 201
    assert (taken.json()["id"], taken.json()["known"], taken.json()["status"]) == ("b-1", False, "waiting")
    assert taken.json()["due_at"] == after(3).strftime("%Y-%m-%dT%H:%M:%SZ")
    working_at(northwind, after(3))
    again = post(api)
    assert (again.status_code, again.json()["known"], again.json()["status"]) == (200, True, "handed_over")
    assert told(tmp_path) == ["spring-0@example.org"]


def test_the_same_request_gets_the_same_answer(release, api):
    first, again = post(api, "k1"), post(api, "k1")
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    with acting(release.brand):
        assert TriggerEvent.objects.count() == 1


def test_what_cannot_be_taken_says_why_and_keeps_nothing(release, api):
    wrong = {"value": "spring-0@example.org", "kind": "email"}
    assert code(post(api, kind="birthday")) == (422, "wrong_kind_of_event")
    assert code(post(api, happened_at=after(1).isoformat())) == (422, "event_from_the_future")
    assert code(post(api, happened_at=after(-80).isoformat())) == (422, "stale_event")
    assert code(post(api, data={"shoe_size": "44"})) == (422, "data_not_requested")
    assert code(post(api, identifier={**wrong, "value": "nobody@example.org"})) == (422, "nobody_to_reach")
    assert post(api, identifier={**wrong, "value": "not an address"}).status_code == 422
    assert code(post(api, campaign="summer")) == (404, "not_found")
    house.step(release, "stop")
    refused = post(api)
    assert code(refused) == (409, "not_running") and refused.json()["remedy"]
    with acting(release.brand):
        assert not TriggerEvent.objects.exists()


def test_another_brands_campaign_does_not_exist(release, contoso):
    with acting(contoso):
        client, secret = services.create_client(
            brand=contoso, name="Carla", scopes="consent", by=SYSTEM, at=clock.now()
        )
    client.plain_secret = secret
    stranger = with_token(client, "consent")
    theirs, nothing = post(stranger), post(stranger, campaign="no-such-thing")
    assert theirs.status_code == 404 and theirs.json() == nothing.json()


def test_two_partners_may_use_the_same_name_for_an_event(northwind, release, api):
    with acting(northwind):
        other, secret = services.create_client(
            brand=northwind, name="Petra", scopes="consent", by=SYSTEM, at=clock.now()
        )
    other.plain_secret = secret
    assert post(api).status_code == post(with_token(other, "consent")).status_code == 201


def test_the_scope_consent_is_needed(release, percy):
    assert post(with_token(percy, "audience")).status_code == 403
