"""People and by what they are known: one person, one number, sealed identifiers, another pseudonym at every brand."""

from datetime import timedelta

import pytest

from kernel import clock, crypto
from people import services
from people.models import Identifier, Person, PersonGate, SourceRecord, Suppression
from people.normalise import Unusable
from people.services import Incoming
from tests.conftest import SYSTEM, acting
from tests.people.conftest import SPRING, make_person, make_source
from trail.models import Entry


def test_the_same_address_in_other_letters_is_the_same_person(at_northwind, dora):
    again, new = services.upsert_person(
        brand_id=at_northwind.pk, identifiers={"email": " DORA@Example.org "}, by=SYSTEM, at=clock.now()
    )
    assert (again.pk, new) == (dora.pk, False)


def test_numbers_are_dense_within_a_brand(at_northwind):
    people = [make_person(at_northwind, f"p{n}@example.org") for n in range(4)]
    make_person(at_northwind, "p1@example.org")
    assert [p.number for p in people] == [0, 1, 2, 3]
    assert Person.objects.count() == 4


def test_every_person_has_a_gate_from_the_beginning(dora):
    assert PersonGate.objects.get(person=dora).epoch == 0


def test_an_identifier_stands_nowhere_in_the_clear_and_can_be_opened(dora):
    one = Identifier.objects.select_related("person").get()
    assert b"dora" not in bytes(one.sealed) and len(bytes(one.pseudonym)) == 32
    assert services.open_identifier(one) == "dora@example.org"


def test_a_sealed_identifier_opens_only_in_its_own_row(at_northwind, dora):
    emil = make_person(at_northwind, "emil@example.org")
    stolen = Identifier.objects.select_related("person").get(person=dora)
    own = Identifier.objects.select_related("person").get(person=emil)
    own.sealed = stolen.sealed
    with pytest.raises(crypto.CannotOpen):
        services.open_identifier(own)


def test_the_same_address_has_another_pseudonym_at_another_brand(northwind, contoso):
    seen = []
    for brand in (northwind, contoso):
        with acting(brand):
            make_person(brand, "dora@example.org")
            seen.append(bytes(Identifier.objects.get().pseudonym))
    assert seen[0] != seen[1]


def test_another_brand_finds_nobody(northwind, contoso):
    with acting(northwind):
        make_person(northwind, "dora@example.org")
    with acting(contoso):
        assert services.find_person(contoso.pk, "email", "dora@example.org") is None


def test_a_person_is_found_by_each_of_her_identifiers(at_northwind):
    dora = make_person(at_northwind, identifiers={"phone": "+44 20 7946 0018", "customer": "C-1"})
    assert services.find_person(at_northwind.pk, "phone", "020 7946 0018", "GB") == dora
    assert services.find_person(at_northwind.pk, "customer", "C-1") == dora


def test_a_known_person_gains_the_identifiers_that_nobody_has(at_northwind, dora):
    make_person(at_northwind, identifiers={"phone": "+442079460018"})
    phone = Identifier.objects.select_related("person").get(kind="phone")
    assert phone.person_id == dora.pk and services.open_identifier(phone) == "+442079460018"


def test_identifiers_of_two_people_are_refused_and_change_nothing(at_northwind, dora):
    make_person(at_northwind, "emil@example.org", identifiers={"customer": "C-2"})
    with pytest.raises(services.TwoPeople):
        make_person(at_northwind, "dora@example.org", identifiers={"customer": "C-2"}, attributes={"country": "FR"})
    assert not Person.objects.filter(country="FR").exists()


def test_somebody_without_an_identifier_is_refused(at_northwind):
    with pytest.raises(services.NobodyKnown):
        services.upsert_person(brand_id=at_northwind.pk, identifiers={}, by=SYSTEM, at=clock.now())


@pytest.mark.parametrize(
    "wrong", [{"country": "Narnia"}, {"birth_year": 1066}, {"time_zone": "Mars/Olympus"}, {"shoe": 4}]
)
def test_an_attribute_that_cannot_be_is_refused(at_northwind, wrong):
    with pytest.raises(Unusable):
        make_person(at_northwind, attributes=wrong)


@pytest.mark.parametrize("newer_first", [True, False])
def test_of_two_sources_the_newer_word_about_an_attribute_holds(at_northwind, shop, newer_first):
    club = make_source(at_northwind, "club")
    told = [(shop, SPRING, "GB"), (club, SPRING + timedelta(days=9), "FR")]
    for source, when, country in reversed(told) if newer_first else told:
        dora = make_person(at_northwind, source=source, observed_at=when, attributes={"country": country})
    dora.refresh_from_db()
    assert dora.country == "FR" and dora.provenance["country"][0] == "club"


def test_a_person_stands_once_in_a_source_with_the_newest_date(at_northwind, shop):
    make_person(at_northwind, source=shop, observed_at=SPRING + timedelta(days=1))
    make_person(at_northwind, source=shop, observed_at=SPRING)
    assert SourceRecord.objects.get().observed_at == SPRING + timedelta(days=1)


def test_of_two_visibilities_of_the_same_moment_the_stricter_holds(at_northwind, shop):
    for visibility in ("public", "withdrawn", "followers"):
        make_person(at_northwind, source=shop, observed_at=SPRING, visibility=visibility)
    assert SourceRecord.objects.get().visibility == "withdrawn"


def test_many_people_come_in_at_once_and_twice_the_same_changes_nothing(at_northwind, shop):
    rows = [Incoming((("email", f"p{n}@example.org"),), SPRING, {"country": "DE"}) for n in range(20)]
    first = services.upsert_persons(brand_id=at_northwind.pk, rows=rows, source=shop, at=clock.now())
    again = services.upsert_persons(brand_id=at_northwind.pk, rows=rows, source=shop, at=clock.now())
    assert all(one.new for one in first) and not any(one.new or one.changed for one in again)
    assert sorted(Person.objects.values_list("number", flat=True)) == list(range(20))


def test_a_person_who_comes_twice_in_one_batch_is_one_person(at_northwind, shop):
    rows = [
        Incoming((("email", "dora@example.org"),), SPRING, {"country": "DE"}),
        Incoming((("phone", "+491721234567"), ("email", "dora@example.org")), SPRING, {"language": "de"}),
    ]
    first, second = services.upsert_persons(brand_id=at_northwind.pk, rows=rows, source=shop, at=clock.now())
    dora = Person.objects.get()
    assert first.person_id == second.person_id == dora.pk
    assert (dora.country, dora.language, dora.identifiers.count()) == ("DE", "de", 2)


def test_an_erased_person_can_no_longer_be_read_but_stays_suppressed(at_northwind, dora):
    kept = Identifier.objects.select_related("person").get()
    services.erase(person=dora, by=SYSTEM, at=clock.now())
    kept.person.refresh_from_db()
    with pytest.raises(crypto.CannotOpen):
        services.open_identifier(kept)
    assert not Identifier.objects.exists() and not SourceRecord.objects.exists()
    assert Suppression.objects.get().reason == "erased"
    assert (dora.state, dora.country, dora.wrapped_key) == ("erased", "", None)


def test_an_erased_person_is_not_brought_back_by_a_list(at_northwind, dora):
    services.erase(person=dora, by=SYSTEM, at=clock.now())
    with pytest.raises(services.WasErased):
        make_person(at_northwind)


def test_nothing_is_recorded_about_an_erased_person(at_northwind, dora):
    from tests.people.conftest import say

    services.erase(person=dora, by=SYSTEM, at=clock.now())
    with pytest.raises(services.PersonErased):
        say(dora, "given")


def test_nobody_is_erased_twice(dora):
    services.erase(person=dora, by=SYSTEM, at=clock.now())
    with pytest.raises(services.NoSuchStep):
        services.erase(person=dora, by=SYSTEM, at=clock.now())


def test_an_address_can_be_suppressed_before_anybody_is_known_by_it(at_northwind):
    one = services.suppress(
        brand_id=at_northwind.pk, kind="email", value="Who@Example.org", reason="asked", by=SYSTEM, at=clock.now()
    )
    again = services.suppress(
        brand_id=at_northwind.pk, kind="email", value="who@example.org", reason="bounced", by=SYSTEM, at=clock.now()
    )
    assert one == again and again.reason == "asked"


def test_suppressing_a_known_address_passes_the_persons_gate(at_northwind, dora):
    services.suppress(
        brand_id=at_northwind.pk, kind="email", value="dora@example.org", reason="asked", by=SYSTEM, at=clock.now()
    )
    assert PersonGate.objects.get(person=dora).epoch == 1


def test_settings_are_kept_and_pass_the_gate(dora):
    effect = services.save_settings(person=dora, values={"no_retargeting": True}, by=SYSTEM, at=clock.now())
    again = services.save_settings(person=dora, values={"no_retargeting": True}, by=SYSTEM, at=clock.now())
    assert effect.changed and effect.effective and not again.changed
    assert PersonGate.objects.get(person=dora).epoch == 1


@pytest.mark.parametrize(
    "wrong", [{"colour": "red"}, {"messages_per_week": -1}, {"quiet_from": "late"}, {"channels_off": ["pigeon"]}]
)
def test_settings_that_cannot_be_are_refused(dora, wrong):
    from kernel.errors import Invalid

    with pytest.raises(Invalid):
        services.save_settings(person=dora, values=wrong, by=SYSTEM, at=clock.now())


def test_the_trail_tells_of_people_without_naming_them(dora):
    services.erase(person=dora, by=SYSTEM, at=clock.now())
    told = list(Entry.objects.filter(subject_id=dora.pk).values_list("verb", flat=True))
    assert told == ["person.added", "person.erased"]
    assert not any("example.org" in str(e.details) or b"example.org" in bytes(e.leaf) for e in Entry.objects.all())
