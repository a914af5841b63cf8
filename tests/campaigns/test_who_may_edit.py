"""Owners edit every campaign of their brand, its team those they registered or were granted, nobody else any."""

import pytest
from django.contrib.auth.models import Permission

from campaigns.models import Campaign, CampaignPermission
from campaigns.permissions import NotOfTheTeam, check_may_edit, grant_edit, may_edit, revoke_edit
from kernel import clock
from kernel.actors import Actor
from kernel.errors import NotPermitted
from tenants.models import Membership, Role, User
from tests.campaigns.conftest import a_campaign
from tests.conftest import SYSTEM, acting, make_member


@pytest.fixture
def campaign(northwind):
    with acting(northwind) as by:
        return a_campaign(northwind, by=by, sources=[])


def edits(user, campaign):
    return may_edit(Actor.user(user), campaign)


def test_an_owner_edits_what_others_registered(northwind, alice, campaign):
    with acting(northwind, alice) as by:
        assert edits(alice, campaign)
        assert a_campaign(northwind, by=by, campaign=campaign, sources=[], name="Alice's").name == "Alice's"


def test_a_member_of_the_team_edits_what_she_registered(northwind, bob):
    with acting(northwind, bob) as by:
        assert edits(bob, a_campaign(northwind, by=by, sources=[]))


def test_a_member_of_the_team_does_not_edit_what_others_registered(northwind, bob, campaign):
    with acting(northwind, bob) as by, pytest.raises(NotPermitted, match="A brand owner can edit it"):
        a_campaign(northwind, by=by, campaign=campaign, sources=[], name="Bob's")


def test_an_owner_lets_a_member_of_the_team_edit_until_she_takes_it_back(northwind, alice, bob, campaign):
    with acting(northwind, alice) as by:
        grant_edit(campaign, bob, by, clock.now())
        grant_edit(campaign, bob, by, clock.now())
        assert edits(bob, campaign)
        revoke_edit(campaign, bob, by, clock.now())
        assert not edits(bob, campaign)


def test_a_grant_is_for_one_campaign(northwind, bob, campaign):
    with acting(northwind) as by:
        grant_edit(campaign, bob, by, clock.now())
        assert not edits(bob, a_campaign(northwind, by=by, sources=[], key="other"))


def test_a_member_of_the_team_grants_nothing(northwind, bob, campaign):
    with acting(northwind, bob) as by, pytest.raises(NotPermitted):
        grant_edit(campaign, bob, by, clock.now())


@pytest.mark.parametrize("who", ["olivia", "charlie"])
def test_officers_and_strangers_are_granted_nothing(request, northwind, campaign, who):
    user = request.getfixturevalue(who)
    with acting(northwind) as by, pytest.raises(NotOfTheTeam):
        grant_edit(campaign, user, by, clock.now())


@pytest.mark.parametrize("role", [Role.OFFICER, Role.VIEWER])
def test_a_grant_ends_with_the_role_that_it_rested_on(northwind, bob, campaign, role):
    with acting(northwind) as by:
        grant_edit(campaign, bob, by, clock.now())
        Membership.objects.filter(user=bob).update(role=role)
        assert not edits(bob, campaign)


def test_a_grant_ends_with_the_account(northwind, bob, campaign):
    with acting(northwind) as by:
        grant_edit(campaign, bob, by, clock.now())
        User.objects.filter(pk=bob.pk).update(is_active=False)
        assert not edits(bob, campaign)


def test_an_operator_of_the_installation_edits_nothing_by_that_alone(northwind, campaign):
    operator = User.objects.create_superuser("root@example.org", "a long enough password", name="Root")
    with acting(northwind):
        assert not edits(operator, campaign)
        Membership.objects.create(brand=northwind, user=operator, role=Role.MARKETER, since=clock.now())
        assert not edits(operator, campaign)


def test_a_person_edits_nothing(northwind, alice, campaign):
    with acting(northwind):
        assert not may_edit(Actor.person(alice.pk), campaign)


def test_a_partners_client_edits_at_its_own_brand_only(northwind, contoso, percy, campaign):
    with acting(northwind):
        assert may_edit(Actor.client(percy), campaign)
    with acting(contoso) as by, pytest.raises(NotPermitted):
        check_may_edit(Actor.client(percy), a_campaign(contoso, by=by, sources=[]))


def test_charlie_sees_no_campaign_and_no_grant_of_northwind(northwind, contoso, bob, charlie, campaign):
    with acting(northwind) as by:
        grant_edit(campaign, bob, by, clock.now())
    with acting(contoso, charlie):
        assert not Campaign.objects.exists()
        assert not CampaignPermission.objects.exists()
        assert not edits(charlie, campaign)


def test_charlie_cannot_grant_himself_a_campaign_of_northwind(contoso, charlie, campaign):
    with acting(contoso, charlie) as by, pytest.raises(NotPermitted):
        grant_edit(campaign, charlie, by, clock.now())


@pytest.mark.parametrize("brand_said", ["northwind", "contoso"])
def test_charlie_cannot_write_himself_a_grant_by_hand(northwind, contoso, charlie, campaign, brand_said):
    from django.db import DatabaseError, connection

    brand = {"northwind": northwind, "contoso": contoso}[brand_said]
    edit = Permission.objects.get(codename="edit_campaign", content_type__app_label="campaigns")
    with pytest.raises(DatabaseError, match=r"row-level security|foreign key"), acting(contoso, charlie):
        CampaignPermission.objects.create(brand_id=brand.pk, content_object=campaign, permission=edit, user=charlie)
        connection.check_constraints()


def test_the_same_user_holds_grants_at_two_brands_apart(northwind, contoso, charlie, campaign):
    with acting(northwind):
        Membership.objects.create(brand=northwind, user=charlie, role=Role.MARKETER, since=clock.now())
        grant_edit(campaign, charlie, SYSTEM, clock.now())
    with acting(contoso):
        assert not CampaignPermission.objects.exists()
    with acting(northwind):
        assert CampaignPermission.objects.get().brand_id == northwind.pk


def test_a_user_of_two_brands_is_at_each_what_her_role_there_says(northwind, contoso, campaign):
    dora = make_member(northwind, "Dora", Role.OWNER)
    with acting(contoso) as by:
        Membership.objects.create(brand=contoso, user=dora, role=Role.VIEWER, since=clock.now())
        assert not edits(dora, a_campaign(contoso, by=by, sources=[]))
    with acting(northwind):
        assert edits(dora, campaign)
