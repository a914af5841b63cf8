"""What each answer of a webhook's receiver comes to."""

import json
from contextlib import contextmanager
from datetime import timedelta

import pytest

from delivery.integrations import Outcome, TransportError, transport_for
from delivery.integrations.webhook import signing
from delivery.integrations.webhook.transport import _retry_after, payload
from kernel.egress import Answer
from tests.conftest import NOW
from tests.delivery.integrations.stage import BRAND, batch, message, receiver_of

SECRET = signing.new_secret()


@contextmanager
def transport(url, **credentials):
    with transport_for(
        "webhook", brand_id=BRAND, config={"url": url}, credentials=credentials or {"secret": SECRET}
    ) as it:
        yield it


def answered(settings, status):
    with receiver_of(settings, SECRET, status=status) as other, transport(other.url) as hook:
        return hook.hand_over(batch([message("ann@mail.example"), message("ben@mail.example")]))


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again_and_the_rest_of_the_batch_waits(settings, status):
    first, second = answered(settings, status)
    assert (first.outcome, second.outcome) == (Outcome.AGAIN, Outcome.NOT_SENT)


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 413, 422])
def test_what_will_not_pass_is_final_for_this_message_only(settings, status):
    assert [one.outcome for one in answered(settings, status)] == [Outcome.REFUSED, Outcome.REFUSED]


def test_gone_means_nothing_more_is_wanted(settings):
    assert [one.outcome for one in answered(settings, 410)] == [Outcome.GONE, Outcome.NOT_SENT]


def test_nobody_listening_is_tried_again_and_certainly_did_not_arrive(settings):
    settings.EGRESS_ALLOW = ["127.0.0.1:9"]
    with transport("http://127.0.0.1:9/") as hook:
        (result,) = hook.hand_over(batch([message("ann@mail.example")]))
    assert (result.outcome, result.uncertain) == (Outcome.AGAIN, False)


def test_no_answer_after_sending_is_uncertain(settings):
    with receiver_of(settings, SECRET) as other, transport(other.url) as hook:
        hook._session._time_limit, other.delay = 0.2, 0.6
        (result,) = hook.hand_over(batch([message("ann@mail.example")]))
    assert (result.outcome, result.uncertain) == (Outcome.AGAIN, True)


def test_the_receiver_refuses_what_another_secret_signed(settings):
    with receiver_of(settings, signing.new_secret()) as other, transport(other.url) as hook:
        (result,) = hook.hand_over(batch([message("ann@mail.example")]))
        assert result.outcome is Outcome.REFUSED and other.refused == 1 and other.messages() == []


def test_during_rotation_either_secret_is_accepted(settings):
    new = signing.new_secret()
    with receiver_of(settings, SECRET) as other, transport(other.url, secret=new, former_secret=SECRET) as hook:
        assert hook.hand_over(batch([message("ann@mail.example")]))[0].outcome is Outcome.HANDED_OVER


def test_the_same_message_has_the_same_bytes():
    told = batch([message("ann@mail.example", first_name="Ann")])
    assert payload(told, told.messages[0]) == payload(told, told.messages[0])
    data = json.loads(payload(told, told.messages[0]))["data"]
    assert data["to"] == {"email": "ann@mail.example"} and data["fields"] == {"first_name": "Ann"}


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("7", timedelta(seconds=7)),
        ("Sat, 21 Nov 2026 12:01:00 GMT", timedelta(minutes=1)),
        ("Sat, 21 Nov 2026 11:00:00 GMT", timedelta()),
        ("999999999", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read(held_clock, told, wait):
    assert held_clock == NOW and _retry_after(Answer(503, {"retry-after": told}, b"")) == wait


@pytest.mark.parametrize(
    ("url", "secret"),
    [("https://10.0.0.1/", ""), ("http://shop.example/", SECRET), ("", SECRET), ("https://shop.example/", "whsec_")],
)
def test_settings_that_cannot_work_are_refused_at_once(url, secret):
    with pytest.raises(TransportError) as refused, transport(url, secret=secret):
        pass
    assert refused.value.permanent


def test_a_private_address_is_never_called():
    with transport("https://10.0.0.1/") as hook:
        (result,) = hook.hand_over(batch([message("ann@mail.example")]))
    assert result.outcome is Outcome.REFUSED and "public internet" in result.error
