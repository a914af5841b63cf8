"""Tags and filters of the portal's templates."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import clock
from portal import tones
from portal.words import answer_label

register = template.Library()

TABLES = {
    "verdict": tones.VERDICTS,
    "can": tones.CAN,
    "alone": tones.ALONE,
    "should": tones.SHOULD,
    "outcome": tones.OUTCOMES,
    "case": tones.CASES,
    "release": tones.RELEASES,
    "source": tones.SOURCES,
    "pack": tones.PACKS,
    "work": tones.WORK,
}


@register.filter
def tone(word: object, table: str) -> tones.Tone:
    """Return how a word of the named table looks: `{% with v|tone:"verdict" as t %}`."""
    return tones.tone(TABLES[table], word)


@register.simple_tag
def badge(word: object, table: str, prefix: str = "") -> SafeString:
    """Return the badge of a word of the named table."""
    looks = tones.tone(TABLES[table], word)
    spin = " lt-spin" if looks.icon == "progress_activity" else ""
    return format_html(
        '<span class="lt-badge {}"><span class="material-symbols-outlined{}" aria-hidden="true">{}</span>{}{}</span>',
        looks.colour,
        spin,
        looks.icon,
        f"{prefix} " if prefix else "",
        looks.label,
    )


@register.filter
def ago(then: datetime | None) -> str:
    """Return how long ago something was, in one unit: "3 hours ago"."""
    if then is None:
        return ""
    minutes = int((clock.now() - then).total_seconds() // 60)
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    days = minutes // (24 * 60)
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}


@register.filter
def short(fingerprint: str) -> str:
    """Return the first twelve characters of a fingerprint."""
    return fingerprint[:12]


@register.filter
def slug(name: object) -> str:
    """Return a name as the id of an element: a finding's id has signs that an address would have to escape."""
    return "".join(sign if sign.isalnum() else "-" for sign in str(name))


@register.filter
def at(mapping: Any, key: object) -> Any:
    """Return what a mapping holds under a key, None where it holds nothing."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.filter
def percent(part: Any, whole: Any) -> float:
    """Return what share of the whole a part is, from 0 to 100."""
    return round(100 * float(part or 0) / float(whole), 2) if whole else 0.0


@register.filter
def web_address(url: object) -> str:
    """Return an address if a browser may follow it (http, https), else nothing."""
    text = str(url or "")
    return text if urlsplit(text).scheme in ("http", "https") else ""


@register.filter
def happened(verb: str) -> str:
    """Return a trail entry's verb in words: "case.changes_asked" becomes "Case: changes asked"."""
    subject, _dot, what = verb.partition(".")
    return f"{_(subject.replace('_', ' ').capitalize())}: {_(what.replace('_', ' '))}"


@register.filter
def label(value: str) -> str:
    """Return an answer's value in plain words."""
    return answer_label(value)
