"""Why somebody gets a message, in one sentence of her language, true in each part, and nothing where it cannot be."""

from datetime import date, timedelta
from string import Formatter

import pytest
from django.conf import settings

from facts.catalogue import load
from kernel import clock
from people import queries, services
from people.explanation import Ground, languages, means, sentence, spoken, table, written
from people.models import Basis, SourceRecord
from sources.models import SourceState
from tests.conftest import SYSTEM
from tests.people.conftest import DAY, SPRING, make_person, make_source, say

NEEDS = {("direct_marketing", "email")}
GROUND = Ground("consent", date(2026, 3, 20), "account", "Shop accounts", date(2026, 5, 1))


def grounds(brand, *people, needs=NEEDS, bases=tuple(Basis.values), sources=("accounts",)):
    ids = [person.pk for person in people]
    return queries.grounds(brand.pk, ids, needs=needs, bases=bases, sources=sources, at=clock.now())


@pytest.fixture
def accounts(at_northwind, held_clock):
    return make_source(at_northwind, "accounts", name="Shop accounts", facts={"collected_by": "account"})


@pytest.fixture
def ann(at_northwind, accounts):
    ann = make_person(at_northwind, "ann@example.org", accounts, observed_at=SPRING - DAY)
    say(ann, "given")
    return ann


class TestTheSentence:
    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("en", "You get this because you agreed to it on 20 March 2026, and because you gave your details when you"
                   " opened an account (source: Shop accounts, 1 May 2026)."),
            ("de", "Sie erhalten dies, weil Sie dem am 20. März 2026 zugestimmt haben und weil Sie Ihre Daten beim"
                   " Anlegen eines Kontos angegeben haben (Quelle: Shop accounts, 1. Mai 2026)."),
            ("fr", "Vous recevez ceci parce que vous y avez consenti le 20 mars 2026 et parce que vous avez donné vos"
                   " coordonnées en ouvrant un compte (source : Shop accounts, 1er mai 2026)."),
            ("es", "Recibe esto porque usted lo aceptó el 20 de marzo de 2026 y porque usted facilitó sus datos al"
                   " abrir una cuenta (fuente: Shop accounts, 1 de mayo de 2026)."),
            ("it", "Riceve questa comunicazione perché ha dato il Suo consenso in data 20 marzo 2026 e perché ha"
                   " fornito i Suoi dati aprendo un account (fonte: Shop accounts, 1º maggio 2026)."),
            ("pl", "Otrzymujesz to, ponieważ Twoja zgoda na to pochodzi z dnia 20 marca 2026 r. oraz ponieważ Twoje"
                   " dane pochodzą z założonego przez Ciebie konta (źródło: Shop accounts, 1 maja 2026 r.)."),
        ],
    )  # fmt: skip
    def test_it_says_who_agreed_when_and_where_her_data_is_from(self, language, said):
        assert sentence(GROUND, brand="Northwind", language=language) == said

    def test_it_is_there_in_every_language_of_the_pages_for_every_basis_and_means(self):
        assert set(languages()) == {code for code, _name in settings.LANGUAGES}
        for clauses in table().values():
            assert set(clauses["basis"]) == set(Basis.values)
            assert set(clauses["known"]) == set(load().get("source.collected_by").choices) == set(means())
            assert len(clauses["months"]) == 12

    def test_every_language_names_the_source_and_both_days(self):
        def names(text):
            return {name for _text, name, _format, _convert in Formatter().parse(text) if name}

        for language, clauses in table().items():
            assert names(clauses["sentence"]) == {"basis", "known", "source", "observed"}, language
            assert all("since" in names(text) for text in clauses["basis"].values()), language
            assert not any(names(text) for text in clauses["known"].values()), language

    def test_a_tag_of_a_region_speaks_its_language_and_an_unknown_one_english(self):
        assert (spoken("de-AT"), spoken("PL"), spoken("pt"), spoken("")) == ("de", "pl", "en", "en")
        assert written(date(2026, 8, 1), "fr-CA") == "1er août 2026"

    def test_braces_in_a_name_are_only_a_name(self):
        odd = Ground("soft_opt_in", date(2026, 3, 20), "form", "{since}", date(2026, 5, 1))
        assert "source: {since}" in sentence(odd, brand="{source}", language="en")

    def test_it_is_the_same_after_being_kept(self):
        assert Ground.from_dict(GROUND.as_dict()) == GROUND


@pytest.mark.django_db
class TestWhatItRestsOn:
    def test_the_record_that_permits_it_and_her_record_in_the_source(self, at_northwind, ann):
        expected = Ground("consent", SPRING.date(), "account", "Shop accounts", (SPRING - DAY).date())
        assert grounds(at_northwind, ann) == {ann.pk: expected}

    def test_days_are_those_of_her_own_time_zone(self, at_northwind, accounts):
        zone = {"time_zone": "Pacific/Auckland"}
        eve = SPRING.replace(hour=20)
        mia = make_person(at_northwind, "mia@example.org", accounts, observed_at=eve, attributes=zone)
        say(mia, "given", at=eve)
        assert grounds(at_northwind, mia)[mia.pk].since == eve.date() + timedelta(1)

    def test_where_several_records_are_needed_all_must_hold(self, at_northwind, ann):
        both = NEEDS | {("profiling", "email")}
        assert grounds(at_northwind, ann, needs=both) == {}
        say(ann, "given", purpose="profiling", at=SPRING + DAY)
        assert grounds(at_northwind, ann, needs=both)[ann.pk].since == (SPRING + DAY).date()

    def test_what_she_did_not_say_herself_is_not_passed_off_as_her_word(self, at_northwind, ann):
        say(ann, "given", purpose="profiling", basis="legitimate_interests")
        told = grounds(at_northwind, ann, needs=NEEDS | {("profiling", "email")})[ann.pk]
        assert told.basis == "legitimate_interests"

    def test_of_two_sources_the_one_in_which_she_agreed_is_told(self, at_northwind, ann):
        fair = make_source(at_northwind, "fair", name="Spring fair", facts={"collected_by": "event"})
        services.upsert_person(
            brand_id=at_northwind.pk, identifiers={"email": "ann@example.org"}, source=fair, by=SYSTEM, at=clock.now()
        )
        assert grounds(at_northwind, ann, sources=["accounts", "fair"])[ann.pk].source == "Shop accounts"
        say(ann, "renewed", at=SPRING + DAY, source=fair)
        assert grounds(at_northwind, ann, sources=["accounts", "fair"])[ann.pk].source == "Spring fair"
        assert grounds(at_northwind, ann)[ann.pk].source == "Shop accounts"

    @pytest.mark.parametrize("state", ["withdrawn", "refused", "objected", "invalidated", "expired"])
    def test_a_record_that_does_not_hold_is_no_ground(self, at_northwind, ann, state):
        say(ann, state, at=SPRING + DAY)
        assert grounds(at_northwind, ann) == {}

    def test_nor_is_one_that_ran_out_or_that_rests_on_another_basis(self, at_northwind, ann, accounts):
        ben = make_person(at_northwind, "ben@example.org", accounts)
        say(ben, "given", expires_at=clock.now())
        assert grounds(at_northwind, ann, ben, bases=["soft_opt_in"]) == {}
        assert set(grounds(at_northwind, ann, ben)) == {ann.pk}

    @pytest.mark.parametrize(
        "change",
        [{"facts": {}}, {"facts": {"collected_by": "magic"}}, {"name": " "}, {"state": SourceState.SUSPENDED}],
    )
    def test_a_source_that_does_not_say_how_it_came_by_her_is_no_ground(self, at_northwind, ann, accounts, change):
        for name, value in change.items():
            setattr(accounts, name, value)
        accounts.save()
        assert grounds(at_northwind, ann) == {}

    def test_nor_is_one_in_which_she_is_not_public_or_not_at_all(self, at_northwind, ann):
        assert grounds(at_northwind, ann, sources=["elsewhere"]) == {}
        SourceRecord.objects.update(visibility="followers")
        assert grounds(at_northwind, ann) == {}


@pytest.mark.django_db
def test_how_many_cannot_be_told_is_measured(at_northwind, ann, accounts):
    def unexplained():
        definition = {"sources": ["accounts", "old"]}
        return queries.measured(at_northwind.pk, definition, purpose="newsletter", channel="email")["unexplained"]

    old = make_source(at_northwind, "old", facts={})
    ben = make_person(at_northwind, "ben@example.org", old)
    assert unexplained() == 0, "who may not be reached needs no reason"
    say(ben, "given")
    assert unexplained() == 1
    old.facts = {"collected_by": "in_store"}
    old.save()
    assert unexplained() == 0
