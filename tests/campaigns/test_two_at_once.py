"""Two doors may be used at the same moment: each thing is registered once, each number given once."""

import threading

import pytest
from django.db import connection

from campaigns.models import Campaign, CampaignVersion, Contribution
from campaigns.services import CampaignExists, ChangedMeanwhile, freeze, register_document
from kernel import clock
from kernel.tenancy import brand_context
from sources.models import DataSource
from tests.campaigns.conftest import a_campaign, a_document, a_source
from tests.conftest import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def at_once(brand, work):
    """Do `work(number)` in several transactions that begin together; return what each gave or raised."""
    ready, found = threading.Barrier(AT_ONCE), []

    def one(number):
        try:
            ready.wait(10)
            with brand_context(brand.pk):
                result = work(number)
            found.append(result)
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    return found


def test_the_same_document_at_once_is_registered_once(northwind):
    found = at_once(
        northwind, lambda _n: register_document(brand=northwind, document=a_document(), by=SYSTEM, at=clock.now())
    )
    assert len({campaign.pk for campaign in found}) == 1
    with brand_context(northwind.pk):
        assert (DataSource.objects.count(), Campaign.objects.count(), Contribution.objects.count()) == (1, 1, 1)


def test_a_new_key_at_once_is_taken_once(northwind):
    found = at_once(northwind, lambda _n: a_campaign(northwind, sources=[]))
    assert sorted(type(one).__name__ for one in found) == ["Campaign"] + ["CampaignExists"] * (AT_ONCE - 1)
    assert any(isinstance(one, CampaignExists) for one in found)


def test_the_same_draft_frozen_at_once_is_one_version(northwind):
    with brand_context(northwind.pk):
        campaign = a_campaign(northwind, sources=[])
    found = at_once(northwind, lambda _n: freeze(campaign=campaign, by=SYSTEM, at=clock.now()))
    assert len({version.pk for version in found}) == 1


def test_edits_and_freezes_at_once_leave_numbers_without_gap_and_a_version_for_each_text(northwind):
    with brand_context(northwind.pk):
        a_source(northwind)
        campaign = a_campaign(northwind)

    def edit_and_freeze(number):
        edited = a_campaign(northwind, campaign=campaign, name=f"Edit {number}")
        return freeze(campaign=edited, by=SYSTEM, at=clock.now()).number

    found = at_once(northwind, edit_and_freeze)
    assert sorted(found) == list(range(1, AT_ONCE + 1))
    with brand_context(northwind.pk):
        assert CampaignVersion.objects.values("sha256").distinct().count() == AT_ONCE


def test_of_two_editors_of_one_copy_one_is_told(northwind):
    with brand_context(northwind.pk):
        copy = a_campaign(northwind, sources=[])
    found = at_once(
        northwind,
        lambda n: a_campaign(northwind, campaign=copy, sources=[], name=f"Edit {n}", revision=copy.revision),
    )
    assert sum(isinstance(one, ChangedMeanwhile) for one in found) == AT_ONCE - 1
