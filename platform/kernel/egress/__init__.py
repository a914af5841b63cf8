"""The one way out. Everything that leaves the platform over HTTP leaves here.

A name is resolved once and the connection goes to the address that was checked, so that a second answer of the name
server changes nothing (DNS rebinding). Only global addresses are reached (OWASP ASVS 5.0, 1.3.6), but for what the
installation names in `settings.EGRESS_ALLOW` as host:port. No redirects, no proxies, limits on size and time.
"""

from kernel.egress.addresses import EgressFailed, EgressRefused, Target, check, is_global, read_url, resolve
from kernel.egress.calls import MAX_ANSWER, TIME_LIMIT, Answer, Session

__all__ = [
    "MAX_ANSWER",
    "TIME_LIMIT",
    "Answer",
    "EgressFailed",
    "EgressRefused",
    "Session",
    "Target",
    "check",
    "is_global",
    "read_url",
    "resolve",
]
