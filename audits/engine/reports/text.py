"""The verdict in plain words, for people who plan campaigns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from audits.engine.countries import alike, by_country
from audits.engine.reports import touch
from audits.engine.reports.questions import questions
from facts.catalogue import Catalogue
from facts.words import gettext as _

WIDTH = 100
VERDICTS = {"clear": _("clear"), "needs_human": _("a person must decide"), "blocked": _("blocked")}
OUTCOMES = {
    "violated": _("Violated"),
    "judgement": _("For a person to judge"),
    "advised": _("Advised"),
    "errored": _("The rule failed (which blocks)"),
}


def text(answer: Mapping[str, Any], catalogue: Catalogue) -> str:
    """One file's verdict, or what is wrong with the file, as a few paragraphs."""
    if "error" in answer:
        return "\n".join(invalid(answer["file"], answer["error"]))
    lines = [*head(answer)]
    lines += findings(answer["findings"])
    lines += unanswered(answer["findings"])
    lines += questions(answer, catalogue)
    lines += touch.unblock(answer["can"])
    lines += touch.light_touch(answer["should"])
    lines += [
        _("Will fail from {day}: {title} ({rule})").format(day=one["from"], title=one["title"], rule=one["rule"])
        for one in answer["warnings"]
    ]
    lines.append(_("Asked: {count} rules, as of {day}.").format(count=answer["rules_asked"], day=answer["on"]))
    return "\n".join(lines)


def invalid(name: str, error: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a file."""
    yield _("{file}: not judged, because the document is invalid.").format(file=name)
    place = error["path"] or _("document")
    if "line" in error:
        place += _(", line {line}").format(line=error["line"])
    yield from wrapped(_("at {place}: found {found}, expected {expected}").format(
        place=place, found=shown(error["found"]), expected=error["expected"]))  # fmt: skip


def head(answer: Mapping[str, Any]) -> Iterator[str]:
    """The verdict in one line, and country by country where these differ."""
    should = answer["should"]
    yield f"{answer['file']}: {VERDICTS[answer['verdict']].upper()}"
    yield _("  CAN:    {verdict}").format(verdict=VERDICTS[answer["can"]["verdict"]])
    yield from by_countries(answer)
    yield _("  SHOULD: {band}, {score} of 100").format(band=should["verdict"], score=should["score"])


def by_countries(answer: Mapping[str, Any]) -> Iterator[str]:
    """A small table: where, what it can do there, and what decides. Left out where one row would say it all."""
    rows = alike(by_country(answer))
    names = [", ".join(row.countries) for row in rows]
    where = min(max(map(len, names), default=0), 24)
    what = max((len(VERDICTS[row.verdict]) for row in rows), default=0)
    for row, name in zip(rows, names, strict=True) if len(rows) > 1 else ():
        because = "; ".join(
            one["title"] + (f" ({cited['law']} {cited['article']})" if cited else "")
            for one in row.deciding
            for cited in [next(iter(one["citations"]), None)]
        )
        said = f"{VERDICTS[row.verdict]:{what}}" + (f"  {because}" if because else "")
        yield from wrapped_at(f"          {name:{where}}  ", said.rstrip())


def wrapped_at(start: str, sentence: str) -> list[str]:
    """A sentence after a heading, its further lines indented like the first."""
    return textwrap.wrap(
        sentence, WIDTH, initial_indent=start, subsequent_indent=" " * min(len(start) + 4, 40), drop_whitespace=True
    )


def findings(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each finding with its law, what was answered and what to do."""
    for one in found:
        if one["outcome"] == "unanswered":
            continue
        where = "" if one["scope"] == "campaign" else f" [{one['scope']}]"
        yield ""
        yield f"{OUTCOMES[one['outcome']]}: {one['title']}{where}"
        cited = "; ".join(f"{c['law']} {c['article']}" for c in one["citations"])
        places = ", ".join(one["countries"])
        if cited or places:
            yield "  " + " · ".join(part for part in (cited, places) if part)
        yield from wrapped(one["message"])
        yield from wrapped(_("To mend it: {remedy}").format(remedy=one["remedy"]))
        if one["checked"] == "memory":
            yield from wrapped(_("This rule was written from memory; its text has not been read yet."))


def unanswered(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The rules that wait for answers, a line each: nothing is held against anybody yet."""
    waiting = [one for one in found if one["outcome"] == "unanswered"]
    if waiting:
        yield ""
        yield _("Cannot be judged yet, because facts are unanswered:")
    for one in waiting:
        where = "" if one["scope"] == "campaign" else f" [{one['scope']}]"
        cited = "; ".join(f"{c['law']} {c['article']}" for c in one["citations"])
        yield f"  - {one['title']}{where}" + (f"  ({cited})" if cited else "")


def shown(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or _("none")
    return f"{value:g}" if isinstance(value, float) else str(value)


def wrapped(sentence: str) -> list[str]:
    """A sentence indented and broken at the width of the page."""
    return textwrap.wrap(sentence, WIDTH, initial_indent="  ", subsequent_indent="  ")
