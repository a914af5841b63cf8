"""The one way out. Everything that leaves the platform over HTTP leaves here.

A name is resolved once and the connection goes to the address that was checked, so that a second answer of the name
server changes nothing (DNS rebinding). Only global addresses are reached (OWASP ASVS 5.0, 1.3.6), but for what the
installation names in `settings.EGRESS_ALLOW` as host:port. No redirects, no proxies, limits on size and time.
"""

import ipaddress
import re
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
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from kernel.errors import DomainError

MAX_ANSWER = 1_000_000
"""Bytes of an answer's body that are read; a longer answer is an error."""
TIME_LIMIT = 30.0
"""Seconds from the first packet to the last byte of the answer, whatever trickles in between."""
DEFAULT_PORTS = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# IANA IPv4 Special-Purpose Address Registry (RFC 6890 and what came after), with multicast and the 6to4 relays.
_SPECIAL_IPV4 = [
    ipaddress.IPv4Network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
# Only 2000::/3 is global unicast (RFC 4291); these parts of it are special, or carry an IPv4 address inside.
_GLOBAL_IPV6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_IPV6 = [ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
_LOOKS_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


class EgressRefused(DomainError):
    """The address must not be called from here: nothing was sent, and trying again changes nothing."""

    code = "egress_refused"
    status = 422


class EgressFailed(Exception):
    """The call did not come to an answer. `sent` says whether the other side may have seen it."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers with names in lower case, and at most `MAX_ANSWER` bytes of body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was read and may be called: scheme, host as named, port, and the path with its query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def allowed(self) -> bool:
        """Whether the installation named this host and port: then it may be local, and without TLS."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" in settings.EGRESS_ALLOW


def is_global(address: Address) -> bool:
    """Say whether an address is on the public internet, and not special, local or another one in disguise."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _SPECIAL_IPV4)
    return address in _GLOBAL_IPV6 and not any(address in network for network in _SPECIAL_IPV6)


def read_url(url: str) -> Target:
    """Read a URL and refuse what is not plainly one of ours to call: https, or http where allowed by name.

    Raises EgressRefused for other schemes, user names, control characters, odd spellings of addresses and bad ports.
    """
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _refused(url, _("it holds characters that no URL may hold"))
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _refused(url, _("it cannot be read")) from None
    if parts.scheme not in DEFAULT_PORTS:
        raise _refused(url, _("only https is called"))
    if parts.username is not None or parts.password is not None:
        raise _refused(url, _("it carries a user name"))
    target = Target(
        parts.scheme, _host(url, parts), port if port is not None else DEFAULT_PORTS[parts.scheme], _path(parts)
    )
    if not 0 < target.port < 65536:
        raise _refused(url, _("its port is none"))
    if target.scheme == "http" and not target.allowed:
        raise _refused(url, _("only https is called"))
    return target


def check(url: str) -> None:
    """Refuse a URL that could never be called, when somebody enters it. Raises EgressRefused or EgressFailed."""
    resolve(read_url(url))


def resolve(target: Target) -> list[str]:
    """Return the addresses of a target, all of them fit to be called.

    Raises EgressRefused where one is not (a name that answers with both is a trap), EgressFailed where none is found.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise EgressFailed(f"{target.host} was not found: {error}", sent=False) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        if not target.allowed and ("%" in text or not is_global(ipaddress.ip_address(text))):
            raise _refused(target.host, _("it is no address on the public internet"))
    return addresses


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


def _host(url: str, parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    bracketed = "[" in parts.netloc
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if bracketed or len(host) > 253 or not _HOST.fullmatch(host):
            raise _refused(url, _("its host is no name and no address")) from None
        if _LOOKS_NUMERIC.fullmatch(host.rsplit(".", 1)[-1]):
            raise _refused(url, _("its address is spelled in an odd way")) from None
        return host
    if bracketed != (address.version == 6) or "%" in host:
        raise _refused(url, _("its address is spelled in an odd way"))
    return str(address)


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


def _refused(url: str, why: str) -> EgressRefused:
    return EgressRefused(
        _("%(url)s is not called: %(why)s.") % {"url": url[:200], "why": why},
        place="url",
        remedy=_("Name an https address on the public internet, or have the installation allow this host and port."),
    )
