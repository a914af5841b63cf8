"""Real other sides for integrations: a folder, and the receiver that comes with the platform."""

import csv
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from config import receiver
from delivery.integrations import Batch, Message, Transport, transport_for
from delivery.integrations.webhook import signing
from kernel import clock
from kernel.ids import new_id

BRAND, RELEASE = new_id(), new_id()
Stage = Iterator[tuple[Transport, Callable[[], list[str]]]]


def message(address: str, **fields: str) -> Message:
    return Message(
        new_id(),
        {"email": address},
        fields,
        {"subject": "Hello"},
        {"preferences": "http://localhost/p/x"},
        clock.now(),
    )


def batch(messages: list[Message], *, number: int = 1, seconds: int = 60) -> Batch:
    until = clock.now() + timedelta(seconds=seconds)
    return Batch(BRAND, RELEASE, number, "spring", ("email",), "0" * 64, until, messages)


@contextmanager
def receiver_of(settings: Any, secret: str, *, status: int = 200) -> Iterator[receiver.Receiver]:
    with receiver.running(port=0, secrets=[secret], status=status) as other:
        settings.EGRESS_ALLOW = [f"127.0.0.1:{other.port}"]
        yield other


@contextmanager
def webhook(settings: Any, folder: Path, *, broken: bool = False) -> Stage:
    secret = signing.new_secret()
    with receiver_of(settings, secret, status=503 if broken else 200) as other:
        config, credentials = {"url": other.url}, {"secret": secret}
        with transport_for("webhook", brand_id=BRAND, config=config, credentials=credentials) as transport:
            yield transport, lambda: [one.body["data"]["to"]["email"] for one in other.messages()]


@contextmanager
def csv_file(settings: Any, folder: Path, *, broken: bool = False) -> Stage:
    settings.DATA_DIR = folder
    with transport_for("csv_file", brand_id=BRAND, config={}, credentials={}) as transport:
        if broken:
            # A file where the release's folder should be: root is stopped by it too.
            (folder / "deliveries" / str(BRAND) / str(RELEASE)).write_text("")
        yield transport, lambda: addresses_in(folder)


def addresses_in(folder: Path) -> list[str]:
    found = []
    for path in sorted(folder.glob("deliveries/*/*/people-*.csv")):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        with path.open(newline="", encoding="utf-8") as file:
            found += [row["email"] for row in csv.DictReader(file)]
    return found
