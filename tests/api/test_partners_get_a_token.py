"""OAuth 2.0 client credentials: what a partner's client gets, and what ends it."""

import base64
from datetime import timedelta

from django.core.management import CommandError, call_command
from django.utils import timezone
from oauth2_provider.models import AccessToken
from pytest import fixture, mark, raises
from rest_framework.test import APIClient

from tenants.models import ApiClient
from tests.conftest import with_token

SOURCES = "/api/v1/sources"


def ask(client, **fields):
    fields = {
        "grant_type": "client_credentials",
        "client_id": client.client_id,
        "client_secret": client.plain_secret,
    } | fields
    return APIClient().post("/oauth/token", fields)


def test_a_client_gets_a_bearer_token_for_an_hour(percy):
    told = ask(percy, scope="register").json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 3600, "register")


def test_the_secret_may_come_in_the_header(percy):
    basic = base64.b64encode(f"{percy.client_id}:{percy.plain_secret}".encode()).decode()
    answer = APIClient().post(
        "/oauth/token", {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert answer.status_code == 200


@mark.parametrize(
    ("fields", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "nobody"}, 401),
        ({"grant_type": "password", "username": "alice", "password": "x"}, 400),
        ({"scope": "everything"}, 400),
    ],
)
def test_a_wrong_request_gets_none(percy, fields, status):
    answer = ask(percy, **fields)
    assert answer.status_code == status
    assert "access_token" not in answer.json()


def test_the_secret_is_not_stored_in_the_clear(percy):
    assert percy.plain_secret not in ApiClient.objects.get(pk=percy.pk).client_secret


def test_a_token_ends_with_its_hour(percy):
    api = with_token(percy)
    assert api.get(SOURCES).status_code == 200
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert api.get(SOURCES).status_code == 401


def test_a_token_ends_with_its_client(percy):
    api = with_token(percy)
    ApiClient.objects.filter(pk=percy.pk).delete()
    assert api.get(SOURCES).status_code == 401


def test_a_right_taken_from_the_client_is_gone_from_its_tokens(percy):
    api = with_token(percy)
    ApiClient.objects.filter(pk=percy.pk).update(scopes="consent")
    assert api.get(SOURCES).status_code == 403


def test_a_session_is_no_token(alice, client):
    client.force_login(alice, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(SOURCES).status_code == 401


@fixture
def told(northwind, capsys):
    def run(**options):
        call_command("create_client", **({"brand": "northwind", "name": "Percy"} | options))
        return dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines()[:2])

    return run


def test_the_command_makes_a_client_that_works(told):
    made = told()
    client = ApiClient.objects.get(client_id=made["client_id"])
    client.plain_secret = made["client_secret"]
    assert with_token(client).get(SOURCES).status_code == 200


def test_the_command_narrows_what_the_client_may(told):
    made = told(scopes="consent")
    assert ApiClient.objects.get(client_id=made["client_id"]).scopes == "consent"


@mark.parametrize("options", [{"brand": "nobody"}, {"scopes": "everything"}, {"scopes": ""}])
def test_the_command_refuses_what_does_not_exist(told, options):
    with raises(CommandError):
        told(**options)
