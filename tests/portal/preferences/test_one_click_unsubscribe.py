"""One-click unsubscribe (RFC 8058): POST without cookies stops marketing on the channel; GET changes nothing."""

import pytest
from django.test import Client

from people import links
from people.models import ConsentEvent, ConsentState

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def post(path, data=ONE_CLICK):
    return Client(enforce_csrf_checks=True).post(path, data)


def states(person):
    return dict(ConsentState.objects.filter(person=person, channel="email").values_list("purpose", "state"))


def test_one_post_stops_marketing_by_e_mail_and_nothing_else(dora):
    answer = post(links.unsubscribe_link(dora.brand_id, dora.pk))
    assert answer.status_code == 200 and "effective at once" in answer.content.decode()
    assert states(dora)["direct_marketing"] == states(dora)["political"] == "withdrawn"
    assert states(dora)["service"] == "given"
    assert ConsentEvent.objects.order_by("id").last().method == "one_click"


def test_it_needs_no_cookie_sets_none_and_redirects_nowhere(dora):
    answer = post(links.unsubscribe_link(dora.brand_id, dora.pk))
    assert not answer.cookies and answer.status_code == 200


def test_a_mail_client_that_posts_twice_stops_once(dora):
    post(links.unsubscribe_link(dora.brand_id, dora.pk))
    events = ConsentEvent.objects.count()
    assert post(links.unsubscribe_link(dora.brand_id, dora.pk)).status_code == 200
    assert ConsentEvent.objects.count() == events


def test_looking_at_the_address_asks_first_and_changes_nothing(dora):
    events = ConsentEvent.objects.count()
    answer = Client().get(links.unsubscribe_link(dora.brand_id, dora.pk))
    assert "Nothing has changed yet" in answer.content.decode()
    assert ConsentEvent.objects.count() == events


def test_the_link_of_a_text_message_stops_text_messages(dora):
    ConsentState.objects.filter(person=dora, channel="sms").update(state="given")
    post(links.unsubscribe_link(dora.brand_id, dora.pk, channel="sms"))
    assert states(dora)["direct_marketing"] == "given"
    assert ConsentState.objects.get(person=dora, channel="sms", purpose="direct_marketing").state == "withdrawn"


def test_who_never_agreed_can_object_all_the_same(at_northwind):
    from tests.people.conftest import make_person

    emil = make_person(at_northwind, "emil@example.org")
    post(links.unsubscribe_link(emil.brand_id, emil.pk))
    assert states(emil)["direct_marketing"] == "objected"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_nothing_but_get_and_post_is_answered(dora, method):
    assert getattr(Client(), method)(links.unsubscribe_link(dora.brand_id, dora.pk)).status_code == 405


def test_a_broken_link_stops_nobody(dora):
    events = ConsentEvent.objects.count()
    assert post("/p/nonsense/unsubscribe").status_code == 404
    assert ConsentEvent.objects.count() == events
