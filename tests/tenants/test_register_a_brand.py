"""A brand arrives with keys of its own, and nobody else's."""

import pytest

from kernel import crypto
from tenants import services
from tenants.models import BrandKey
from tests.conftest import NOW, SYSTEM, acting, make_brand
from trail.models import Entry


def test_a_brand_has_a_key_for_pseudonyms_and_one_for_credentials(northwind):
    with acting(northwind):
        assert set(BrandKey.objects.values_list("purpose", flat=True)) == {"pseudonym", "integration"}
        assert len(services.brand_key(northwind.pk, services.PSEUDONYM)) == 32


def test_no_two_brands_share_a_key(northwind, contoso):
    with acting(northwind):
        ours = services.brand_key(northwind.pk, services.PSEUDONYM)
    with acting(contoso):
        assert services.brand_key(contoso.pk, services.PSEUDONYM) != ours


def test_a_key_lies_in_the_database_wrapped(northwind):
    with acting(northwind):
        row = BrandKey.objects.get(purpose="pseudonym")
        assert services.brand_key(northwind.pk, "pseudonym") not in bytes(row.wrapped)


def test_a_key_moved_to_another_row_does_not_open(northwind):
    with acting(northwind):
        first, second = BrandKey.objects.order_by("purpose")
        BrandKey.objects.filter(pk=first.pk).update(wrapped=second.wrapped)
        with pytest.raises(crypto.CannotOpen):
            services.brand_key(northwind.pk, first.purpose)


def test_a_short_name_is_taken_once(northwind):
    with pytest.raises(services.BrandExists, match="northwind"):
        services.create_brand(slug="northwind", name="Again", by=SYSTEM, at=NOW)


def test_the_trail_begins_with_the_brand(db):
    brand = make_brand("fabrikam")
    with acting(brand):
        assert list(Entry.objects.values_list("verb", flat=True)) == ["brand.created"]
