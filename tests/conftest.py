"""The cast and the stage of all tests.

Alice owns the brand Northwind, Bob is on her team, Olivia is its compliance officer, Percy a partner who comes by
API. Charlie owns another brand, Contoso, and must see nothing of Northwind.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase
from rest_framework.test import APIClient

from kernel import clock
from kernel.actors import Actor
from kernel.tenancy import brand_context, user_context
from tenants import services
from tenants.models import ApiClient, Brand, Role, User
from tests import database

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
SYSTEM = Actor.system("tests")

pytest_plugins = ["tests.completeness", "tests.browser"]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    name = f"test_lighttouch_{os.getpid()}"
    with django_db_blocker.unblock():
        database.prepare(name)
        TransactionTestCase._fixture_teardown = lambda self: database.empty(name)  # type: ignore[method-assign]
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
            row = cursor.fetchone()
            assert row is not None and row[0] is False, "tests must run as the application's role"
    yield
    with django_db_blocker.unblock():
        connection.close()
        database.drop(name)


@pytest.fixture
def held_clock() -> Iterator[datetime]:
    with clock.held(NOW):
        yield NOW


def make_brand(slug: str, **fields: Any) -> Brand:
    fields = {"name": slug.title(), "country": "GB", **fields}
    return services.create_brand(slug=slug, by=SYSTEM, at=clock.now(), **fields)


def make_member(brand: Brand, name: str, role: Role) -> User:
    user = User.objects.create_user(f"{name.lower()}@{brand.slug}.example", PASSWORD, name=name)
    with brand_context(brand.pk):
        services.add_member(brand=brand, user=user, role=role, by=SYSTEM, at=clock.now())
    return user


@pytest.fixture
def northwind(db: None) -> Brand:
    return make_brand("northwind")


@pytest.fixture
def contoso(db: None) -> Brand:
    return make_brand("contoso", country="DE")


@pytest.fixture
def alice(northwind: Brand) -> User:
    return make_member(northwind, "Alice", Role.OWNER)


@pytest.fixture
def bob(northwind: Brand) -> User:
    return make_member(northwind, "Bob", Role.MARKETER)


@pytest.fixture
def olivia(northwind: Brand) -> User:
    return make_member(northwind, "Olivia", Role.OFFICER)


@pytest.fixture
def charlie(contoso: Brand) -> User:
    return make_member(contoso, "Charlie", Role.OWNER)


@pytest.fixture
def percy(northwind: Brand) -> ApiClient:
    with brand_context(northwind.pk):
        client, secret = services.create_client(
            brand=northwind, name="Percy", scopes="register consent audience", by=SYSTEM, at=clock.now()
        )
    client.plain_secret = secret  # type: ignore[attr-defined]
    return client


@contextmanager
def acting(brand: Brand, user: User | None = None) -> Iterator[Actor]:
    """Act for a brand, as one of its users or as the system."""
    with ExitStack() as stack:
        if user is not None:
            stack.enter_context(user_context(user.pk))
        stack.enter_context(brand_context(brand.pk))
        yield Actor.user(user) if user is not None else SYSTEM


@pytest.fixture
def at_northwind(northwind: Brand) -> Iterator[Brand]:
    """The whole test acts for Northwind, as the system."""
    with brand_context(northwind.pk):
        yield northwind


def signed_in(user: User) -> Client:
    """Return a browser's session for the user."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def with_token(client: ApiClient, scope: str = "register consent audience") -> APIClient:
    """Return a partner's HTTP client, which got its token the documented way."""
    api = APIClient()
    answer = api.post(
        "/oauth/token",
        {
            "grant_type": "client_credentials",
            "client_id": client.client_id,
            "client_secret": client.plain_secret,  # type: ignore[attr-defined]
            "scope": scope,
        },
    )
    assert answer.status_code == 200, answer.content
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
    return api


__all__ = ["acting", "make_brand", "make_member", "signed_in", "with_token"]
