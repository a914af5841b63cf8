"""Reading request bodies: JSON's data types only, each key once, and no text that the database cannot hold."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 32


class JsonBody(BaseParser):
    """A JSON body (RFC 8259), read strictly."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the decoded body. Raises ParseError (a 400) with the reason."""
        return plain(_decoded(text_of(stream)))


def decoded(body: bytes) -> Any:
    """Return decoded JSON, read as strictly as a request's body. Raises ParseError."""
    return plain(_decoded(_text(body)))


def text_of(stream: IO[Any]) -> str:
    """Return the body as text. Raises ParseError where it is not UTF-8."""
    return _text(stream.read())


def _text(body: bytes) -> str:
    try:
        return str(body, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error


def _decoded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise ParseError(
            _("The body is not JSON: %(reason)s (line %(line)s, column %(column)s).")
            % {"reason": error.msg, "line": error.lineno, "column": error.colno}
        ) from error
    except (RecursionError, ValueError) as error:
        raise ParseError(_("The body holds values that are too deep or too long.")) from error


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for index, key in enumerate(keys) if key in keys[:index])
        raise ParseError(_("The key “%(key)s” stands twice in one object.") % {"key": twice[:80]})
    return found


def _refuse(name: str) -> None:
    raise ParseError(_("%(name)s is no JSON number.") % {"name": name})


def plain(data: Any) -> Any:
    """Return decoded data unchanged. Raises ParseError on depth over 32 and on text that is not storable Unicode."""
    waiting = [(data, 1)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ParseError(_("The body is nested too deeply."))
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict):
            waiting.extend((one, depth + 1) for pair in value.items() for one in pair)
        elif isinstance(value, list):
            waiting.extend((one, depth + 1) for one in value)
    return data


def _check_text(text: str) -> None:
    if "\0" in text or any("\ud800" <= one <= "\udfff" for one in text):
        raise ParseError(_("The body holds a character that cannot be stored (NUL or half of a surrogate pair)."))
