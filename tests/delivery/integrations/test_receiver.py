"""The receiver that comes with the platform: shows what arrives, counts each message once."""

import json
import urllib.error
import urllib.request

import pytest

from config import receiver
from delivery.integrations.webhook import signing
from kernel import clock

BODY = json.dumps(
    {"data": {"to": {"email": "<b>ann@mail.example"}, "campaign": "spring", "content": {"subject": "Hello"}}}
).encode()


def post(url, body, headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def page(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode()


def signed(secret, message_id="msg_1"):
    return signing.headers(message_id, clock.now(), BODY, secrets_in_use=[secret])


@pytest.fixture
def secret():
    return signing.new_secret()


def test_it_shows_who_got_what_and_nothing_a_message_brings_runs(secret):
    with receiver.running(port=0, secrets=[secret]) as other:
        assert post(other.url + "northwind", BODY, signed(secret)) == 200
        shown = page(other.url)
    assert "&lt;b&gt;ann@mail.example" in shown and "spring" in shown and "/northwind" in shown and "<b>" not in shown


def test_a_repeat_is_answered_and_not_counted(secret):
    with receiver.running(port=0, secrets=[secret]) as other:
        assert [post(other.url, BODY, signed(secret)) for _ in range(3)] == [200, 200, 200]
        assert (len(other.messages()), other.repeats) == (1, 2)


def test_without_a_signature_that_fits_nothing_counts(secret):
    with receiver.running(port=0, secrets=[secret]) as other:
        assert post(other.url, BODY, signed(signing.new_secret())) == 401
        assert post(other.url, BODY, {}) == 401
        assert (other.messages(), other.refused) == ([], 2)


def test_secrets_are_read_again_when_their_file_changes(secret, tmp_path):
    file, journal = tmp_path / "secrets", tmp_path / "journal"
    with receiver.running(port=0, secrets=[], file=file, journal=journal) as other:
        assert post(other.url, BODY, signed(secret)) == 401
        file.write_text(f"{signing.new_secret()}\n{secret}\n")
        assert post(other.url, BODY, signed(secret)) == 200
    assert json.loads(journal.read_text())["id"] == "msg_1"
