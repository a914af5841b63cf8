"""Roles are given by an owner, to somebody else; the database holds it against SQL by hand."""

import pytest
from django.db import DatabaseError, connection

from kernel.ids import new_id
from tenants import services
from tenants.models import Membership, Role, User
from tests.conftest import NOW, acting


def change_role(user, role):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE tenants_membership SET role = %s WHERE user_id = %s", [role, user.pk])
        return cursor.rowcount


@pytest.fixture
def newcomer(db):
    return User.objects.create_user("newcomer@example.com", None, name="Newcomer")


def test_an_owner_makes_a_colleague_an_officer(northwind, alice, newcomer):
    with acting(northwind, alice) as by:
        services.add_member(brand=northwind, user=newcomer, role=Role.OFFICER, by=by, at=NOW)
        assert Membership.objects.get(user=newcomer).role == Role.OFFICER


@pytest.mark.parametrize("who", ["alice", "bob", "olivia"])
def test_nobody_changes_her_own_role(request, northwind, who):
    user = request.getfixturevalue(who)
    with pytest.raises(DatabaseError, match="herself"), acting(northwind, user):
        change_role(user, "viewer")


def test_a_marketer_makes_nobody_an_officer(northwind, bob, newcomer):
    with pytest.raises(DatabaseError, match="only an owner"), acting(northwind, bob) as by:
        services.add_member(brand=northwind, user=newcomer, role=Role.OFFICER, by=by, at=NOW)


def test_an_officer_takes_nobodys_role_away(northwind, bob, olivia):
    with pytest.raises(DatabaseError, match="only an owner"), acting(northwind, olivia), connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenants_membership WHERE user_id = %s", [bob.pk])


def test_an_owner_does_not_appoint_herself_by_a_second_row(northwind, alice):
    statement = "INSERT INTO tenants_membership (id, brand_id, user_id, role, since) VALUES (%s, %s, %s, 'officer', %s)"
    with pytest.raises(DatabaseError, match="herself"), acting(northwind, alice), connection.cursor() as cursor:
        cursor.execute(statement, [new_id(), northwind.pk, alice.pk, NOW])


def test_charlie_gives_no_role_at_northwind(northwind, charlie, newcomer):
    with pytest.raises(DatabaseError), acting(northwind, charlie) as by:
        services.add_member(brand=northwind, user=newcomer, role=Role.OFFICER, by=by, at=NOW)
