"""Checks of the mail's headers as registered: who it says it is from, where answers go, how it is stopped.

Well formed means: `From` and `Reply-To` one mailbox each (RFC 5322, 3.4), `List-Unsubscribe` addresses in angle
brackets (RFC 2369, 3.2), and for one click an https address among them beside
`List-Unsubscribe-Post: List-Unsubscribe=One-Click` (RFC 8058, 3.1). Where no header is registered, the integration
writes them and nothing is said about them here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from audits.content.checks import Declared, Hit
from audits.content.reading import Message, Place
from facts.checking import HEADERS

MAILBOX = re.compile(
    r"(?:(?P<name>\"[^\"]{0,200}\"\s{0,20}|[^<>\"@,;]{0,200})<(?P<address>[^<>\s@,;]{1,64}@[^<>\s@,;]{1,255})>"
    r"|(?P<bare>[^<>\"\s@,;]{1,64}@[^<>\"\s@,;]{1,255}))"
)
DOMAIN = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,10}[^\W\d_]{2,63}")
LISTED = re.compile(r"<\s{0,20}([^<>\s]{1,900})\s{0,20}>")
COMMENT = re.compile(r"\([^()]{0,300}\)")
SCHEMES = ("https://", "http://", "mailto:", "{{unsubscribe_url}}", "{{preferences_url}}")
ONE_CLICK = "list-unsubscribe=one-click"
NO_REPLY = re.compile(
    r"^(?:no|non|do-?not|ne-?pas|nicht|keine?)[-_.]?(?:reply|replies|repl[iy]es?|repond(?:re|ez)|antwort(?:en)?|respond(?:er|a|as)|rispondere|risposta)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Mailbox:
    """Who a header names: the words for people, and the address."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """The part behind the @."""
        return self.address.rpartition("@")[2]


def mailbox(header: str) -> Mailbox | None:
    """The one mailbox that a header holds; None where it is none."""
    found = MAILBOX.fullmatch(header.strip())
    if found is None:
        return None
    address = found.group("address") or found.group("bare")
    box = Mailbox((found.group("name") or "").strip().strip('"').strip(), address)
    return box if DOMAIN.fullmatch(box.domain) else None


def listed(header: str) -> tuple[str, ...]:
    """The addresses of a List-Unsubscribe header; none where it is not well formed."""
    entries = [one.strip() for one in COMMENT.sub(" ", header).split(",")]
    found = [LISTED.fullmatch(one) for one in entries]
    addresses = tuple(one.group(1) for one in found if one)
    right = len(addresses) == len(entries) and all(
        one.replace(" ", "").lower().startswith(SCHEMES) for one in addresses
    )
    return addresses if right else ()


def one_click(message: Message) -> bool:
    """Whether the headers let people stop it with one click."""
    addresses = listed(message.content.get("list_unsubscribe", ""))
    return any(map(posted_to, addresses)) and says_one_click(message)


def posted_to(address: str) -> bool:
    """Whether one click can be sent to an address. The platform's own way out is https."""
    return address.lower().startswith(("https://", "{{unsubscribe_url}}"))


def says_one_click(message: Message) -> bool:
    """Whether List-Unsubscribe-Post says what it has to say."""
    return "".join(message.content.get("list_unsubscribe_post", "").split()).lower() == ONE_CLICK


def names_brand(message: Message, brand: str) -> bool:
    """Whether the sender's line names the brand, in its words or in its domain."""
    box = mailbox(message.content.get("from", ""))
    words = brand.casefold().split()
    if box is None or not words:
        return False
    shown, domain = box.name.casefold(), box.domain.casefold()
    squeezed = re.sub(r"[\W_]", "", "".join(words))
    return (
        " ".join(words) in shown
        or words[0] in re.split(r"[\W_]+", shown)
        or words[0] in re.split(r"[.-]", domain)
        or squeezed in re.sub(r"[\W_]", "", domain)
    )


def refuses_answers(message: Message) -> Place | None:
    """The header by which answers go nowhere: that of `Reply-To`, without it that of `From`."""
    part = "reply_to" if message.content.get("reply_to") else "from"
    box = mailbox(message.content.get(part, ""))
    return Place(part, 1, box.address) if box and NO_REPLY.match(box.address) else None


def unnamed(message: Message, declared: Declared) -> Iterator[Hit]:
    """Whether subject or body names the brand, where no readable sender's line is registered."""
    path, name = "campaign.message.sender_identified", declared.brand.casefold().split()
    if declared.answer(path) is not True or not name or not message.bodies or not declared.mail:
        return
    if mailbox(message.content.get("from", "")):
        return
    said = (prose.text.casefold() for prose in message.prose.values())
    if not any(" ".join(name) in text or name[0] in text.split() for text in said):
        yield Hit("content.sender", reads=(path,), shows={path: False})


def quoted(message: Message, part: str) -> Place:
    """A header as a place."""
    return Place(part, 1, message.content.get(part, "")[:120])


def sender(message: Message, declared: Declared) -> Iterator[Hit]:
    """Whether `From` and `Reply-To` can be read, name the brand, and take answers as is declared."""
    for part in ("from", "reply_to"):
        if message.content.get(part) and mailbox(message.content[part]) is None:
            yield Hit("content.from.malformed", quoted(message, part))
    path = "campaign.message.sender_identified"
    readable = mailbox(message.content.get("from", "")) is not None and declared.brand
    if declared.answer(path) is True and readable and not names_brand(message, declared.brand):
        yield Hit("content.from.other", quoted(message, "from"), (path,), {path: False})
    path = "campaign.message.reply_path"
    where = refuses_answers(message)
    if where is not None and declared.answer(path) == "read_by_people":
        yield Hit("content.no-reply", where, (path,), {path: "no_reply"})


def stopping(message: Message, declared: Declared) -> Iterator[Hit]:
    """Whether `List-Unsubscribe` and `List-Unsubscribe-Post` are there and well formed."""
    if not declared.email or not declared.marketing:
        return
    path = "campaign.message.unsubscribe"
    header, post = (message.content.get(part, "") for part in ("list_unsubscribe", "list_unsubscribe_post"))
    promised = declared.answer(path) == "one_click"
    addresses = listed(header)
    if not header and (post or (promised and any(message.content.get(one) for one in HEADERS))):
        yield Hit("content.list-unsubscribe.missing", reads=(path,))
    elif header and not addresses:
        yield Hit("content.list-unsubscribe.malformed", quoted(message, "list_unsubscribe"), (path,))
    elif header and (post or promised):
        shows = {path: "link"} if promised else {}
        if not any(map(posted_to, addresses)):
            yield Hit("content.list-unsubscribe.https", quoted(message, "list_unsubscribe"), (path,), shows)
        if not says_one_click(message):
            part = "list_unsubscribe_post" if post else "list_unsubscribe"
            yield Hit("content.list-unsubscribe.post", quoted(message, part), (path,), shows)
