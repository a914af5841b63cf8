"""A partner can ask which rules its registrations are judged by; a brand's own packs are told to that brand's alone."""

import pytest

from kernel import clock
from tenants import services
from tests.audits.house import switched_on, written
from tests.conftest import SYSTEM, acting, with_token

pytestmark = pytest.mark.django_db
PACKS = "/api/v1/packs"


def test_the_packs_in_use_are_listed_with_the_hashes_that_verdicts_name(percy, northwind):
    version = switched_on(northwind)
    answer = with_token(percy).get(PACKS)
    found = {one["code"]: one for one in answer.json()}
    assert found["GDPR"]["house"] is False and found["GDPR"]["rules"] > 10
    assert found["house-quiet-evenings"] == {
        "code": "house-quiet-evenings", "title": "Quiet evenings", "version": "1", "sha256": version.sha256,
        "rules": 1, "house": True,
    }  # fmt: skip


def test_what_is_not_on_is_not_in_use(percy, northwind):
    written(northwind)
    assert not any(one["house"] for one in with_token(percy).get(PACKS).json())


def test_another_brands_packs_are_not_told(percy, northwind, contoso):
    switched_on(northwind)
    with acting(contoso):
        client, secret = services.create_client(
            brand=contoso, name="Other", scopes="register", by=SYSTEM, at=clock.now()
        )
    client.plain_secret = secret
    assert not any(one["house"] for one in with_token(client, "register").get(PACKS).json())


def test_without_a_token_nothing_is_told(client, db):
    assert client.get(PACKS).status_code == 401
