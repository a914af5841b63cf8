"""An owner lets one colleague edit one campaign and takes it back; both stand on the trail."""

import pytest
from django.urls import reverse

from campaigns.permissions import may_edit
from kernel.actors import Actor
from tenants.models import Membership, Role
from tests import factories
from tests.conftest import acting, make_member, signed_in
from trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(northwind, alice):
    return factories.campaign_of(northwind, by=alice)


def page_of(campaign):
    return reverse("admin:campaign_editors", args=[campaign.pk])


def turn(user, campaign, act, colleague):
    with acting(campaign.brand):
        member = Membership.objects.filter(user=colleague).first()
    address = reverse("admin:campaign_editors_turn", args=[campaign.pk, act])
    return signed_in(user).post(address, {"member": str(member.pk) if member else "x"}, follow=True)


def edits(user, campaign):
    with acting(campaign.brand, user):
        return may_edit(Actor.user(user), campaign)


def test_an_owner_lets_a_colleague_edit_and_withdraws_it(alice, bob, campaign):
    assert not edits(bob, campaign)
    assert "Bob may edit it now." in turn(alice, campaign, "let", bob).text
    assert edits(bob, campaign)
    page = signed_in(bob).get(page_of(campaign)).text
    assert "Bob" in page and "Withdraw" not in page
    assert "Bob may no longer edit it." in turn(alice, campaign, "stop", bob).text
    assert not edits(bob, campaign)
    with acting(campaign.brand):
        told = Entry.objects.filter(subject_id=campaign.pk, verb__startswith="campaign.edit_").order_by("pk")
        assert [one.verb for one in told] == ["campaign.edit_granted", "campaign.edit_revoked"]


def test_only_owners_say_so(alice, bob, olivia, campaign):
    nina = make_member(campaign.brand, "Nina", Role.MARKETER)
    for user in (bob, olivia):
        assert "may edit it now" not in turn(user, campaign, "let", nina).text
        assert "Let somebody else edit it" not in signed_in(user).get(page_of(campaign)).text
    assert not edits(nina, campaign)


def test_an_officer_cannot_be_let(alice, olivia, campaign):
    assert "Olivia" not in signed_in(alice).get(page_of(campaign)).text
    turn(alice, campaign, "let", olivia)
    assert not edits(olivia, campaign)


def test_nobody_of_another_brand_is_offered_or_let(alice, charlie, contoso, campaign):
    assert "Charlie" not in signed_in(alice).get(page_of(campaign)).text
    with acting(contoso):
        foreign = Membership.objects.get(user=charlie)
    address = reverse("admin:campaign_editors_turn", args=[campaign.pk, "let"])
    assert signed_in(alice).post(address, {"member": str(foreign.pk)}).status_code == 404
    assert signed_in(charlie).get(page_of(campaign)).status_code == 404


def test_what_is_no_act_is_no_page(alice, bob, campaign):
    assert turn(alice, campaign, "crown", bob).status_code == 404
