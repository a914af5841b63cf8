"""E-mail addresses in the one form that a platform hashes."""

import re

from delivery.matching.errors import Unmatchable
from facts.words import gettext as _

LONGEST = 254
_LOCAL = re.compile(r"[^\s@\"(),:;<>\[\]\\\x00-\x1f\x7f]{1,64}")
_HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
_META = re.compile(r"[a-z0-9_.+-]+")
_SPACES = re.compile(r"\s+")
GMAIL = ("gmail.com", "googlemail.com")


def plain(text: str) -> str:
    """Trimmed and in lower case; the domain in ASCII (IDNA 2008). Raises Unmatchable where it is no address."""
    local, at, domain = _bare(text).strip().lower().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        raise Unmatchable(_("not an e-mail address"))
    domain = _ascii(domain)
    if not _HOST.fullmatch(domain) or len(local) + 1 + len(domain) > LONGEST:
        raise Unmatchable(_("the e-mail address has no usable domain"))
    return f"{local}@{domain}"


def _bare(text: str) -> str:
    """Without a comment in parentheses behind it, as in “jane@example.com (Jane)” (RFC 5322, 3.2.2)."""
    address, parenthesis, _comment = text.rstrip().rpartition("(")
    commented = parenthesis and text.rstrip().endswith(")") and address != address.rstrip() and "@" in address
    return address if commented else text


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain
    import idna

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise Unmatchable(_("the e-mail address has no usable domain")) from None


def without_tag(address: str) -> str:
    """Without the first plus sign of the mailbox's name and all that follows it."""
    local, _at, domain = address.rpartition("@")
    return _whole(local.partition("+")[0], domain)


def _whole(local: str, domain: str) -> str:
    if not local:
        raise Unmatchable(_("nothing is left of the mailbox's name"))
    return f"{local}@{domain}"


def mailbox(text: str, domains: tuple[str, ...]) -> str:
    """The address; at these domains, without dots and tag, for there they do not tell mailboxes apart."""
    address = plain(text)
    local, _at, domain = address.rpartition("@")
    if domain not in domains:
        return address
    return without_tag(_whole(local.replace(".", ""), domain))


def uid2(text: str) -> str:
    """UID2 and EUID: trimmed, lower case; at gmail.com alone without dots and tag."""
    return mailbox(text, GMAIL[:1])


def google(text: str) -> str:
    """Google (Data Manager API): white space inside is removed too; dots and tag at gmail.com and googlemail.com."""
    return mailbox(_SPACES.sub("", _bare(text)), GMAIL)


def meta(text: str) -> str:
    """Meta: trimmed of white space and full stops, lower case, nothing else; its address has ASCII letters alone."""
    address = plain(_bare(text).strip(" \t\r\n\0\x0b."))
    if not _META.fullmatch(address.rpartition("@")[0]):
        raise Unmatchable(_("Meta takes no such character in an e-mail address"))
    return address


def tiktok(text: str) -> str:
    """TikTok: no white space, lower case, and at every domain without the tag; it begins with a letter or digit."""
    address = without_tag(plain(_SPACES.sub("", _bare(text))))
    if not address[0].isalnum():
        raise Unmatchable(_("TikTok wants an address that begins with a letter or digit"))
    return address
