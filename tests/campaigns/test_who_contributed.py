"""Whoever registered or edited a campaign, or the answers of a source it draws on, stands among its contributors.

On every path: the services, and SQL by hand as the application's role.
"""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from audits.models import CaseState, DecisionKind
from audits.permissions import OwnWork
from audits.services import decide, submit
from campaigns.models import Campaign, Contribution
from campaigns.services import contribute, set_background
from kernel import clock, jobs
from kernel.actors import Actor
from sources.models import DataSource, SourceContribution
from tenants.models import Membership, Role
from tests.campaigns.conftest import a_campaign, a_source
from tests.conftest import acting

pytestmark = pytest.mark.django_db


def by_hand(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def contributed(user, campaign):
    return list(Contribution.objects.filter(campaign=campaign, user=user).order_by("at").values_list("what", flat=True))


@pytest.fixture
def campaign(northwind):
    with acting(northwind):
        a_source(northwind)
        return a_campaign(northwind)


def test_each_edit_is_one_contribution(northwind, alice, campaign):
    with acting(northwind, alice) as by:
        a_campaign(northwind, by=by, campaign=campaign, name="One")
        a_campaign(northwind, by=by, campaign=campaign, name="Two")
        assert contributed(alice, campaign) == ["edited", "edited"]


def test_submitting_is_a_contribution(northwind, alice, campaign):
    with acting(northwind, alice) as by:
        contribute(campaign=campaign, what="submitted", by=by, at=clock.now())
        assert contributed(alice, campaign) == ["submitted"]


@pytest.mark.parametrize(
    "part", ["name = 'Mine'", "facts = '{}'", "content = '{}'", "audience = '{}'", "sources = '[]'"]
)
def test_an_edit_by_hand_counts_for_the_user_who_is_signed_in(northwind, olivia, campaign, part):
    with acting(northwind, olivia):
        by_hand(f"UPDATE campaigns_campaign SET {part}")
        assert contributed(olivia, campaign) == ["edited"]


def test_a_campaign_made_by_hand_counts_for_the_user_who_is_signed_in(northwind, olivia):
    with acting(northwind, olivia):
        Campaign.objects.create(brand=northwind, key="k", name="K", created_at=clock.now(), changed_at=clock.now())
        assert contributed(olivia, Campaign.objects.get()) == ["registered"]


def test_an_id_that_the_database_makes_is_a_uuid_of_version_7(northwind, olivia, campaign):
    with acting(northwind, olivia):
        by_hand("UPDATE campaigns_campaign SET name = 'Mine'")
        row = Contribution.objects.get(user=olivia)
        made_ms = row.id.int >> 80
    assert (row.id.version, row.id.variant) == (7, "specified in RFC 4122")
    assert abs(made_ms - row.at.timestamp() * 1000) < 2000


def test_a_service_that_is_told_another_name_still_leaves_the_signed_one(northwind, alice, olivia, campaign):
    with acting(northwind, olivia):
        a_campaign(northwind, by=Actor.user(alice), campaign=campaign, name="In Alice's name")
        assert (contributed(alice, campaign), contributed(olivia, campaign)) == (["edited"], ["edited"])


def test_where_an_example_comes_from_is_no_part_of_the_campaign(northwind, alice, campaign):
    with acting(northwind, alice) as by:
        set_background(campaign=campaign, background={"authority": "ICO"}, by=by, at=clock.now())
        assert contributed(alice, campaign) == []


def test_reading_counts_for_nothing(northwind, olivia, campaign):
    with acting(northwind, olivia):
        by_hand("SELECT name FROM campaigns_campaign FOR UPDATE")
        assert contributed(olivia, campaign) == []


def test_who_answered_for_a_source_contributed_to_each_campaign_that_draws_on_it_later(northwind, bob, alice):
    with acting(northwind, bob) as by:
        a_source(northwind, by=by)
    with acting(northwind):
        made = a_campaign(northwind, by=Actor.user(alice))
        assert contributed(bob, made) == ["source"]


def test_who_edits_a_source_contributes_to_the_campaigns_that_draw_on_it(northwind, bob, campaign):
    with acting(northwind) as by:
        other = a_campaign(northwind, by=by, key="other", sources=[])
    with acting(northwind, bob) as by:
        a_source(northwind, by=by, origin="purchased")
        assert contributed(bob, campaign) == ["source"]
        assert contributed(bob, other) == []


def test_a_source_edited_by_hand_counts_for_the_user_who_is_signed_in(northwind, olivia, campaign):
    with acting(northwind, olivia):
        by_hand("UPDATE sources_datasource SET facts = '{}'")
        assert contributed(olivia, campaign) == ["source"]


def test_a_source_put_under_a_campaign_by_hand_brings_its_authors(northwind, bob, campaign):
    with acting(northwind, bob) as by:
        a_source(northwind, "bobs-list", by=by)
    with acting(northwind):
        by_hand("UPDATE campaigns_campaign SET sources = sources || '[\"bobs-list\"]'")
        assert contributed(bob, campaign) == ["source"]


def test_a_source_registered_after_a_campaign_named_it_brings_its_authors(northwind, bob, campaign):
    with acting(northwind):
        by_hand("UPDATE campaigns_campaign SET sources = sources || '[\"bobs-list\"]'")
    with acting(northwind, bob) as by:
        a_source(northwind, "bobs-list", by=by)
        assert contributed(bob, campaign) == ["source"]


def test_who_activates_a_source_answered_for_nothing(northwind, alice, campaign):
    from sources.services import activate

    with acting(northwind, alice) as by:
        activate(source=DataSource.objects.get(), by=by, at=clock.now())
        assert contributed(alice, campaign) == []


def test_the_key_of_a_source_never_changes(northwind, campaign):
    with pytest.raises(IntegrityError, match="never changes"), acting(northwind):
        by_hand("UPDATE sources_datasource SET key = 'another'")


@pytest.mark.parametrize("table", ["campaigns_contribution", "sources_sourcecontribution"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET user_id = NULL", "DELETE FROM {}"])
def test_a_contribution_cannot_be_taken_back(northwind, campaign, table, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), acting(northwind), transaction.atomic():
        by_hand(statement.format(table))


def test_a_campaign_cannot_be_deleted_from_under_its_contributions(northwind, campaign):
    with acting(northwind), pytest.raises(IntegrityError, match="violates foreign key"), transaction.atomic():
        by_hand("DELETE FROM campaigns_campaign")
        connection.check_constraints()


def test_a_partners_client_contributes_through_a_source_too(northwind, percy):
    with acting(northwind):
        a_source(northwind, by=Actor.client(percy))
        made = a_campaign(northwind)
        row = Contribution.objects.get(campaign=made, what="source")
        assert (row.actor_kind, row.client_id) == ("client", percy.pk)
        assert SourceContribution.objects.get().client_id == percy.pk


def test_who_answered_for_a_source_cannot_decide_on_the_campaign(northwind, alice, bob):
    with acting(northwind, bob) as by:
        a_source(northwind, by=by)
    with acting(northwind, alice) as by:
        case = submit(campaign=a_campaign(northwind, by=by), by=by, at=clock.now())
    jobs.run_due(northwind.pk)
    with acting(northwind):
        Membership.objects.filter(user=bob).update(role=Role.OFFICER)
    with acting(northwind, bob) as by:
        case.refresh_from_db()
        assert case.state == CaseState.IN_REVIEW
        with pytest.raises(OwnWork):
            decide(case=case, kind=DecisionKind.REFUSE, reason="mine", reasons={}, by=by, at=clock.now())


def test_an_edit_by_hand_cannot_be_made_by_nobody_while_somebody_is_signed_in(northwind, olivia, campaign):
    with pytest.raises(ProgrammingError, match="forged brand context"), acting(northwind, olivia):
        by_hand("SELECT set_config('lighttouch.user', '', true)")
        by_hand("UPDATE campaigns_campaign SET name = 'Nobody''s'")
