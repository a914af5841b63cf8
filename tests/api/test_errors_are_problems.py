"""Every error of the API is a problem document (RFC 9457), whatever goes wrong where."""

import json

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.conftest import with_token

pytestmark = pytest.mark.urls("tests.api.urls")
NOTES = "/api/v1/notes"


def problem(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    told = answer.json()
    assert (told["type"], told["status"]) == (f"urn:lighttouch:problem:{code}", status)
    assert told["detail"]
    return told


def post(api, body, content_type="application/json"):
    return api.generic("POST", NOTES, body, content_type, headers={"Idempotency-Key": "k"})


def test_without_a_token(db):
    answer = APIClient().get("/api/v1/sources")
    problem(answer, 401, "not_authenticated")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_with_an_invented_token(db):
    problem(APIClient().get("/api/v1/sources", headers={"Authorization": "Bearer invented"}), 401, "not_authenticated")


def test_without_the_scope(percy):
    told = problem(with_token(percy, "consent").get("/api/v1/sources"), 403, "permission_denied")
    assert "“register”" in told["detail"]


def test_an_unknown_address(percy):
    problem(with_token(percy).get("/api/v1/nothing"), 404, "not_found")
    problem(Client().get("/api/v2/sources"), 404, "not_found")


def test_an_unknown_thing(percy):
    problem(with_token(percy).get("/api/v1/sources/nothing"), 404, "not_found")


def test_a_method_that_is_not_offered(percy):
    answer = with_token(percy).delete(NOTES)
    problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_a_body_of_another_type(percy):
    problem(post(with_token(percy), "a=1", "application/x-www-form-urlencoded"), 415, "unsupported_media_type")


def test_an_answer_of_another_type(percy):
    problem(with_token(percy).get("/api/v1/sources", headers={"Accept": "text/csv"}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b"[" * 40 + b"]" * 40,
        b"[" * 200_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_a_body_that_cannot_be_read(percy, body):
    problem(post(with_token(percy), body), 400, "parse_error")


def test_a_body_that_is_too_large(percy, settings):
    body = json.dumps({"a": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    told = problem(post(with_token(percy), body), 413, "too_large")
    assert str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE) in told["remedy"]


def test_a_refusal_names_the_place(percy):
    told = problem(post(with_token(percy), '{"refuse": true}'), 422, "invalid")
    assert told["place"] == "refuse"


def test_an_error_of_ours_tells_nothing_of_its_inside(percy):
    api = with_token(percy)
    api.raise_request_exception = False
    told = problem(post(api, '{"crash": true}'), 500, "error")
    assert "test asked" not in json.dumps(told)


def test_a_host_that_is_not_ours(db):
    problem(Client().get("/api/v1/sources", headers={"Host": "elsewhere.example"}), 400, "bad_request")


def test_elsewhere_errors_are_pages(client, db):
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("cursor", ["x", "cD1ub3RhbnV1aWQ=", "bz0tMQ==", "é"])
def test_a_cursor_that_was_not_given_here(percy, cursor):
    problem(with_token(percy).get("/api/v1/sources", {"cursor": cursor}), 400, "parse_error")
