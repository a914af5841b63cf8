"""Checks of what a message loads, where its links lead and which personal fields it prints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from audits.content.checks import Declared, Hit, tidy
from audits.content.markup import Link, Resource
from audits.content.reading import FIELD, OWN_LINKS, Message, Place, fields, foreign, host, site

OPENS = re.compile(
    r"(?:/(?:open|opens|o|pixel|beacon|wf/open|track/open|e/o|trk/o)(?:\.(?:gif|png|php|aspx))?(?:[/?]|$))"
    r"|(?:facebook\.com/tr\b)|(?:google-analytics\.com/)|(?:doubleclick\.net/)|(?:/(?:spacer|blank|pixel|1x1)\.gif\?)",
    re.IGNORECASE,
)
COUNTERS = re.compile(
    r"^(?:click|clicks|track|tracking|trk|links?|email|t|go)\d{0,2}\..{0,200}/(?:ls/)?(?:click|c|track|f/a|ct|trk|cl)[/?]"
    r"|list-manage\.com/track|sendgrid\.net/|mandrillapp\.com/track|hubspotlinks\.com|awstrack\.me|bit\.ly/|t\.co/|tinyurl\.com/",
    re.IGNORECASE,
)
MARKS = re.compile(
    r"[?&](?:mc_eid|_hsenc|_hsmi|vero_id|mkt_tok|ck_subscriber_id|wickedid|oly_enc_id|s_cid|fbclid|gclid)=", re.I
)
BARE = re.compile(
    r"\s{0,20}(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24})(?:/\S{0,300})?\s{0,20}", re.IGNORECASE
)


def is_pixel(one: Resource) -> bool:
    """Whether something that is loaded is there to report the opening."""
    return one.kind == "img" and bool(host(one.address)) and (one.pixel or bool(OPENS.search(one.address)))


def place(one: Resource) -> Place:
    """Where a resource stands."""
    return Place("html", one.line, one.address[:80], one.column)


def tracks_opens(message: Message, declared: Declared) -> Iterator[Hit]:
    """Images that nobody sees, where no tracking without consent is declared and not everybody agreed to tracking."""
    path = "campaign.message.open_tracking"
    if declared.answer(path) is False and not declared.tracking_agreed():
        for one in message.page.resources:
            if is_pixel(one):
                yield Hit("content.pixel", place(one), (path, "source.consent.uses"), {path: True})


def loads(message: Message, declared: Declared) -> Iterator[Hit]:
    """What comes from other sites than that of the landing page, and what is no mere text or image."""
    for one in message.page.resources:
        if one.kind not in ("img", "link"):
            yield Hit("content.active", place(one))
        elif message.host and host(one.address) and site(one.address) != message.host and not is_pixel(one):
            yield Hit("content.third-party", place(one))


def leads(message: Message, declared: Declared) -> Iterator[Hit]:
    """Links that count clicks, or that show one address and open another."""
    for part, link in message.links:
        where = Place(part, link.line, link.href[:80], link.column)
        bare = re.sub(r"^https?://", "", link.href, flags=re.IGNORECASE)
        if MARKS.search(link.href) or COUNTERS.search(bare[:400]):
            yield Hit("content.tracked-links", where)
        if part == "html" and disguised(link):
            said = f"{tidy(link.words)[:60]} → {link.href[:80]}"
            yield Hit("content.disguised-link", Place(part, link.line, said, link.column))


def disguised(link: Link) -> bool:
    """Whether a link shows the address of another site than the one that it opens."""
    shown = BARE.fullmatch(link.words[:400])
    return bool(shown and host(link.href) and "{{" not in link.href and site(f"//{shown.group(1)}") != site(link.href))


def personal(message: Message, declared: Declared) -> Iterator[Hit]:
    """Personal fields against those requested and used; fields that stand in addresses; what is no field."""
    for name in ("requested", "used"):
        path = f"campaign.data_used.{name}"
        answer = declared.answer(path)
        for found, where in fields(message) if answer is not None else ():
            if found not in answer:
                yield Hit(f"content.fields.{name}", where, (path,), {path: [*answer, found]})
    for where in foreign(message):
        yield Hit("content.fields.foreign", where)
    addresses = [Place(part, link.line, link.href, link.column) for part, link in message.links]
    addresses += [Place("html", one.line, one.address, one.column) for one in message.page.resources]
    for where in addresses:
        if any(name not in OWN_LINKS for name in FIELD.findall(where.quote[:2_000])):
            yield Hit("content.fields.leaking", replace(where, quote=where.quote[:80]))
