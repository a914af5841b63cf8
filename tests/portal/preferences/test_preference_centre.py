"""After proof of her address a person sees every brand that holds her and everything held, and changes it."""

import json

import pytest
from django.test import Client

from kernel import clock
from people import services
from people.models import ConsentState, PrivacySettings, Suppression
from tenants.services import create_integration
from tests.conftest import SYSTEM, acting
from tests.people.conftest import make_person, make_source, say
from tests.portal.preferences.conftest import dora_at
from tests.portal.preferences.test_prove_the_address import ask, mailed, visit
from trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_two(northwind, contoso):
    """Dora is held by both brands."""
    with acting(northwind):
        dora_at(northwind)
    with acting(contoso):
        say(make_person(contoso, source=make_source(contoso, "raffle")), "given")


@pytest.fixture
def page(at_two) -> str:
    return visit()


def look(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def press(path: str, **what) -> str:
    answer = Client(enforce_csrf_checks=True).post(path, what)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def person_at(brand):
    return services.find_person(brand.pk, "email", "dora@example.org")


def test_she_sees_every_brand_that_holds_her_and_no_other(page, northwind):
    from tests.conftest import make_brand

    make_brand("fabrikam")
    listed = look(page)
    assert "Northwind" in listed and "Contoso" in listed and "Fabrikam" not in listed


def test_somebody_elses_proof_shows_nothing_of_hers(at_two):
    stranger = visit("emil@example.org")
    assert "No brand here holds this address" in look(stranger)
    assert Client().get(stranger + "northwind/").status_code == 404


def test_she_mutes_and_hears_one_brand_and_the_other_stays(page, northwind, contoso):
    assert "Contoso is muted" in press(page, mute="contoso")
    with acting(contoso):
        assert PrivacySettings.objects.get().brand_muted
    with acting(northwind):
        assert not PrivacySettings.objects.get().brand_muted
    press(page, unmute="contoso")
    with acting(contoso):
        assert not PrivacySettings.objects.get().brand_muted


def test_she_leaves_one_brand_and_the_other_stays(page, northwind, contoso):
    press(page, leave="contoso")
    with acting(contoso):
        assert ConsentState.objects.get(purpose="direct_marketing", channel="email").state == "objected"
    with acting(northwind):
        assert ConsentState.objects.get(purpose="direct_marketing", channel="email").state == "given"


def test_everything_held_is_shown_with_source_and_age_but_what_she_did_not_prove_is_masked(page):
    shown = look(page + "northwind/")
    for text in ("dora@example.org", "•••18", "Dora", "1980", "Shop Accounts".title(), "Europe/London", "Withdrawn"):
        assert text.lower() in shown.lower(), text
    assert "7946" not in shown


def test_the_same_buttons_as_behind_a_signed_link(page, northwind):
    press(page + "northwind/", stop="direct_marketing:email")
    press(page + "northwind/", save="1", channels=["email"], pause="muted")
    with acting(northwind):
        assert ConsentState.objects.get(purpose="direct_marketing", channel="email").state == "withdrawn"
        assert PrivacySettings.objects.get().brand_muted


def test_her_copy_holds_everything_as_data(page):
    answer = Client().get(page + "northwind/copy.json")
    told = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"] and answer["Cache-Control"] == "no-store"
    assert {"name": "country", "value": "GB"}.items() <= told["values"][0].items()
    assert told["settings"]["no_retargeting"] is True
    assert [one["state"] for one in told["consent_history"] if one["channel"] == "sms"] == ["given", "withdrawn"]
    assert {one["value"] for one in told["identifiers"]} >= {"dora@example.org"}


def test_she_sets_right_what_is_wrong_and_no_older_list_brings_it_back(page, northwind):
    said = press(
        page + "northwind/", correct="1", language="fr", country="be", birth_year="", time_zone="Europe/Brussels"
    )
    assert "Set right" in said
    with acting(northwind):
        dora = person_at(northwind)
        assert (dora.language, dora.country, dora.birth_year, dora.time_zone) == ("fr", "BE", None, "Europe/Brussels")
        make_person(northwind, attributes={"country": "GB"}, observed_at=clock.now().replace(year=2020))
        assert person_at(northwind).country == "BE"
        assert Entry.objects.filter(verb="person.corrected", actor_kind="person").exists()


@pytest.mark.parametrize("wrong", [{"country": "Belgium"}, {"birth_year": "3000"}, {"time_zone": "Moon/Base"}])
def test_what_cannot_be_is_asked_for_again(page, northwind, wrong):
    said = press(page + "northwind/", correct="1", **wrong)
    assert "Nothing was saved yet" in said
    with acting(northwind):
        assert person_at(northwind).country == "GB"


def test_she_is_erased_only_when_she_says_that_she_is_sure(page, northwind, contoso):
    assert "Nothing was erased" in press(page + "northwind/", erase="1")
    assert "You are erased" in press(page + "northwind/", erase="1", sure="yes")
    with acting(northwind):
        assert person_at(northwind) is None and Suppression.objects.count() == 3
    assert Client().get(page + "northwind/").status_code == 404
    assert "Contoso" in look(page) and "Northwind" not in look(page)


def test_an_erased_person_is_held_by_nobody(at_two, northwind, contoso):
    for brand in (northwind, contoso):
        with acting(brand):
            services.erase(person=person_at(brand), by=SYSTEM, at=clock.now())
    assert "No brand here holds this address" in look(visit())


def test_nobody_but_the_person_corrects_in_her_name(northwind, contoso):
    from kernel.actors import Actor
    from kernel.errors import NotPermitted
    from kernel.ids import new_id

    with acting(northwind):
        dora = make_person(northwind)
        with pytest.raises(NotPermitted):
            services.correct(person=dora, values={"country": "FR"}, by=Actor.person(new_id()), at=clock.now())


def test_she_allows_again_what_she_had_stopped_and_what_she_read_is_kept(page, northwind):
    here = page + "northwind/"
    assert "Allow: Marketing messages by text message" in look(here)
    press(here, allow="sms")
    with acting(northwind):
        held = ConsentState.objects.get(purpose="direct_marketing", channel="sms")
        assert (held.state, held.basis, held.event.method) == ("given", "consent", "preference_page")
        assert (
            held.event.wording
            == "Northwind may send me marketing by text message. I can take this back here at any time."
        )


@pytest.mark.parametrize("channel", ["phone_live", "email", "any", "pigeon"])
def test_she_is_not_talked_into_what_she_was_never_asked(page, northwind, channel):
    press(page + "northwind/", allow=channel)
    with acting(northwind):
        assert not ConsentState.objects.filter(event__wording__startswith="Northwind may send").exists()


def test_behind_a_signed_link_nothing_is_allowed_again(link, dora):
    assert "Allow:" not in look(link)
    press(link, allow="sms", erase="1", sure="yes", restrict="1", correct="1", country="FR")
    dora.refresh_from_db()
    assert (dora.state, dora.country) == ("active", "GB")
    assert ConsentState.objects.get(purpose="direct_marketing", channel="sms").state == "withdrawn"


def test_she_restricts_the_use_of_her_data_and_lifts_it(page, northwind):
    here = page + "northwind/"
    assert "Your data is no longer used" in press(here, restrict="1")
    with acting(northwind):
        assert person_at(northwind).state == "restricted"
    assert "Your data may be used again" in press(here, unrestrict="1")
    assert "Nothing changed" in press(here, unrestrict="1")
    with acting(northwind):
        assert person_at(northwind).state == "active"


def test_she_chooses_which_of_a_brands_senders_may_write(page, northwind):
    with acting(northwind):
        for key, config in (("newsletter", {}), ("shop-team", {"sender": "Shop team"})):
            create_integration(brand=northwind, key=key, name=key.title(), kind="csv_file", config=config,
                               credentials={}, by=SYSTEM, at=clock.now())  # fmt: skip
    assert "Shop team" in look(page + "northwind/")
    press(page + "northwind/", save="1", channels=["email"], pause="none", senders=["newsletter"])
    with acting(northwind):
        assert PrivacySettings.objects.get().senders_muted == ["Shop team"]


def test_the_visit_goes_on_in_the_language_a_brand_knows_her_by(northwind):
    with acting(northwind):
        make_person(northwind, attributes={"language": "pl"})
    ask()
    assert Client().post(mailed())["Location"].endswith("/?lang=pl")
