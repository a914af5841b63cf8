"""The light touch in plain words: what weighs on people, what would make it light, what would unblock it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from facts.words import gettext as _

WIDTH = 100
MOST_LINES = 6
BANDS = {"light": _("light"), "mixed": _("mixed"), "heavy": _("heavy")}


def light_touch(should: Mapping[str, Any]) -> Iterator[str]:
    """What weighs on people, heaviest first, what limits the score, and the proposals; nothing for a light campaign."""
    heavy = [one for one in should["factors"] if one["points"] > 0]
    yield ""
    if should["verdict"] == "light" or not heavy:
        return
    yield _("What weighs on people:")
    for one in heavy[:MOST_LINES]:
        unknown = _(" (unanswered, so the worst is assumed)") if one["unknown"] else ""
        yield f"  {one['points']:>3}  {one['reason']}{unknown}"
    for cap in should["caps"]:
        yield _("       at most {limit}: {reason}").format(limit=cap["limit"], reason=cap["reason"])
    yield from proposals(_("To make it light:"), should["mend"], should.get("mend_note", ""))
    yield ""


def unblock(can: Mapping[str, Any]) -> Iterator[str]:
    """What would unblock a blocked campaign."""
    found, note = can.get("unblock", ()), can.get("unblock_note", "")
    if found or note:
        yield ""
        yield from proposals(_("To unblock it:"), found, note)


def proposals(title: str, found: Sequence[Mapping[str, Any]], note: str) -> Iterator[str]:
    """Proposals, a paragraph each, with what they reach."""
    if found or note:
        yield title
    for one in found:
        reached = _("score {before} → {after}, {band}").format(
            before=one["score_before"], after=one["score_after"], band=BANDS[one["band"]]
        )
        yield from wrapped(f"{one['words']} ({reached})", "  - ", "    ")
    yield from wrapped(note, "  ", "  ") if note else ()


def wrapped(sentence: str, first: str, rest: str) -> list[str]:
    """A sentence broken at the width of the page."""
    return textwrap.wrap(sentence, WIDTH, initial_indent=first, subsequent_indent=rest)
