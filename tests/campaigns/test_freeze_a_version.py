"""What is judged, decided and delivered is a frozen version: canonical bytes and their hash, never changed again."""

import hashlib
import json

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from campaigns import queries
from campaigns.models import Campaign, CampaignVersion
from campaigns.services import freeze, register_document
from campaigns.services.versions import NotAsChecked
from kernel import clock
from kernel.actors import Actor
from kernel.canonical import canonical
from kernel.errors import DomainError, NotPermitted
from tenants.models import Brand
from tests.campaigns.conftest import a_campaign, a_document, a_source
from tests.conftest import SYSTEM, acting
from trail.models import Entry


@pytest.fixture
def campaign(at_northwind):
    a_source(at_northwind)
    return a_campaign(at_northwind)


def frozen(campaign, by=SYSTEM):
    return freeze(campaign=campaign, by=by, at=clock.now())


def test_the_bytes_are_canonical_and_the_fingerprint_is_theirs(campaign):
    version = frozen(campaign)
    data = bytes(version.manifest)
    assert data == canonical(json.loads(data))
    assert version.sha256 == hashlib.sha256(data).hexdigest()


def test_a_version_holds_the_whole_registration_the_audience_and_the_hash_of_each_source(campaign, at_northwind):
    found = queries.manifest(frozen(campaign))
    assert set(found) == {"registration", "audience", "sources"}
    assert found["registration"]["brand"]["name"] == "Northwind Shoes"
    assert found["registration"]["sources"][0]["categories"] == ["contact", "purchases"]
    assert found["registration"]["content"]["subject"] == "New shoes"
    assert found["audience"] == {"sources": ["shop-accounts"], "where": []}
    assert found["sources"] == {"shop-accounts": queries.sources_of(campaign)["shop-accounts"].sha256}


def test_the_same_draft_again_is_the_same_version(campaign):
    assert frozen(campaign).pk == frozen(campaign).pk
    assert Entry.objects.filter(verb="campaign.frozen").count() == 1


def test_a_changed_draft_is_the_next_version_of_its_campaign(campaign, at_northwind):
    frozen(campaign)
    other = a_campaign(at_northwind, key="autumn")
    changed = a_campaign(at_northwind, campaign=campaign, name="Spring, again")
    assert [frozen(changed).number, frozen(other).number] == [2, 1]


def test_a_draft_that_returns_to_an_older_wording_is_a_version_of_its_own(campaign, at_northwind):
    first = frozen(campaign)
    frozen(a_campaign(at_northwind, campaign=campaign, name="Other"))
    third = frozen(a_campaign(at_northwind, campaign=campaign))
    assert (third.number, third.sha256) == (3, first.sha256)


CHANGES = {
    "name": {"name": "Spring, again"},
    "answer": {"facts": {"purpose": "promotion", "channels": ["email"], "countries": ["GB"]}},
    "subject": {"content": {"subject": "Newer shoes", "text": "They are here."}},
    "landing page": {
        "content": {"subject": "New shoes", "text": "They are here.", "landing_url": "https://a.example/"}
    },
    "schedule": {"schedule": {"from": "2026-12-02"}},
    "audience": {"audience": {"where": [{"field": "language", "is": "equals", "value": "en"}]}},
    "sources": {"sources": []},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_any_change_of_the_draft_is_another_hash(campaign, at_northwind, change):
    before = frozen(campaign).sha256
    changed = a_campaign(at_northwind, campaign=campaign, **change)
    assert queries.present_sha256(changed) != before


@pytest.mark.parametrize("change", [{"categories": ["health"]}, {"origin": "purchased"}])
def test_a_source_that_answers_otherwise_is_another_hash(campaign, at_northwind, change):
    before = frozen(campaign).sha256
    a_source(at_northwind, **change)
    assert queries.present_sha256(campaign) != before


def test_what_technically_a_source_is_belongs_to_the_hash(campaign):
    before = frozen(campaign).sha256
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sources_datasource SET kind = 'tag'")
    assert queries.present_sha256(campaign) != before


def test_another_brand_record_is_another_hash(campaign, at_northwind):
    before = frozen(campaign).sha256
    Brand.objects.filter(pk=at_northwind.pk).update(country="DE")
    assert queries.present_sha256(Campaign.objects.get(pk=campaign.pk)) != before


@pytest.mark.parametrize(
    "statement", ["UPDATE campaigns_campaignversion SET manifest = ''", "DELETE FROM campaigns_campaignversion"]
)
@pytest.mark.usefixtures("campaign")
def test_the_application_cannot_change_or_delete_a_version(at_northwind, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as c:
        c.execute(statement)


def test_the_fingerprint_is_that_of_the_bytes_also_by_hand(campaign, at_northwind):
    forged = "INSERT INTO campaigns_campaignversion (id, brand_id, campaign_id, number, manifest, sha256, frozen_at)"
    with pytest.raises(ProgrammingError, match="sha256"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            forged
            + " SELECT lighttouch_new_id(), brand_id, id, 1, 'other', repeat('0', 64), now() FROM campaigns_campaign"
        )


def test_a_number_is_given_once(campaign):
    first = frozen(campaign)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignVersion.objects.create(
            brand_id=first.brand_id, campaign=campaign, number=1, manifest=b"", frozen_at=first.frozen_at
        )


@pytest.mark.parametrize(
    "column",
    [
        'facts = \'{"purpose": "world_peace"}\'',
        'audience = \'{"sources": ["other"]}\'',
        "sources = '[\"other\"]'",
        "content = '[]'",
    ],
)
def test_a_draft_that_was_written_by_hand_is_checked_again(campaign, column):
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE campaigns_campaign SET {column}")
    with pytest.raises(DomainError):
        frozen(campaign)
    assert not CampaignVersion.objects.exists()


def test_a_draft_with_an_unanswered_null_by_hand_is_not_frozen_as_it_stands(campaign):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE campaigns_campaign SET facts = facts || '{\"offer\": null}'")
    with pytest.raises(NotAsChecked):
        frozen(campaign)


def test_who_may_not_edit_may_not_freeze(northwind, bob, olivia, percy):
    with acting(northwind):
        made = register_document(brand=northwind, document=a_document(), by=SYSTEM, at=clock.now())
        assert frozen(made, Actor.client(percy)).number == 1
        for user in (bob, olivia):
            with pytest.raises(NotPermitted):
                frozen(made, Actor.user(user))
