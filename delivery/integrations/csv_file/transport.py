"""Hands people over as CSV files in a folder: one file per batch, there whole or not at all."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from django.conf import settings

from delivery.integrations.base import Batch, Message, Outcome, Result, Transport, TransportError
from kernel import clock
from kernel.ids import new_id

ID = "message_id"
EXPLANATION = "explanation"
# OWASP ASVS 5.0, 1.2.10: a spreadsheet takes a cell that begins with one of these for a formula (the last four are
# the full-width twins).
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "\uff1d", "\uff0b", "\uff0d", "\uff20")


# A number does no harm, and a telephone number must stay one.
NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")


class CsvFile(Transport):
    """config: nothing is needed. The folder is DATA_DIR/deliveries/<brand>/<release>/."""

    kind: ClassVar[str] = "csv_file"
    batch_size: ClassVar[int] = 1000
    idempotent: ClassVar[bool] = False

    def prepare(self) -> None:
        """Make the brand's folder. Raises TransportError."""
        self._folder = Path(settings.DATA_DIR) / "deliveries" / str(self.brand_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise TransportError(f"the folder for deliveries cannot be made: {error}", permanent=False) from error

    def close(self) -> None:
        """Nothing is held open."""

    def path(self, release_id: UUID, number: int) -> Path:
        """Return where the file of one batch stands once it is handed over."""
        return self._folder / str(release_id) / f"people-{number:05d}.csv"

    def arrived(self, release_id: UUID, number: int) -> frozenset[UUID] | None:
        """Read the file of a batch: whoever stands in it was handed over, and nobody else.

        Where there is no file an empty one takes its name, so that a worker that was held up comes too late for good.
        """
        path = self.path(release_id, number)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            _place(path, table([]))
        with path.open(encoding="utf-8", newline="") as file:
            return frozenset(UUID(row[ID]) for row in csv.DictReader(file))

    def hand_over(self, batch: Batch, *, still: Callable[[UUID], bool] = lambda message_id: True) -> list[Result]:
        """Write the batch's file. It appears under its name when it is whole and on the disk."""
        left = [message for message in batch.messages if still(message.id)]
        path = self.path(batch.release_id, batch.number)
        if clock.now() >= batch.not_after or not left:
            return [Result(message.id, Outcome.NOT_SENT) for message in batch.messages]
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _place(path, table(left))
        except OSError as error:
            return [Result(message.id, Outcome.AGAIN, str(error)[:300]) for message in batch.messages]
        handed = {message.id for message in left}
        return [
            Result(message.id, Outcome.HANDED_OVER if message.id in handed else Outcome.NOT_SENT)
            for message in batch.messages
        ]


def table(messages: Iterable[Message]) -> bytes:
    """Return the file's bytes (RFC 4180, UTF-8): a header, one line a person. The same messages, the same bytes."""
    rows = [_row(message) for message in messages]
    header = [ID, *sorted({name for row in rows for name in row} - {ID})]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in header])
    writer.writerows([harmless(row.get(name, "")) for name in header] for row in rows)
    return out.getvalue().encode()


def harmless(value: str) -> str:
    """Return the value so that no spreadsheet runs it: a quote in front, line breaks and NULs taken out."""
    flat = value.replace("\x00", "").replace("\r", " ").replace("\n", " ")
    if NUMBER.fullmatch(value):
        return value
    return f"'{flat}" if value.startswith(DANGEROUS) or flat.lstrip().startswith(DANGEROUS) else flat


def _row(message: Message) -> dict[str, str]:
    row = {ID: str(message.id)}
    row |= {f"field_{name}": value for name, value in message.fields.items()}
    row |= {f"link_{name}": value for name, value in message.links.items()}
    row[EXPLANATION] = message.explanation
    return row | dict(message.address) | {name: value for name, value in message.content.items() if name == "subject"}


def _place(path: Path, content: bytes) -> None:
    """Bring the content to the disk under another name, then give it its own: a reader sees all of it or nothing.

    Raises FileExistsError where the name is taken: a batch's number is never used twice.
    """
    unfinished = path.with_name(f".{path.stem}-{new_id()}")
    try:
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link never replaces what is there (POSIX link(2)).
        os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
