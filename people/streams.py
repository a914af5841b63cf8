"""A stream of consent events: read line by line, recorded by the thousand, answered in short.

Memory holds one part at a time, however long the stream. The answer is so small that a client which reads it only after
it has sent everything cannot bring both ends to a halt.
"""

import io
import json
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from kernel import bodies
from kernel.errors import DomainError, Invalid
from kernel.tenancy import brand_context

NDJSON = "application/x-ndjson"
PART = 2_000
LONGEST_LINE = 64 * 1024
REFUSALS_TOLD = 1_000
_PIECE = 256 * 1024

log = logging.getLogger(__name__)
Take = Callable[[Sequence[Any]], list[dict[str, Any]]]


class LineTooLong(Invalid):
    """One line of the stream is longer than 64 KiB."""

    code = "line_too_long"


class BrokenStream(Invalid):
    """The stream says that it is compressed by gzip and is not, or ends in the middle."""

    code = "broken_stream"


class Untouched(BaseParser):
    """Leave the body where it is: it is read while it is worked on."""

    media_type = NDJSON

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the stream itself."""
        return stream


class PartBody(serializers.Serializer[Any]):
    """One line of the answer: what came of the lines since the one before; the last one says `complete`."""

    lines = serializers.IntegerField(help_text=gettext_lazy("Lines read so far."))
    recorded = serializers.IntegerField()
    known = serializers.IntegerField()
    refused = serializers.IntegerField()
    problems = serializers.ListField(
        help_text=gettext_lazy("What was refused, by line; the first 1,000 of the stream."), required=False
    )
    complete = serializers.BooleanField(required=False)
    problem = serializers.DictField(required=False)


@dataclass(slots=True)
class _Totals:
    lines: int = 0
    recorded: int = 0
    known: int = 0
    refused: int = 0

    def told(self, **more: Any) -> bytes:
        told = {"lines": self.lines, "recorded": self.recorded, "known": self.known, "refused": self.refused}
        return json.dumps(told | more, default=str).encode() + b"\n"


class LengthNeeded(DomainError):
    """The request does not say how long it is (RFC 9110, 15.5.12)."""

    code = "length_needed"
    status = 411


class AnyAccept(BaseContentNegotiation):
    """Answer alike whatever the request says it accepts: there is one form of the answer."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """Choose by the body's media type."""
        return DefaultContentNegotiation().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None) -> Any:
        """Choose the first, which writes errors; the answer itself is a stream."""
        first = next(iter(renderers))
        return first, first.media_type


def lines_of(request: Request) -> Iterator[bytes]:
    """Return the body's lines as they arrive. Raises LengthNeeded; LineTooLong and BrokenStream while it is read."""
    stream = request.stream
    if stream is None and "Content-Length" not in request.headers:
        raise LengthNeeded(
            _("The request does not say how long the stream is."),
            place="Content-Length",
            remedy=_("Send Content-Length: send a file as a whole, or in parts of a known length."),
        )
    body: Any = request.data if stream is not None else io.BytesIO()
    pieces = iter(lambda: body.read(_PIECE), b"")
    if request.headers.get("Content-Encoding", "").strip().lower() == "gzip":
        pieces = _unpacked(pieces)
    return _lines(pieces)


def answer(lines: Iterable[bytes], *, brand_id: UUID, take: Take) -> Iterator[bytes]:
    """Record the lines part by part, each part in a transaction of its own, and tell what came of each part."""
    totals, source = _Totals(), iter(lines)
    try:
        while part := list(islice(source, PART)):
            problems = _take_part(part, totals, brand_id, take)
            yield totals.told(**({"problems": problems} if problems else {}))
    except DomainError as error:
        problem = {"detail": str(error), "remedy": _("What was told before is recorded. Send the stream again.")}
        yield totals.told(complete=False, problem=problem)
        return
    except Exception:
        log.exception("a stream of consent events ended after line %s", totals.lines)
        problem = {"detail": _("An error of the platform."), "remedy": _("Send the stream again: nothing is doubled.")}
        yield totals.told(complete=False, problem=problem)
        return
    yield totals.told(complete=True)


def _take_part(part: Sequence[bytes], totals: _Totals, brand_id: UUID, take: Take) -> list[dict[str, Any]]:
    decoded = [_decoded(line) for line in part]
    good = {n: one for n, one in enumerate(decoded) if not isinstance(one, _Unreadable)}
    with brand_context(brand_id):
        results = dict(zip(good, take(list(good.values())), strict=True)) if good else {}
    problems = []
    for n, one in enumerate(decoded):
        result = results.get(n) or {"status": "refused", "problem": {"detail": str(one)}}
        status = result["status"]
        setattr(totals, status, getattr(totals, status) + 1)
        if status == "refused" and totals.refused <= REFUSALS_TOLD:
            problems.append({"line": totals.lines + n + 1, **result})
    totals.lines += len(part)
    return problems


class _Unreadable(str):
    """Why a line could not be decoded."""

    __slots__ = ()


def _decoded(line: bytes) -> Any:
    try:
        return bodies.decoded(line)
    except ParseError as error:
        return _Unreadable(error.detail)


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut at line ends; lines of nothing but space count for nothing."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            yield from _checked(line)
        if len(rest) > LONGEST_LINE:
            raise LineTooLong(_("A line is longer than 64 KiB."), place=rest[:40].decode(errors="replace"))
    yield from _checked(rest)


def _checked(line: bytes) -> Iterator[bytes]:
    if len(line) > LONGEST_LINE:
        raise LineTooLong(_("A line is longer than 64 KiB."), place=line[:40].decode(errors="replace"))
    if line.strip():
        yield line


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Undo gzip (RFC 1952), never more than a piece at a time: a small bomb must not become large memory."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        for piece in pieces:
            while piece:
                yield unpacker.decompress(piece, _PIECE)
                piece = unpacker.unconsumed_tail
    except zlib.error as error:
        raise BrokenStream(_("The stream is not gzip, or is damaged.")) from error
    if not unpacker.eof:
        raise BrokenStream(_("The stream ends in the middle of its compressed data."))
