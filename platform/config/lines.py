"""Commands that answer line by line: one JSON object for every line of the input, whatever bytes it is made of."""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from facts.words import gettext as _
from kernel.errors import DomainError


def answer_lines(answer: Callable[[str], dict[str, Any]], *, longest: int) -> None:
    """Read standard input and print one object a line: what `answer` says, or why it refused.

    A line ends with a line feed (a carriage return before it belongs to the end); an empty line is an empty value. Of a
    line longer than `longest` bytes no more than that is kept in memory; it is refused.
    """
    for line in _lines(sys.stdin.buffer, longest):
        told = {"ok": False, "error": _("a line too long to be read")} if line is None else _answered(answer, line)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()


def _answered(answer: Callable[[str], dict[str, Any]], line: bytes) -> dict[str, Any]:
    try:
        return {"ok": True, **answer(line.decode("utf-8"))}
    except UnicodeDecodeError:
        return {"ok": False, "error": _("not UTF-8")}
    except DomainError as error:
        return {"ok": False, "error": str(error)}


def _lines(stream: BinaryIO, longest: int) -> Iterator[bytes | None]:
    """The lines without their ends; None for one of more than `longest` bytes, the rest of which is passed over."""
    room = longest + 2
    while line := stream.readline(room):
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        yield text if len(text) <= longest else None
        while not line.endswith(b"\n") and len(line) == room:
            room, line = 1 << 16, stream.readline(1 << 16)
        room = longest + 2
