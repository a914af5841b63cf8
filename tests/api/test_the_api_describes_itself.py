"""OpenAPI, its page, and the JSON Schema of a registration."""

import json
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.core.management import call_command
from django.test import Client

from tests.registrations import exemplary


@pytest.fixture(scope="module")
def described():
    return json.loads(Client().get("/api/v1/openapi.json").content)


def operations(described):
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def test_the_document_is_valid_and_complete(db, tmp_path):
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(tmp_path / "openapi.yaml"))


def test_every_operation_names_the_scope_it_needs(described):
    for name, operation in operations(described):
        if name != "get /api/v1/registration.schema.json":
            assert operation["security"][0]["client"][0] in {"register", "consent", "audience"}, name


def test_every_operation_says_how_it_fails(described):
    for name, operation in operations(described):
        assert "application/problem+json" in operation["responses"]["default"]["content"], name


def test_every_operation_says_what_it_does(described):
    for name, operation in operations(described):
        assert operation.get("description"), name


def test_the_schema_of_a_registration_is_public_and_accepts_one(db):
    answer = Client().get("/api/v1/registration.schema.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/schema+json"
    jsonschema.Draft202012Validator(answer.json()).validate(exemplary())


def test_the_page_shows_every_operation_under_the_content_policy(live_server, page, screenshot, described):
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: refused.append(request.url) if live_server.url not in request.url else None)
    page.goto(f"{live_server.url}/api/v1/docs")
    page.wait_for_selector(".opblock")
    screenshot(page, "the api")
    assert page.locator(".opblock").count() == sum(1 for _ in operations(described))
    assert [one for one in refused if not one.startswith("data:")] == []


def test_the_handbook_knows_every_operation(described):
    told = (Path(__file__).resolve().parents[2] / "docs" / "rest.md").read_text(encoding="utf-8")
    for name, _operation in operations(described):
        method, path = name.split()
        assert f"{method.upper()} {path.removeprefix('/api/v1/')}" in told, name
