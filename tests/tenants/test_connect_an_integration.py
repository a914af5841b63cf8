"""Credentials of an integration are sealed, and open for their own integration alone."""

import pytest

from kernel import crypto
from tenants import services
from tenants.models import Integration
from tests.conftest import NOW, SYSTEM, acting
from trail.models import Entry


def connect(brand, key="mailer"):
    return services.create_integration(
        brand=brand,
        key=key,
        name="Mailer",
        kind="webhook",
        config={"url": "https://example.com/hook"},
        credentials={"secret": "whsec_verysecret"},
        by=SYSTEM,
        at=NOW,
    )


def test_credentials_come_back_as_they_were_given(northwind):
    with acting(northwind):
        made = connect(northwind)
        assert services.credentials_of(Integration.objects.get(pk=made.pk)) == {"secret": "whsec_verysecret"}


def test_credentials_are_nowhere_in_the_clear(northwind):
    with acting(northwind):
        made = connect(northwind)
        assert b"verysecret" not in bytes(made.sealed_credentials)
        assert "verysecret" not in str(list(Entry.objects.values_list("details", flat=True)))


def test_credentials_moved_to_another_integration_do_not_open(northwind):
    with acting(northwind):
        one, other = connect(northwind, "one"), connect(northwind, "other")
        other.sealed_credentials = one.sealed_credentials
        with pytest.raises(crypto.CannotOpen):
            services.credentials_of(other)


def test_charlie_sees_no_integration_of_northwind(northwind, contoso):
    with acting(northwind):
        connect(northwind)
    with acting(contoso):
        assert not Integration.objects.exists()
