"""Which addresses may be called: read strictly, resolved once, and on the public internet."""

import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from kernel.errors import DomainError

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
