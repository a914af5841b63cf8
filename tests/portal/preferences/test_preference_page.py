"""The person's page: this brand alone, in plain words; looking changes nothing, a button takes effect and says when."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kernel import clock
from people import links, services
from people.models import ConsentEvent, ConsentState, PersonGate, PrivacySettings
from tests.conftest import SYSTEM, acting, signed_in
from tests.people.conftest import make_person
from trail.models import Entry

KEPT = {
    "save": "1",
    "channels": ["email", "sms"],
    "kinds": ["contact", "purchases", "browsing", "name"],
    "pause": "none",
}


def look(link: str, client: Client | None = None) -> str:
    answer = (client or Client()).get(link)
    assert answer.status_code == 200
    return answer.content.decode()


def press(link: str, **what) -> str:
    answer = Client(enforce_csrf_checks=True).post(link, what)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def state_of(person, purpose="direct_marketing", channel="email"):
    return ConsentState.objects.get(person=person, purpose=purpose, channel=channel).state


def test_she_sees_what_she_agreed_to_when_and_how(link):
    page = look(link)
    for text in ("Marketing messages by e-mail", "20 Mar 2026", "confirmed it by e-mail", "Shop accounts",
                 "I can stop this at any time", "Withdrawn", "they rely on interests of their own"):  # fmt: skip
        assert text in page, text


def test_she_sees_what_is_held_by_kind_source_and_date_but_no_value(link):
    page = look(link)
    for text in ("E-mail address", "Phone number", "year of birth", "first name", "Shop accounts"):
        assert text in page, text
    for value in ("dora@example.org", "7946", "1980", "C-1"):
        assert value not in page, value


def test_looking_changes_nothing_at_all(link):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        look(link)
    written = [one["sql"] for one in seen if one["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert written == []


def test_she_withdraws_one_consent_and_it_holds_at_once(link, dora):
    page = press(link, stop="direct_marketing:email")
    assert "Recorded now; effective at once." in page
    assert state_of(dora) == "withdrawn"
    assert ConsentEvent.objects.order_by("id").last().method == "preference_page"


def test_what_rests_on_other_grounds_she_objects_to(link, dora):
    press(link, stop="profiling:email")
    assert state_of(dora, "profiling") == "objected"


def test_what_was_on_its_way_already_is_told(link, dora):
    PersonGate.objects.filter(person=dora).update(in_flight=2)
    assert "2 messages were already on their way" in press(link, stop="direct_marketing:email")


def test_pressing_twice_is_one_withdrawal(link, dora):
    press(link, stop="direct_marketing:email")
    events = ConsentEvent.objects.count()
    assert "stopped already" in press(link, stop="direct_marketing:email")
    assert ConsentEvent.objects.count() == events


def test_she_stops_all_marketing_and_keeps_what_she_needs(link, dora):
    assert "All marketing on every channel: stopped" in press(link, stop_all="1")
    assert state_of(dora) == state_of(dora, "profiling") == state_of(dora, "political", "post") == "objected"
    assert state_of(dora, "service") == "given"


def test_after_stopping_all_the_page_says_so_once(link):
    press(link, stop_all="1")
    page = look(link)
    assert "All marketing on every channel" in page and "Political messages" not in page


@pytest.mark.parametrize(
    "what", ["service:email", "world_peace:email", "direct_marketing", "direct_marketing:post", ""]
)
def test_a_button_that_the_page_does_not_have_does_nothing(link, what):
    events = ConsentEvent.objects.count()
    press(link, stop=what)
    assert ConsentEvent.objects.count() == events


def test_she_saves_her_settings(link, dora):
    kept = {**KEPT, "channels": ["email"], "kinds": ["contact", "name"], "messages_per_week": "1", "no_inference": "on"}
    page = press(link, **kept, quiet_from="20:30", quiet_until="07:00")
    saved = PrivacySettings.objects.get(person=dora)
    assert "Your settings are saved" in page and "effective at once" in page
    assert {"sms", "phone_live"} <= set(saved.channels_off) and "email" not in saved.channels_off
    assert saved.kinds_refused == ["browsing", "purchases"]
    assert (saved.messages_per_week, saved.no_inference, saved.no_retargeting) == (1, True, False)


@pytest.mark.parametrize(("pause", "days"), [("week", 7), ("month", 30)])
def test_she_pauses(link, dora, held_clock, pause, days):
    press(link, **{**KEPT, "pause": pause})
    assert (PrivacySettings.objects.get(person=dora).paused_until - clock.now()).days == days


def test_she_mutes_the_brand_until_she_says_otherwise(link, dora):
    press(link, **{**KEPT, "pause": "muted"})
    assert PrivacySettings.objects.get(person=dora).brand_muted
    press(link, **KEPT)
    assert not PrivacySettings.objects.get(person=dora).brand_muted


def test_saving_something_else_leaves_a_pause_as_it_is(link, dora):
    press(link, **{**KEPT, "pause": "month"})
    until = PrivacySettings.objects.get(person=dora).paused_until
    press(link, **{**KEPT, "pause": "kept", "no_inference": "on"})
    saved = PrivacySettings.objects.get(person=dora)
    assert (saved.paused_until, saved.no_inference) == (until, True)


def test_quiet_hours_with_one_end_are_asked_for_again_and_nothing_is_saved(link, dora):
    before = PrivacySettings.objects.values().get(person=dora)
    page = press(link, **KEPT, quiet_from="20:00")
    assert "Give both times, or neither." in page and "Nothing was saved yet" in page
    assert PrivacySettings.objects.values().get(person=dora) == before


def test_values_that_the_page_does_not_offer_are_not_saved(link, dora):
    before = PrivacySettings.objects.values().get(person=dora)
    press(link, **{**KEPT, "messages_per_week": "-3", "channels": ["pigeon"], "pause": "for ever"})
    assert PrivacySettings.objects.values().get(person=dora) == before


def test_the_trail_tells_that_the_person_did_it(link, dora):
    press(link, stop="direct_marketing:email")
    entry = Entry.objects.filter(verb="consent.recorded").order_by("id").last()
    assert (entry.actor_kind, entry.actor_id) == ("person", dora.pk)


def test_no_cookie_is_set_and_none_is_needed(link):
    answer = Client().post(link, {"stop_all": "1"})
    assert not answer.cookies and not Client().get(link).cookies


def test_the_page_is_kept_by_nobody_and_tells_nobody_where_she_was(link):
    answer = Client().get(link)
    assert answer["Cache-Control"] == "no-store" and answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]


def test_the_page_loads_nothing_from_anywhere_else_and_runs_no_script(link, dora):
    import re

    page = look(link)
    assert "<script" not in page
    assert not [one for one in re.findall(r'(?:src|href|action)="([^"]*)"', page) if one.startswith(("http", "//"))]


@pytest.mark.parametrize("token", ["x", "a" * 300, "%00", "AAAA-bbbb_cccc"])
def test_a_broken_link_and_a_stranger_get_the_same_page(link, token, northwind):
    from uuid import uuid4

    stranger = Client().get(links.preference_link(northwind.pk, uuid4()))
    broken = Client().get(f"/p/{token}")
    assert stranger.status_code == broken.status_code == 404
    assert stranger.content == broken.content


def test_an_erased_persons_link_is_a_strangers(link, dora):
    services.erase(person=dora, by=SYSTEM, at=clock.now())
    assert Client().get(link).status_code == 404


def test_a_persons_link_shows_this_brand_only(northwind, contoso):
    with acting(contoso):
        make_person(contoso)
    with acting(northwind):
        dora = make_person(northwind)
    assert "Contoso" not in look(links.preference_link(northwind.pk, dora.pk))


def test_a_link_works_in_a_browser_where_somebody_of_another_brand_is_signed_in(northwind, charlie):
    with acting(northwind):
        dora = make_person(northwind)
    assert "Northwind" in look(links.preference_link(northwind.pk, dora.pk), signed_in(charlie))
