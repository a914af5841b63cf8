"""A data source stands in the register as its brand answers for it: complete or not, never outside the vocabulary."""

import pytest

from kernel import clock
from kernel.actors import Actor
from kernel.errors import NotPermitted
from sources import queries
from sources.answers import InvalidAnswers
from sources.models import DataSource, SourceContribution, SourceKind, SourceState
from sources.services import register, register_and_tell
from sources.signals import source_changed
from tests.conftest import SYSTEM, acting
from tests.registrations import exemplary
from trail.models import Entry


def a_source(brand, by=SYSTEM, **more):
    given = {"key": "shop-accounts", "name": "Shop accounts", "kind": "list", "facts": {"origin": "declared"}} | more
    return register_and_tell(brand=brand, by=by, at=clock.now(), **given)


@pytest.fixture
def heard():
    """Every source_changed that was sent."""
    found = []

    def hear(source, **_more):
        found.append(source.key)

    source_changed.connect(hear, weak=False)
    yield found
    source_changed.disconnect(hear)


def test_a_new_source_is_a_draft_with_a_fingerprint(at_northwind):
    source, outcome = a_source(at_northwind)
    assert (outcome, source.state, len(source.sha256)) == ("made", SourceState.DRAFT, 64)


def test_a_source_may_be_registered_before_any_question_is_answered(at_northwind):
    assert a_source(at_northwind, facts={})[0].facts == {}


def test_until_it_has_a_name_a_source_is_called_by_its_key(at_northwind):
    assert a_source(at_northwind, name="")[0].name == "shop-accounts"


def test_every_question_of_the_catalogue_can_be_answered(at_northwind):
    facts = {key: value for key, value in exemplary()["sources"][0].items() if key not in ("key", "name")}
    assert a_source(at_northwind, facts=facts)[0].facts == facts


@pytest.mark.parametrize("kind", SourceKind.values)
def test_every_kind_of_source_can_be_registered(at_northwind, kind):
    assert a_source(at_northwind, kind=kind)[0].kind == kind


def test_what_is_unanswered_is_not_kept(at_northwind):
    given = {"origin": "declared", "children": None, "consent": {"method": None}}
    assert a_source(at_northwind, facts=given)[0].facts == {"origin": "declared"}


@pytest.mark.parametrize(
    ("part", "value", "place"),
    [
        ("facts", {"origin": "found"}, "source.origin"),
        ("facts", {"consent": {"recorded": "yes"}}, "source.consent.recorded"),
        ("facts", {"consent": {"age_months": 1.5}}, "source.consent.age_months"),
        ("facts", {"consent": {"age_months": -1}}, "source.consent.age_months"),
        ("facts", {"categories": ["contact", "contact"]}, "source.categories[1]"),
        ("facts", {"colour": "blue"}, "source.colour"),
        ("facts", {"name": "Other"}, "source.name"),
        ("kind", "spreadsheet", "source.kind"),
        ("key", "", "source.key"),
        ("key", "k" * 101, "source.key"),
        ("name", "n" * 201, "source.name"),
    ],
)
def test_an_answer_outside_the_vocabulary_is_refused_and_names_its_place(at_northwind, part, value, place):
    with pytest.raises(InvalidAnswers) as caught:
        a_source(at_northwind, **{part: value})
    assert caught.value.place == place
    assert not DataSource.objects.exists()


def test_the_same_again_changes_nothing_and_tells_nobody(at_northwind, heard):
    a_source(at_northwind)
    entries = Entry.objects.count()
    _again, outcome = a_source(at_northwind, facts={"origin": "declared", "children": None})
    assert (outcome, heard, Entry.objects.count(), SourceContribution.objects.count()) == ("unchanged", [], entries, 1)


def test_another_answer_is_told_recorded_and_counted(northwind, alice, heard):
    with acting(northwind, alice) as by:
        a_source(northwind, by=by)
        changed, outcome = a_source(northwind, by=by, facts={"origin": "purchased"})
        assert (outcome, heard) == ("changed", ["shop-accounts"])
        assert [row.what for row in SourceContribution.objects.filter(user=alice).order_by("at")] == [
            "registered",
            "edited",
        ]
        verbs = Entry.objects.filter(subject_id=changed.pk).order_by("id").values_list("verb", flat=True)
        assert list(verbs) == ["source.registered", "source.edited"]


def test_other_answers_leave_the_source_where_it_stands(at_northwind):
    source, _outcome = a_source(at_northwind)
    DataSource.objects.update(state=SourceState.SUSPENDED)
    assert a_source(at_northwind, name="Accounts")[0].state == SourceState.SUSPENDED
    assert DataSource.objects.get().pk == source.pk


def test_sources_are_found_by_their_keys(at_northwind):
    a_source(at_northwind)
    a_source(at_northwind, key="newsletter")
    assert list(queries.by_keys(at_northwind.pk, ["newsletter", "nowhere"])) == ["newsletter"]


def test_who_works_for_the_brand_registers(northwind, alice, bob, percy):
    with acting(northwind):
        for key, by in {"a": Actor.user(alice), "b": Actor.user(bob), "p": Actor.client(percy)}.items():
            made = register(brand=northwind, key=key, name=key, kind="list", facts={}, by=by, at=clock.now())
            assert SourceContribution.objects.get(source=made).actor_kind == by.kind


@pytest.mark.parametrize("who", ["olivia", "charlie"])
def test_officers_and_strangers_do_not_register(request, northwind, who):
    with acting(northwind, request.getfixturevalue(who)) as by, pytest.raises(NotPermitted):
        a_source(northwind, by=by)


def test_charlie_sees_nothing_of_northwinds_register(northwind, contoso, charlie):
    with acting(northwind):
        a_source(northwind)
    with acting(contoso, charlie) as by:
        assert not DataSource.objects.exists()
        assert not SourceContribution.objects.exists()
        assert queries.by_keys(northwind.pk, ["shop-accounts"]) == {}
        assert a_source(contoso, by=by)[1] == "made"
