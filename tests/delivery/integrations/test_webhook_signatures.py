"""Webhooks are signed by Standard Webhooks 1.0.0: the project's vectors, and its own library as the other side."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from delivery.integrations.webhook import signing

VECTORS = Path(__file__).resolve().parents[4] / "shared/vectors/standard_webhooks_vectors.json"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def vectors():
    if not VECTORS.exists():
        pytest.skip(f"LOUD: {VECTORS} is not here")
    return json.loads(VECTORS.read_text())["positive"]


@pytest.mark.parametrize("number", [0, 1])
def test_the_published_vectors_are_reproduced(number):
    one = vectors()[number]
    signed = signing.sign(one["webhook-id"], one["webhook-timestamp"], one["body"].encode(), secret=one["secret"])
    assert signed == one["webhook-signature"]
    at = datetime.fromtimestamp(one["webhook-timestamp"], UTC)
    headers = {name: str(one[name]) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    assert signing.verify(headers, one["body"].encode(), secret=one["secret"], at=at) == one["webhook-id"]


@given(st.text(min_size=1, alphabet=st.characters(codec="ascii", exclude_categories=["C"])), st.text())
def test_the_projects_own_library_accepts_what_we_sign(message_id, text):
    secret, at, body = signing.new_secret(), datetime.now(UTC), json.dumps({"text": text}).encode()
    headers = signing.headers(message_id, at, body, secrets_in_use=[secret])
    assert standardwebhooks.Webhook(secret).verify(body, headers) == {"text": text}


@given(st.text())
def test_we_accept_what_the_projects_own_library_signs(text):
    secret, body = signing.new_secret(), json.dumps({"text": text})
    signed = standardwebhooks.Webhook(secret).sign("msg_1", NOW, body)
    headers = {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(NOW.timestamp())),
        "Webhook-Signature": f"v2,AAAA v1,AAAA {signed}",
    }
    assert signing.verify(headers, body.encode(), secret=secret, at=NOW) == "msg_1"


def signed(secret, body=b"{}"):
    return signing.headers("msg_1", NOW, body, secrets_in_use=[secret])


def spoiled(headers, **changes):
    return {**headers, **{f"webhook-{name}": value for name, value in changes.items()}}


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="},
        {"signature": ""},
        {"signature": "v1"},
        {"signature": "v1,ü"},
        {"timestamp": "hello"},
        {"timestamp": "-1"},
        {"timestamp": "9" * 400},
        {"timestamp": "٣"},
        {"id": ""},
        {"id": "msg_2"},
    ],
)
def test_whatever_was_changed_is_refused(changes):
    secret = signing.new_secret()
    with pytest.raises(signing.NotVerified):
        signing.verify(spoiled(signed(secret), **changes), b"{}", secret=secret, at=NOW)


@pytest.mark.parametrize("name", ["id", "timestamp", "signature"])
def test_a_missing_header_is_refused(name):
    secret = signing.new_secret()
    headers = {key: value for key, value in signed(secret).items() if key != f"webhook-{name}"}
    with pytest.raises(signing.NotVerified, match=name):
        signing.verify(headers, b"{}", secret=secret, at=NOW)


def test_another_body_or_another_secret_is_refused():
    secret = signing.new_secret()
    for body, key in [(b'{"a":1}', secret), (b"{}", signing.new_secret())]:
        with pytest.raises(signing.NotVerified):
            signing.verify(signed(secret), body, secret=key, at=NOW)


@pytest.mark.parametrize(("seconds", "good"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_a_message_holds_for_five_minutes_both_ways(seconds, good):
    secret, at = signing.new_secret(), NOW + timedelta(seconds=seconds)
    if good:
        assert signing.verify(signed(secret), b"{}", secret=secret, at=at)
    else:
        with pytest.raises(signing.NotVerified, match="too old or too new"):
            signing.verify(signed(secret), b"{}", secret=secret, at=at)


def test_while_a_secret_is_changed_both_verify():
    new, old = signing.new_secret(), signing.new_secret()
    headers = signing.headers("msg_1", NOW, b"{}", secrets_in_use=[new, old])
    for secret in (new, old):
        assert signing.verify(headers, b"{}", secret=secret, at=NOW) == "msg_1"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_***", "no base64!"])
def test_a_secret_that_is_none_is_refused(secret):
    with pytest.raises(signing.BadSecret):
        signing.sign("msg_1", 0, b"", secret=secret)
