"""Idempotency-Key: what is sent twice is done once, and answered alike."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from kernel import clock, idempotency
from kernel.models import IdempotentAnswer
from kernel.tenancy import brand_context
from tenants import services
from tests.conftest import NOW, SYSTEM, acting, with_token
from trail.models import Entry

pytestmark = pytest.mark.urls("tests.api.urls")
NOTES = "/api/v1/notes"


def send(api, key="k1", body=None, path=NOTES):
    return api.post(path, body or {}, format="json", headers={"Idempotency-Key": key})


def written(brand):
    with brand_context(brand.pk):
        return Entry.objects.filter(verb="note.written").count()


def test_a_repeat_gets_the_same_answer_and_does_nothing(northwind, percy):
    api = with_token(percy)
    first, again = send(api), send(api)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert written(northwind) == 1


def test_another_key_is_another_request(northwind, percy):
    api = with_token(percy)
    assert send(api, "k1").json() != send(api, "k2").json()
    assert written(northwind) == 2


def test_the_same_key_with_another_body_is_refused(northwind, percy):
    api = with_token(percy)
    send(api)
    answer = send(api, body={"other": 1})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:lighttouch:problem:idempotency_key_reused"
    assert written(northwind) == 1


def test_keys_are_apart_per_route(northwind, percy):
    api = with_token(percy)
    send(api)
    assert "Idempotency-Replayed" not in send(api, path=f"{NOTES}/other").headers
    assert written(northwind) == 2


def test_keys_are_apart_per_client(northwind, percy):
    with acting(northwind):
        other, secret = services.create_client(
            brand=northwind, name="Petra", scopes="register", by=SYSTEM, at=clock.now()
        )
    other.plain_secret = secret
    send(with_token(percy))
    assert "Idempotency-Replayed" not in send(with_token(other, "register")).headers
    assert written(northwind) == 2


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "schlüssel"])
def test_a_request_without_a_usable_key_is_refused(northwind, percy, key):
    answer = send(with_token(percy), key)
    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:lighttouch:problem:idempotency_key_missing"
    assert written(northwind) == 0


def test_a_refused_request_keeps_nothing_and_may_be_sent_again(northwind, percy):
    api = with_token(percy)
    refused = {"refuse": True}
    assert [send(api, body=refused).status_code for _ in range(2)] == [422, 422]
    assert written(northwind) == 0
    with acting(northwind):
        assert not IdempotentAnswer.objects.exists()
    assert send(api).status_code == 201


def test_a_crash_keeps_nothing_and_the_same_key_finishes_the_work(northwind, percy):
    api = with_token(percy)
    api.raise_request_exception = False
    crashed = send(api, body={"crash": True})
    assert crashed.status_code == 500
    assert crashed.headers["Content-Type"] == "application/problem+json"
    assert send(api).status_code == 201
    assert written(northwind) == 1


def test_a_key_is_free_again_after_thirty_days(northwind, percy):
    with clock.held(NOW):
        send(with_token(percy))
    with clock.held(NOW + timedelta(days=30, seconds=1)):
        answer = send(with_token(percy), body={"other": 1})
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers


def test_old_answers_are_forgotten(northwind, contoso, percy):
    with clock.held(NOW):
        send(with_token(percy))
    assert idempotency.forget(brand_id=northwind.pk, at=NOW + timedelta(days=30)) == 0
    assert idempotency.forget(brand_id=contoso.pk, at=NOW + timedelta(days=31)) == 0
    assert idempotency.forget(brand_id=northwind.pk, at=NOW + timedelta(days=31)) == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_with_the_same_key_do_it_once(northwind, percy):
    api, count = with_token(percy), 50
    ready, answers = threading.Barrier(count), []

    def ask():
        try:
            ready.wait()
            answers.append(send(api))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(count)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert [answer.status_code for answer in answers] == [201] * count
    assert len({answer.json()["entry"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1
    assert written(northwind) == 1


@pytest.mark.django_db(transaction=True)
def test_a_repeat_waits_for_the_first_and_is_told_to_come_again_when_that_takes_long(northwind, percy, monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT", "200ms")
    api = with_token(percy)
    taken, free, answers = threading.Event(), threading.Event(), []
    original = Entry.objects.create

    def slow(**values):
        taken.set()
        free.wait(10)
        return original(**values)

    monkeypatch.setattr(Entry.objects, "create", slow)

    def first():
        try:
            answers.append(send(api))
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert taken.wait(10)
    early = send(api)
    free.set()
    thread.join()
    assert early.status_code == 409
    assert early.json()["type"] == "urn:lighttouch:problem:still_running"
    assert answers[0].status_code == 201
    assert send(api).json() == answers[0].json()
