"""A registration document enters the register whole or not at all, and the same document again changes nothing."""

import pytest

from campaigns import queries
from campaigns.models import Campaign
from campaigns.services import UnknownKey, register_and_tell, register_document
from campaigns.services.documents import NotThisBrand
from facts import document
from kernel import clock
from sources.answers import InvalidAnswers
from sources.models import DataSource, SourceKind
from sources.services import SourceRetired, retire
from tenants.models import Integration
from tests.campaigns.conftest import a_campaign, a_document, parts
from tests.conftest import SYSTEM
from tests.registrations import answered, overlaid
from trail.models import Entry


def register(brand, found, by=SYSTEM):
    done = register_and_tell(brand=brand, document=found, by=by, at=clock.now())
    return {f"{kind} {key}": outcome.value for kind, key, outcome in done.entries}


def rows():
    return DataSource.objects.count(), Campaign.objects.count(), Entry.objects.count()


def test_a_document_makes_its_sources_and_its_campaign(at_northwind):
    assert register(at_northwind, a_document()) == {"source main": "made", "campaign spring": "made"}


def test_the_same_document_again_changes_nothing(at_northwind):
    register(at_northwind, a_document())
    before = rows()
    assert register(at_northwind, a_document()) == {"source main": "unchanged", "campaign spring": "unchanged"}
    assert rows() == before


def test_a_registration_that_was_read_before_is_taken_as_it_is(at_northwind):
    made = register_document(brand=at_northwind, document=document.parse(a_document()), by=SYSTEM, at=clock.now())
    assert made.key == "spring"


def test_only_what_differs_is_changed(at_northwind):
    register(at_northwind, a_document())
    other = overlaid(a_document(), {"campaign": {"purpose": "promotion"}})
    assert register(at_northwind, other) == {"source main": "unchanged", "campaign spring": "changed"}


def test_what_a_document_leaves_out_is_unanswered_afterwards(at_northwind):
    register(at_northwind, a_document())
    register(at_northwind, a_document(content=None, campaign={"key": "spring"}))
    made = Campaign.objects.get()
    assert (made.facts, made.content, made.name, made.sources) == ({}, {}, "Spring", ["main"])


def test_the_audience_definition_outlives_a_document_that_cannot_say_it(at_northwind):
    made = register_document(brand=at_northwind, document=a_document(), by=SYSTEM, at=clock.now())
    where = [{"field": "country", "is": "in", "value": ["GB"]}]
    parts_of = {name: getattr(made, name) for name in parts()} | {"audience": {"where": where}}
    a_campaign(at_northwind, campaign=made, **parts_of)
    register(at_northwind, overlaid(a_document(), {"campaign": {"purpose": "promotion"}}))
    assert Campaign.objects.get().audience == {"where": where}


def test_the_register_gives_back_the_document_it_was_given(at_northwind):
    made = register_document(brand=at_northwind, document=a_document(), by=SYSTEM, at=clock.now())
    assert document.sha256(queries.document_of(made)) == document.sha256(a_document())


@pytest.mark.parametrize(
    ("overlay", "place"),
    [
        ({"campaign": {"purpose": "world_peace"}}, "campaign.purpose"),
        ({"campaign": {"sources": ["elsewhere"]}}, "campaign.sources[0]"),
        ({"campaign": {"name": "n" * 201}}, "campaign.name"),
        ({"sources": [{"key": "main", "children": "many"}]}, "sources[0].children"),
        ({"sources": [{"key": "main", "name": "n" * 201}]}, "source.name"),
        ({"sources": [{"key": "a"}, {"key": "a"}]}, "sources[1].key"),
        ({"registration": 2}, "registration"),
        ({"campaign": None}, "campaign"),
    ],
)
def test_a_fault_names_its_place_and_nothing_enters(at_northwind, overlay, place):
    before = rows()
    with pytest.raises(InvalidAnswers) as caught:
        register(at_northwind, overlaid(a_document(), overlay) if overlay.get("campaign", 1) else a_document(**overlay))
    assert caught.value.place == place
    assert rows() == before


def test_a_fault_in_the_campaign_takes_its_sources_back(at_northwind):
    before = rows()
    with pytest.raises(UnknownKey, match="shop-mailer"):
        register(at_northwind, a_document(integrations=["shop-mailer"]))
    assert rows() == before


def test_an_integration_of_the_brand_can_be_named(at_northwind):
    Integration.objects.create(brand=at_northwind, key="shop-mailer", kind="webhook", created_at=clock.now())
    register(at_northwind, a_document(integrations=["shop-mailer"]))
    assert Campaign.objects.get().integrations == ["shop-mailer"]


@pytest.mark.parametrize(
    ("fact", "said"),
    [("name", "Contoso"), ("country", "DE"), ("sector", "gambling")],
    ids=["name", "country", "sector"],
)
def test_a_document_of_another_brand_is_refused_with_a_remedy(at_northwind, fact, said):
    with pytest.raises(NotThisBrand, match="correct the document") as caught:
        register(at_northwind, overlaid(a_document(), {"brand": {fact: said}}))
    assert caught.value.place == f"brand.{fact}"
    at_northwind.refresh_from_db()
    assert getattr(at_northwind, fact) != said


def test_a_document_that_does_not_speak_of_the_brand_is_judged_by_what_is_registered_of_it(at_northwind):
    made = register_document(brand=at_northwind, document=a_document(brand=None), by=SYSTEM, at=clock.now())
    assert queries.document_of(made)["brand"] == {"name": "Northwind Shoes", "country": "GB", "sector": "retail"}


def test_a_campaign_that_names_no_sources_draws_on_all_that_are_defined(at_northwind):
    found = a_document(sources=[{"key": "b"}, {"key": "a"}], campaign={"key": "spring"})
    made = register_document(brand=at_northwind, document=found, by=SYSTEM, at=clock.now())
    assert made.sources == ["a", "b"]


@pytest.mark.parametrize(
    ("path", "answer", "kind"),
    [
        ("source.collected_by", "pixel", SourceKind.TAG),
        ("source.collected_by", "sdk", SourceKind.SDK),
        ("source.origin", "inferred", SourceKind.MODEL),
        ("source.origin", "social", SourceKind.SOCIAL),
        ("source.collected_by", "checkout", SourceKind.LIST),
    ],
)
def test_what_a_source_technically_is_follows_from_its_answers(at_northwind, path, answer, kind):
    register(at_northwind, answered(path, answer))
    assert DataSource.objects.get().kind == kind


def test_a_retired_source_cannot_be_answered_anew(at_northwind):
    register(at_northwind, a_document())
    retire(source=DataSource.objects.get(), by=SYSTEM, at=clock.now())
    with pytest.raises(SourceRetired):
        register(at_northwind, answered("source.children", "known"))
    assert register(at_northwind, a_document())["source main"] == "unchanged"
