"""Proof of an address: a link that is mailed to it, good for half an hour and one use, opens a visit of half an hour.

Nobody learns here whether any brand knows the address: the request is the same work for every address, the mail says
the same, and only who can read that mailbox opens what it leads to.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from kernel import crypto, mail
from kernel.errors import DomainError
from kernel.ids import new_id
from people import normalise
from people.links import BrokenLink, from_text, to_text
from people.models import AddressProof

ALIVE = timedelta(minutes=30)
KEPT = timedelta(days=1)
WINDOW = timedelta(hours=1)
PER_ADDRESS, PER_CLIENT = 3, 20
"""Requests within the window; what exceeds the first is answered alike and mails nothing."""
LINK, VISIT = b"L", b"V"
_PLACE = b"proof of address"

Letter = Callable[[str], tuple[str, str]]


class TooMany(DomainError):
    """Too many requests came from one place within the hour."""

    code = "too_many_requests"
    status = 429


@transaction.atomic
def ask_for_proof(*, address: str, client: str, letter: Letter, at: datetime) -> None:
    """Mail a link to an address, whoever it belongs to. Raises Unusable, TooMany.

    `client` is where the request came from; `letter` returns subject and text for the token of the link. There is no
    `by`: nobody is known yet, no brand is touched, and so no trail has an entry.
    """
    address = normalise.email(address)
    macs = _mac("address", address), _mac("client", client)
    _queue_up(*macs)
    recent = AddressProof.objects.filter(asked_at__gt=at - WINDOW)
    if recent.filter(client=macs[1]).count() >= PER_CLIENT:
        raise TooMany("Too many requests came from here.", remedy="Try again in an hour.")
    proof_id = new_id()
    silent = recent.filter(address=macs[0]).count() >= PER_ADDRESS
    sealed = crypto.seal(address.encode(), key=settings.KEK, at=_place(proof_id))
    AddressProof.objects.create(id=proof_id, address=macs[0], client=macs[1], sealed=sealed, asked_at=at)
    subject, text = letter(_token(LINK, proof_id))
    if not silent:
        mail.post(to=address, subject=subject, text=text, at=at, not_after=at + ALIVE)


def check_link(token: str, *, at: datetime) -> None:
    """Raise BrokenLink unless the mailed link can still be opened. Changes nothing: scanners of mail follow links."""
    if not _unopened(_read(LINK, token), at).exists():
        raise BrokenLink("This link does not work.")


@transaction.atomic
def open_visit(*, token: str, at: datetime) -> tuple[str, str]:
    """Use the mailed link up. Returns the visit's token and the proved address. Raises BrokenLink."""
    proof_id = _read(LINK, token)
    if not _unopened(proof_id, at).update(opened_at=at):
        raise BrokenLink("This link does not work.")
    visit = _token(VISIT, proof_id)
    return visit, visiting(visit, at=at)


def visiting(token: str, *, at: datetime) -> str:
    """Return the address that a visit has proved. Raises BrokenLink when it has ended."""
    proof = AddressProof.objects.filter(pk=_read(VISIT, token), opened_at__gt=at - ALIVE, ended_at=None).first()
    if proof is None:
        raise BrokenLink("This link does not work.")
    return crypto.unseal(proof.sealed, key=settings.KEK, at=_place(proof.pk)).decode()


@transaction.atomic
def end_visit(*, token: str, at: datetime) -> None:
    """End a visit before its time. Raises BrokenLink."""
    AddressProof.objects.filter(pk=_read(VISIT, token), ended_at=None).update(ended_at=at, sealed=b"")


@transaction.atomic
def forget_proofs(*, at: datetime) -> int:
    """Delete proofs a day after they were asked for, and blank the address of those that are over. Returns how many."""
    over = Q(opened_at=None, asked_at__lt=at - ALIVE) | Q(opened_at__lt=at - ALIVE)
    AddressProof.objects.filter(over).exclude(sealed=b"").update(sealed=b"")
    return AddressProof.objects.filter(asked_at__lt=at - KEPT).delete()[0]


def _unopened(proof_id: UUID, at: datetime) -> "QuerySet[AddressProof]":
    return AddressProof.objects.filter(pk=proof_id, asked_at__gt=at - ALIVE, opened_at=None)


def _queue_up(*macs: bytes) -> None:
    # Two requests at once would each count the other out: the same address, and the same client, come one by one.
    numbers = sorted(int.from_bytes(mac[:8], "big", signed=True) for mac in macs)
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _token(kind: bytes, proof_id: UUID) -> str:
    return to_text(crypto.seal(kind + proof_id.bytes, key=_key(settings.LINK_KEY), at=_PLACE))


def _read(kind: bytes, token: str) -> UUID:
    try:
        plain = crypto.unseal(from_text(token), key=_key(settings.LINK_KEY), at=_PLACE)
    except (ValueError, crypto.CannotOpen):
        raise BrokenLink("This link does not work.") from None
    if plain[:1] != kind or len(plain) != 17:
        raise BrokenLink("This link does not work.")
    return UUID(bytes=plain[1:])


def _mac(kind: str, value: str) -> bytes:
    return crypto.pseudonym(value, kind=kind, key=_key(settings.KEK))


def _key(key: bytes) -> bytes:
    return hmac.digest(key, _PLACE, hashlib.sha256)


def _place(proof_id: UUID) -> bytes:
    return f"people_addressproof|sealed|{proof_id}".encode()
