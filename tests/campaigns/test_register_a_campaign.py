"""A draft is saved as far as it is written, at any time, and never with an answer outside the vocabulary."""

import pytest

from campaigns.models import Campaign, Contribution
from campaigns.services import CampaignExists, ChangedMeanwhile, UnknownKey
from campaigns.signals import campaign_changed
from kernel.actors import Actor
from kernel.errors import NotPermitted
from sources.answers import InvalidAnswers
from tests.campaigns.conftest import a_campaign, a_source
from tests.conftest import acting
from trail.models import Entry


@pytest.fixture
def shop(at_northwind):
    return a_source(at_northwind)


@pytest.fixture
def heard():
    """Every campaign_changed that was sent."""
    found = []

    def hear(campaign, **_more):
        found.append(campaign.key)

    campaign_changed.connect(hear, weak=False)
    yield found
    campaign_changed.disconnect(hear)


def test_a_draft_may_hold_nothing_but_a_key_and_a_name(at_northwind):
    made = a_campaign(at_northwind, facts={}, content={}, schedule={}, sources=[])
    assert (made.facts, made.content, made.sources) == ({}, {}, [])


def test_until_it_has_a_name_a_draft_is_called_by_its_key(at_northwind):
    assert a_campaign(at_northwind, name=" ", sources=[]).name == "spring-newsletter"


def test_what_is_unanswered_is_not_kept(at_northwind, shop):
    made = a_campaign(at_northwind, facts={"purpose": None, "offer": {"benefit": None}, "channels": ["email"]})
    assert made.facts == {"channels": ["email"]}


@pytest.mark.parametrize(
    ("part", "value", "place"),
    [
        ("facts", {"purpose": "world_peace"}, "campaign.purpose"),
        ("facts", {"channels": ["email", "telepathy"]}, "campaign.channels[1]"),
        ("facts", {"audience": {"size": "many"}}, "campaign.audience.size"),
        ("facts", {"mood": "good"}, "campaign.mood"),
        ("facts", {"key": "another"}, "campaign.key"),
        ("content", {"sbject": "x"}, "content.sbject"),
        ("content", {"text": "nul \x00"}, "content.text"),
        ("content", {"landing_url": "javascript:alert(1)"}, "content.landing_url"),
        ("schedule", {"from": "tomorrow"}, "schedule.from"),
        ("schedule", {"from": "2026-12-02", "until": "2026-12-01"}, "schedule.until"),
        ("audience", {"where": [{"field": "email", "is": "equals", "value": "x"}]}, "audience.where[0].field"),
        ("name", "n" * 201, "campaign.name"),
        ("key", "spring newsletter", "campaign.key"),
    ],
)
def test_an_answer_outside_the_vocabulary_is_refused_and_names_its_place(at_northwind, shop, part, value, place):
    with pytest.raises(InvalidAnswers) as caught:
        a_campaign(at_northwind, **{part: value})
    assert caught.value.place == place
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(("part", "place"), [("sources", "campaign.sources"), ("integrations", "integrations")])
def test_what_the_brand_has_not_registered_cannot_be_named(at_northwind, shop, part, place):
    with pytest.raises(UnknownKey, match="nowhere") as caught:
        a_campaign(at_northwind, **{part: ["nowhere"]})
    assert caught.value.place == place


def test_saving_leaves_a_contribution_and_a_trail_entry(northwind, alice):
    with acting(northwind, alice) as by:
        a_source(northwind)
        made = a_campaign(northwind, by=by)
        assert list(Contribution.objects.filter(campaign=made, user=alice).values_list("what", flat=True)) == [
            "registered"
        ]
        assert Entry.objects.filter(subject_id=made.pk).values_list("verb", "actor_id").get() == (
            "campaign.registered",
            alice.pk,
        )


def test_the_same_again_changes_nothing_and_tells_nobody(at_northwind, shop, heard):
    made = a_campaign(at_northwind)
    entries = Entry.objects.count()
    again = a_campaign(at_northwind, campaign=made, sources=["shop-accounts", "shop-accounts"])
    assert (again.revision, heard, Entry.objects.count(), Contribution.objects.filter(what="edited").count()) == (
        1,
        [],
        entries,
        0,
    )


def test_a_change_is_told_inside_the_transaction(at_northwind, shop, heard):
    made = a_campaign(at_northwind)
    changed = a_campaign(at_northwind, campaign=made, name="Spring, again")
    assert (changed.name, changed.revision, heard) == ("Spring, again", 2, ["spring-newsletter"])


def test_a_key_is_taken_once(at_northwind, shop):
    a_campaign(at_northwind)
    with pytest.raises(CampaignExists):
        a_campaign(at_northwind)


def test_two_brands_may_use_the_same_key(northwind, contoso):
    for brand in (northwind, contoso):
        with acting(brand):
            a_source(brand)
            a_campaign(brand)
            assert Campaign.objects.count() == 1


def test_a_copy_that_was_read_before_anothers_edit_is_refused(at_northwind, shop):
    made = a_campaign(at_northwind)
    a_campaign(at_northwind, campaign=made, name="Bob's edit")
    with pytest.raises(ChangedMeanwhile):
        a_campaign(at_northwind, campaign=made, name="Alice's edit", revision=made.revision)


def test_an_officer_registers_nothing(northwind, olivia):
    with acting(northwind, olivia) as by, pytest.raises(NotPermitted):
        a_campaign(northwind, by=by, sources=[])


def test_another_brands_owner_registers_nothing_here(northwind, charlie):
    with acting(northwind, charlie) as by, pytest.raises(NotPermitted):
        a_campaign(northwind, by=by, sources=[])


def test_a_partners_client_is_recorded_as_the_author(at_northwind, percy):
    made = a_campaign(at_northwind, by=Actor.client(percy), sources=[])
    row = Contribution.objects.get(campaign=made)
    assert (row.actor_kind, row.client_id, row.user_id) == ("client", percy.pk, None)
