"""Who plays in the demo: two brands, those who work for them, a partner, and the systems delivered to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils.translation import gettext as _

from delivery.integrations.webhook.signing import new_secret
from kernel.actors import Actor
from kernel.errors import DomainError
from kernel.tenancy import brand_context
from tenants import services
from tenants.models import ApiClient, Brand, Role, User

PASSWORD = "lighttouch-demo"
RECEIVER_PORT = int(os.environ.get("LIGHTTOUCH_RECEIVER_PORT", "8100"))
BY = Actor.system("demo")


class NotEmpty(DomainError):
    """The database holds a brand or a user already."""

    code = "not_empty"


@dataclass(frozen=True, slots=True)
class Cast:
    """The brands that were made, and the partner's API client with its secret."""

    brands: tuple[Brand, ...]
    client: ApiClient
    secret: str


BRANDS = (
    {
        "slug": "northwind",
        "name": "Northwind Shoes",
        "country": "GB",
        "sector": "retail",
        "colour": "#0f766e",
        "time_zone": "Europe/London",
        "postal_address": "Northwind Shoes Ltd\n12 Cobbler's Row\nKendal LA9 0XX\nUnited Kingdom",
        "privacy_url": "https://northwind.example/privacy",
    },
    {
        "slug": "contoso",
        "name": "Contoso Energy",
        "country": "DE",
        "sector": "energy",
        "colour": "#b45309",
        "time_zone": "Europe/Berlin",
        "postal_address": "Contoso Energy GmbH\nAm Umspannwerk 3\n04109 Leipzig\nDeutschland",
        "privacy_url": "https://contoso.example/datenschutz",
    },
)
MEMBERS = (
    ("northwind", "alice", "Alice Walker", Role.OWNER),
    ("northwind", "bob", "Bob Turner", Role.MARKETER),
    ("northwind", "olivia", "Olivia Shah", Role.OFFICER),
    ("contoso", "charlie", "Charlie Vogel", Role.OWNER),
    ("contoso", "otto", "Otto Lang", Role.OFFICER),
)


def is_empty() -> bool:
    """Say whether the database holds no brand and no user yet."""
    return not Brand.objects.exists() and not User.objects.exists()


@transaction.atomic
def create(*, at: datetime) -> Cast:
    """Create the cast, all of it or nothing. Raises NotEmpty."""
    if not is_empty():
        raise NotEmpty(
            _("The demo loads only into an empty database, and this one is in use."),
            remedy=_("Start with another data folder (LIGHTTOUCH_DATA_DIR) or another database."),
        )
    brands = {str(values["slug"]): services.create_brand(by=BY, at=at, **values) for values in BRANDS}
    for slug, name, full_name, role in MEMBERS:
        _join(brands[slug], name, full_name, role, at)
    for brand in brands.values():
        _connect(brand, at)
    northwind = brands["northwind"]
    with brand_context(northwind.pk):
        client, secret = services.create_client(
            brand=northwind, name="Percy", scopes="register consent audience", by=BY, at=at
        )
    return Cast(tuple(brands.values()), client, secret)


def user_of(brand: Brand, name: str) -> User:
    """Return one of the cast by the name before the @."""
    return User.objects.get(email=f"{name}@{brand.slug}.example")


def receiver_secrets() -> Path:
    """Return the file from which the local receiver learns whose signatures to expect."""
    return Path(settings.DATA_DIR) / "receiver.secrets"


def _join(brand: Brand, name: str, full_name: str, role: Role, at: datetime) -> None:
    email = f"{name}@{brand.slug}.example"
    user = User(email=email, name=full_name)
    validate_password(PASSWORD, user)
    user = User.objects.create_user(email, PASSWORD, name=full_name)
    with brand_context(brand.pk):
        services.add_member(brand=brand, user=user, role=role, by=BY, at=at)


def _connect(brand: Brand, at: datetime) -> None:
    secret = new_secret()
    with brand_context(brand.pk):
        services.create_integration(
            brand=brand,
            key="receiver",
            name=_("Receiver on this machine"),
            kind="webhook",
            config={"url": f"http://127.0.0.1:{RECEIVER_PORT}/{brand.slug}"},
            credentials={"secret": secret},
            by=BY,
            at=at,
        )
        services.create_integration(
            brand=brand, key="files", name=_("Files"), kind="csv_file", config={}, credentials={}, by=BY, at=at
        )
    transaction.on_commit(lambda: _tell_receiver(secret))


def _tell_receiver(secret: str) -> None:
    path = receiver_secrets()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _private(path) as descriptor:
        os.write(descriptor, f"{secret}\n".encode())


@contextmanager
def _private(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
