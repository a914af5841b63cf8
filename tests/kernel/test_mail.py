"""The installation's own mail: a row, sealed, sent once it is rung for or found, blank when it is out."""

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from kernel import clock, mail
from kernel.models import Mail, MailState

pytestmark = pytest.mark.django_db
HALF_AN_HOUR = timedelta(minutes=30)


def promise(**changed) -> Mail:
    at = clock.now()
    return mail.post(**{"to": "dora@example.org", "subject": "Hello", "text": "The secret link", "at": at,
                        "not_after": at + HALF_AN_HOUR, **changed})  # fmt: skip


def test_a_mail_leaves_once_and_its_row_is_blank_then():
    row = promise()
    assert mail.due() == [row.pk]
    assert mail.send(row.pk) and not mail.send(row.pk)
    row.refresh_from_db()
    assert (row.state, bytes(row.sealed), mail.due()) == (MailState.SENT, b"", [])
    assert [(one.to, one.subject, one.body) for one in outbox.outbox] == [
        (["dora@example.org"], "Hello", "The secret link")
    ]


def test_neither_address_nor_text_stands_in_the_database():
    promise()
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(sealed, 'escape') || kernel_mail::text FROM kernel_mail")
        held = cursor.fetchone()[0]
    assert "dora" not in held and "secret" not in held


def test_what_a_server_refuses_is_tried_again_later_and_given_up_at_last(monkeypatch, held_clock):
    def refuse(self, messages):
        raise OSError("dora@example.org is not wanted here")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    row = promise(not_after=held_clock + timedelta(days=1))
    for attempt in range(mail.MAX_ATTEMPTS):
        with clock.held(held_clock + timedelta(hours=attempt)):
            assert not mail.send(row.pk)
            assert mail.due() == []
    row.refresh_from_db()
    assert (row.state, row.error, bytes(row.sealed)) == (MailState.FAILED, "OSError", b"")


def test_a_mail_that_is_too_late_to_be_of_use_is_not_sent():
    row = promise()
    with clock.held(clock.now() + HALF_AN_HOUR):
        assert not mail.send(row.pk)
    assert outbox.outbox == [] and Mail.objects.get().state == MailState.FAILED


def test_a_mail_that_a_dead_worker_left_is_found_again():
    row = promise()
    Mail.objects.update(state=MailState.SENDING, attempts=1, leased_until=clock.now() - timedelta(seconds=1))
    assert mail.due() == [row.pk]
    assert mail.send(row.pk)


def test_rows_are_forgotten_a_day_later():
    promise()
    assert mail.forget(at=clock.now()) == 0
    assert mail.forget(at=clock.now() + timedelta(days=2)) == 1


def test_without_a_server_mail_is_a_file_in_a_folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    assert mail.send(promise().pk)
    (written,) = (tmp_path / "mail").iterdir()
    assert "The secret link" in written.read_text()
