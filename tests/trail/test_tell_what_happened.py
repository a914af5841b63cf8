"""Every write leaves an entry in its own transaction; the entry proves itself and names nobody."""

import hashlib
import hmac
import json

import pytest
from django.db import DatabaseError, connection, transaction

from kernel.actors import Actor
from kernel.canonical import canonical
from tenants import services
from tenants.models import Brand, Membership, Role, User
from tests.conftest import NOW, acting, make_brand
from trail.models import Entry
from trail.record import commitment, record


def entry(brand, **details):
    with acting(brand):
        return record(
            "test.done",
            brand_id=brand.pk,
            subject=("test", brand.pk),
            by=Actor.system("tests"),
            at=NOW,
            details=details,
        )


def test_the_leaf_is_canonical_and_hashed_as_a_merkle_leaf(northwind):
    made = entry(northwind, reason="because")
    assert bytes(made.leaf) == canonical(json.loads(made.leaf))
    assert bytes(made.leaf_hash) == hashlib.sha256(b"\x00" + bytes(made.leaf)).digest()


def test_the_commitment_opens_with_the_entrys_own_key(northwind):
    made = entry(northwind, reason="because")
    told = json.loads(made.leaf)["commitment"]
    assert told == hmac.digest(made.opening, canonical({"reason": "because"}), hashlib.sha256).hex()
    assert told != commitment({"reason": "other"}, opening=made.opening)


def test_the_leaf_names_nobody(northwind, alice):
    with acting(northwind, alice) as by:
        made = record(
            "test.done", brand_id=northwind.pk, subject=("user", alice.pk), by=by, at=NOW, details={"to": "Al"}
        )
    for name in (alice.email, alice.name, str(alice.pk), str(northwind.pk), '"Al"'):
        assert name not in bytes(made.leaf).decode()


def test_the_same_details_commit_differently_each_time(northwind):
    first, second = entry(northwind, vote="no"), entry(northwind, vote="no")
    assert json.loads(first.leaf)["commitment"] != json.loads(second.leaf)["commitment"]


def test_when_the_entry_cannot_be_written_the_change_is_not_kept(northwind, monkeypatch):
    bob = User.objects.create_user("bob@example.com", None, name="Bob")

    def broken(*args, **kwargs):
        raise DatabaseError("no room left for the trail")

    monkeypatch.setattr(services, "record", broken)
    with pytest.raises(DatabaseError), acting(northwind) as by:
        services.add_member(brand=northwind, user=bob, role=Role.MARKETER, by=by, at=NOW)
    with acting(northwind):
        assert not Membership.objects.filter(user=bob).exists()


@pytest.mark.parametrize("statement", ["UPDATE trail_entry SET verb = 'x'", "DELETE FROM trail_entry"])
def test_the_application_can_neither_change_nor_remove_an_entry(northwind, statement):
    with pytest.raises(DatabaseError, match="permission denied"), acting(northwind), connection.cursor() as cursor:
        cursor.execute(statement)


def test_charlie_reads_nothing_of_northwinds_trail(northwind, charlie):
    entry(northwind)
    contoso = Brand.objects.get(slug="contoso")
    with acting(contoso, charlie):
        assert set(Entry.objects.values_list("brand_id", flat=True)) == {contoso.pk}


def test_an_entry_of_a_rolled_back_change_is_gone_with_it(db):
    brand = make_brand("fabrikam")
    with acting(brand), transaction.atomic():
        record("test.undone", brand_id=brand.pk, subject=("test", brand.pk), by=Actor.system("t"), at=NOW)
        transaction.set_rollback(True)
    with acting(brand):
        assert not Entry.objects.filter(verb="test.undone").exists()
