"""What the checks of a message saw, in the language of the page, and the answers that it offers to open questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from facts.catalogue import load
from facts.checking import HEADERS
from portal.words import in_words

PARTS: dict[str, Promise] = {
    "subject": gettext_lazy("subject"),
    "landing_url": gettext_lazy("where it leads"),
    "html": gettext_lazy("HTML"),
    "text": gettext_lazy("plain text"),
    "message": gettext_lazy("the message"),
    "from": gettext_lazy("sender (From)"),
    "reply_to": gettext_lazy("answers (Reply-To)"),
    "list_unsubscribe": gettext_lazy("List-Unsubscribe"),
    "list_unsubscribe_post": gettext_lazy("List-Unsubscribe-Post"),
}
"""The parts of a message, as people call them."""

ONE_LINE = frozenset({"subject", "landing_url", *HEADERS})


@dataclass(frozen=True)
class Offer:
    """An open question that the message answers. `typed` are the values that the form's field takes for it."""

    path: str
    ask: str
    answer: str
    typed: tuple[str, ...]
    where: str


def told(shows: Mapping[str, Any]) -> list[str]:
    """Say what a check saw: its own sentence, the places, what is declared against what the message shows."""
    parts = [_(str(shows["says"]))]
    if places := shows.get("places"):
        words = "; ".join(place_in_words(one) for one in places)
        if more := shows.get("more"):
            words += " " + ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more}
        parts.append(_("In the message: %(places)s.") % {"places": words})
    for one in shows.get("contradicts", ()):
        parts.append(
            _("“%(question)s” Declared: %(declared)s. The message: %(message)s.")
            % {
                "question": _asked(one["fact"]),
                "declared": in_words(one["declared"]),
                "message": in_words(one["message"]),
            }
        )
    return parts


def offers(shows: Mapping[str, Any]) -> tuple[Offer, ...]:
    """Return the answers that a message offers to open questions."""
    return tuple(
        Offer(
            one["fact"],
            _asked(one["fact"]),
            in_words(one["value"]),
            _typed(one["value"]),
            place_in_words(one["place"]) if one["place"] else "",
        )
        for one in shows.get("proposes", ())
    )


def place_in_words(place: Mapping[str, Any]) -> str:
    """Return a place of a message in words: “HTML, line 12, column 8: “Only 2 left””."""
    part = str(PARTS.get(place["part"], place["part"]))
    if place["part"] not in ONE_LINE:
        part = _("%(part)s, line %(line)d, column %(column)d") % {
            "part": part,
            "line": place["line"],
            "column": place["column"],
        }
    return f"{part}: “{place['quote']}”" if place["quote"] else part


def _asked(path: str) -> str:
    fact = load().get(path)
    return _(fact.ask) if fact else path


def _typed(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)
