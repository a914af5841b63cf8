"""Opening a file of people: its encoding, delimiter and records with their lines. Nothing is held in memory."""

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from kernel.errors import Invalid

SAMPLE_BYTES = 64 * 1024
BLOCK = 1024 * 1024
DELIMITERS = ",;\t|"
LONGEST_VALUE = 100_000
MOST_COLUMNS = 500
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnreadableFile(Invalid):
    """The file is no table of text that can be read to its end."""

    code = "unreadable_file"


@dataclass(frozen=True, slots=True)
class Form:
    """How a file is written. `guessed` is True where the encoding is a guess: accents may be wrong."""

    encoding: str
    guessed: bool
    delimiter: str
    headers: list[str]


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the line on which it begins (the header is line 1) and its values."""

    line: int
    values: list[str]


def form_of(path: Path) -> Form:
    """Return how the file is written. Raises UnreadableFile."""
    encoding, guessed = _encoding(path)
    with path.open(encoding=encoding, newline="") as text:
        try:
            sample = text.read(SAMPLE_BYTES)
        except UnicodeError:
            raise UnreadableFile(_("The file is not text."), place="file") from None
    delimiter = _delimiter(sample)
    try:
        first = next(csv.reader(sample.splitlines(keepends=True), delimiter=delimiter), [])
    except csv.Error:
        first = []
    return Form(encoding, guessed, delimiter, _headers(first))


@contextmanager
def records(path: Path, form: Form, *, skip: int = 0) -> Iterator[Iterator[Record]]:
    """Open the file and give its records after the header, `skip` of them left out. Empty lines are no records.

    Raises UnreadableFile while it is read, e.g. where a quotation mark is never closed.
    """
    csv.field_size_limit(LONGEST_VALUE)
    with path.open(encoding=form.encoding, newline="") as text:
        yield _records(text, form, skip)


def _records(text: TextIO, form: Form, skip: int) -> Iterator[Record]:
    reader = csv.reader(text, delimiter=form.delimiter)
    line = 1
    try:
        next(reader, None)
        line = reader.line_num + 1
        for values in reader:
            if values and any(values):
                if skip:
                    skip -= 1
                else:
                    yield Record(line, values)
            line = reader.line_num + 1
    except (csv.Error, UnicodeError) as error:
        raise UnreadableFile(
            _("The file cannot be read on from line %(line)s: %(why)s.") % {"line": line, "why": error},
            place=f"line {line}",
            remedy=_("Look for a quotation mark that is not closed."),
        ) from error


def rows_about(path: Path) -> int:
    """Return about how many rows the file has, from its line ends; for a progress bar, not for a report."""
    with path.open("rb") as file:
        lines = sum(block.count(b"\n") for block in iter(lambda: file.read(BLOCK), b""))
    return max(lines - 1, 0)


def _encoding(path: Path) -> tuple[str, bool]:
    with path.open("rb") as file:
        start = file.read(4096)
    for bom, name in BOMS:
        if start.startswith(bom):
            return name, False
    if b"\x00" in start:
        # Without a byte order mark: in text of Latin letters every second byte of UTF-16 is zero.
        return ("utf-16-le" if start[1::2].count(0) > start[0::2].count(0) else "utf-16-be"), True
    for name in ("utf-8", "cp1252"):
        if _decodes(path, name):
            return name, name != "utf-8"
    return "latin-1", True


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            for block in iter(lambda: file.read(BLOCK), b""):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _delimiter(sample: str) -> str:
    """Return the delimiter that cuts the first lines into the most columns of an equal number."""
    lines = sample.splitlines(keepends=True)[:20]
    if len(sample) == SAMPLE_BYTES and len(lines) > 1:
        lines = lines[:-1]
    return max(DELIMITERS, key=lambda one: _fit(lines, one))


def _fit(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return 0, 0
    if not widths or widths[0] < 2:
        return 0, 0
    return widths.count(widths[0]), widths[0]


def _headers(first: list[str]) -> list[str]:
    if not first or not any(one.strip() for one in first):
        raise UnreadableFile(_("The file has no first line that names its columns."), place="file")
    if len(first) > MOST_COLUMNS:
        raise UnreadableFile(_("The file has more than 500 columns."), place="file")
    if any("@" in one for one in first):
        raise UnreadableFile(
            _("The first line holds a person, not the names of the columns."),
            place="line 1",
            remedy=_("Put a line with the names of the columns on top."),
        )
    headers: list[str] = []
    for number, one in enumerate(first, start=1):
        name = one.strip() or _("column %(number)s") % {"number": number}
        headers.append(name if name not in headers else f"{name} ({number})")
    return headers
