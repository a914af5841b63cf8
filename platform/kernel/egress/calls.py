"""The calls themselves: to the addresses that were checked and to no others, within limits."""

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from types import TracebackType
from typing import Self

from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from kernel.egress.addresses import DEFAULT_PORTS, EgressFailed, Target, read_url, resolve

MAX_ANSWER = 1_000_000
"""Bytes of an answer's body that are read; a longer answer is an error."""
TIME_LIMIT = 30.0
"""Seconds from the first packet to the last byte of the answer, whatever trickles in between."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers with names in lower case, and at most `MAX_ANSWER` bytes of body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Session:
    """Calls that share what they can: each origin is resolved once, connected to, and kept for the session.

    Keep it short (one batch): what a name means may change. Not for use by several threads.
    """

    def __init__(self, *, time_limit: float = TIME_LIMIT, max_answer: int = MAX_ANSWER) -> None:
        self._time_limit, self._max_answer = time_limit, max_answer
        self._lines: dict[tuple[str, str, int], _Line] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body and return the answer, whatever its status. Raises EgressRefused, EgressFailed."""
        return self.request("POST", url, body=body, headers=headers)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a resource. Raises EgressRefused, EgressFailed."""
        return self.request("GET", url, body=None, headers=headers or {})

    def request(self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Make one call within the limits. Raises EgressRefused, EgressFailed."""
        target = read_url(url)
        key = (target.scheme, target.host, target.port)
        if key not in self._lines:
            self._lines[key] = _Line(target, resolve(target))
        line = self._lines[key]
        deadline = _Deadline(self._time_limit, line)
        try:
            return line.call(method, target.path, body, headers, deadline, self._max_answer)
        except BaseException:
            line.close()
            raise
        finally:
            deadline.cancel()


class _Line:
    """A connection to one origin, at the addresses that were checked and at no others."""

    def __init__(self, target: Target, addresses: list[str]) -> None:
        self._target, self._addresses = target, addresses
        self._connection: HTTPConnection | None = None

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        deadline: "_Deadline",
        max_answer: int,
    ) -> Answer:
        """Make one call. Raises EgressFailed."""
        connection = self._connected(deadline)
        sent = {**headers, "Host": self._host(), "Accept-Encoding": "identity", "User-Agent": "Lighttouch/1"}
        try:
            connection.timeout = deadline.left()
            connection.request(method, path, body=body, headers=sent, preload_content=False, decode_content=False)
            answer = connection.getresponse()
            content = answer.read(max_answer + 1)
        except (OSError, HTTPException, HTTPError) as error:
            why = _("it took too long") if deadline.passed else str(error) or type(error).__name__
            raise EgressFailed(f"{self._target.host}: {why}", sent=True) from error
        if deadline.passed:
            raise EgressFailed(f"{self._target.host}: " + _("it took too long"), sent=True)
        if len(content) > max_answer:
            raise EgressFailed(f"{self._target.host}: " + _("the answer is too long"), sent=True)
        # What says goodbye is not called again on the same connection.
        if answer.headers.get("Connection", "").lower() == "close":
            self.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers.items()}, content)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def shut(self) -> None:
        """End whatever waits on the connection, from another thread."""
        opened = self._connection.sock if self._connection is not None else None
        if opened is not None:
            with suppress(OSError):
                opened.shutdown(socket.SHUT_RDWR)

    def _host(self) -> str:
        named = f"[{self._target.host}]" if ":" in self._target.host else self._target.host
        usual = self._target.port == DEFAULT_PORTS[self._target.scheme]
        return named if usual else f"{named}:{self._target.port}"

    def _connected(self, deadline: "_Deadline") -> HTTPConnection:
        if self._connection is not None and self._connection.is_connected:
            return self._connection
        self.close()
        problem: Exception | None = None
        for address in self._addresses:
            self._connection = self._prepared(address, deadline.left())
            try:
                self._connection.connect()
                return self._connection
            except (OSError, HTTPError) as error:
                problem = error
        raise EgressFailed(f"{self._target.host}:{self._target.port}: {problem}", sent=False) from problem

    def _prepared(self, address: str, seconds: float) -> HTTPConnection:
        if self._target.scheme == "http":
            return HTTPConnection(address, self._target.port, timeout=seconds)
        # The certificate must be the name's, though the connection goes to an address.
        return HTTPSConnection(
            address,
            self._target.port,
            timeout=seconds,
            ssl_context=ssl.create_default_context(),
            server_hostname=self._target.host,
        )


class _Deadline:
    """Ends a call at its time limit, even one whose other side sends a byte now and then."""

    def __init__(self, seconds: float, line: _Line) -> None:
        self.passed = False
        self._ends, self._line = time.monotonic() + seconds, line
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    def left(self) -> float:
        """Return the seconds left, never quite none."""
        return max(0.05, self._ends - time.monotonic())

    def cancel(self) -> None:
        """The call is over."""
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        self._line.shut()
