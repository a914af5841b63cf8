"""Mail of the installation itself (a link that proves an address), never a brand's marketing.

A mail is a row, promised in the transaction that wants it; Celery rings, the sweep finds what was not rung for. The
recipient and the text are sealed under the master key and blanked once the mail is out. It leaves by Django's e-mail
backend: a folder until the installation names its own server. A worker that dies between handing over and noting it
sends again, so nothing may be mailed twice to harm.
"""

import json
import logging
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet

from kernel import clock, crypto
from kernel.ids import new_id
from kernel.models import Mail, MailState

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 6
BACKOFF = timedelta(seconds=10)
LEASE = timedelta(minutes=2)
KEPT = timedelta(days=1)
"""How long the (blanked) row of a mail that is out, or came to nothing, is kept."""


@transaction.atomic
def post(*, to: str, subject: str, text: str, at: datetime, not_after: datetime) -> Mail:
    """Promise a mail in the running transaction; after `not_after` it is not worth sending any more."""
    mail_id = new_id()
    plain = json.dumps({"to": to, "subject": subject, "text": text}).encode()
    mail = Mail.objects.create(
        id=mail_id,
        sealed=crypto.seal(plain, key=settings.KEK, at=_place(mail_id)),
        run_after=at,
        not_after=not_after,
        created_at=at,
    )
    transaction.on_commit(partial(_ring, mail_id))
    return mail


def send(mail_id: UUID) -> bool:
    """Send one mail if it is due and free. Returns whether it is out. Must be called outside a transaction."""
    at = clock.now()
    attempt = _claim(mail_id, at)
    if attempt is None:
        return False
    mail, number = attempt
    try:
        _message(mail).send()
    except Exception as error:
        log.warning("mail %s did not leave at attempt %s", mail_id, number, exc_info=True)
        _failed(mail_id, number, error, at)
        return False
    _of(mail_id, number).update(state=MailState.SENT, sealed=b"", leased_until=None, error="")
    return True


def due() -> list[UUID]:
    """Return the mails that are waiting, or were left by a worker that died."""
    return list(_due(clock.now()).order_by("run_after").values_list("pk", flat=True))


@transaction.atomic
def forget(*, at: datetime) -> int:
    """Delete the rows of mails that came to an end, or to nothing, a day ago. Returns how many."""
    return Mail.objects.filter(not_after__lt=at - KEPT).delete()[0]


def _claim(mail_id: UUID, at: datetime) -> tuple[Mail, int] | None:
    with transaction.atomic():
        mail = _due(at).select_for_update(skip_locked=True).filter(pk=mail_id).first()
        if mail is None:
            return None
        if mail.not_after <= at:
            Mail.objects.filter(pk=mail_id).update(state=MailState.FAILED, sealed=b"", error="too late to be of use")
            return None
        number = mail.attempts + 1
        Mail.objects.filter(pk=mail_id).update(state=MailState.SENDING, attempts=number, leased_until=at + LEASE)
        return mail, number


def _due(at: datetime) -> "QuerySet[Mail]":
    waiting = Q(state=MailState.WAITING, run_after__lte=at)
    return Mail.objects.filter(waiting | Q(state=MailState.SENDING, leased_until__lt=at))


def _message(mail: Mail) -> EmailMessage:
    told = json.loads(crypto.unseal(mail.sealed, key=settings.KEK, at=_place(mail.pk)))
    headers = {"Auto-Submitted": "auto-generated"}
    return EmailMessage(told["subject"], told["text"], settings.DEFAULT_FROM_EMAIL, [told["to"]], headers=headers)


def _failed(mail_id: UUID, number: int, error: Exception, at: datetime) -> None:
    # The server's own words may repeat the address: the kind of failure is enough.
    values = {"error": type(error).__name__, "leased_until": None}
    if number >= MAX_ATTEMPTS:
        _of(mail_id, number).update(state=MailState.FAILED, sealed=b"", **values)
    else:
        _of(mail_id, number).update(state=MailState.WAITING, run_after=at + BACKOFF * 2 ** (number - 1), **values)


def _of(mail_id: UUID, number: int) -> "QuerySet[Mail]":
    return Mail.objects.filter(pk=mail_id, attempts=number, state=MailState.SENDING)


def _place(mail_id: UUID) -> bytes:
    return f"kernel_mail|sealed|{mail_id}".encode()


def _ring(mail_id: UUID) -> None:
    from kernel.tasks import post_mail

    try:
        post_mail.delay(str(mail_id))
    except Exception:
        log.warning("the broker did not take the bell for mail %s; the sweep will find it", mail_id, exc_info=True)
