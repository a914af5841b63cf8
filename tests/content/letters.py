"""Messages for tests: innocent newsletters in five languages, and registrations that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from audits.engine import Finding, Verdict, judge, load_packs
from facts import document
from tests.registrations import overlaid, registered

FOLDER = Path(__file__).parent / "newsletters"
DAY = date(2026, 11, 21)
LANGUAGES = ("en", "de", "fr", "es", "it")
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def newsletter(name: str) -> Mapping[str, str]:
    """One innocent newsletter, e.g. `de-guide`."""
    found: dict[str, str] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def with_words(lang: str, words: str) -> dict[str, str]:
    """The innocent guide in a language with a sentence more in both parts."""
    letter = dict(newsletter(f"{lang}-guide"))
    letter["html"] = letter["html"].replace("<p><a", f"<p>{words}</p>\n    <p><a", 1)
    letter["text"] += f"\n{words}\n"
    return letter


def judged(content: Mapping[str, Any], facts: Mapping[str, Any] | None = None) -> Verdict:
    """The verdict on the exemplary registration that carries a message."""
    base = overlaid({"campaign": {"countries": ["GB", "DE", "FR", "ES", "IT", "US"]}}, facts or {})
    return judge(document.parse(registered(base) | {"content": dict(content)}), packs=load_packs(), on=DAY, mend=False)


def seen(content: Mapping[str, Any], facts: Mapping[str, Any] | None = None) -> dict[str, Finding]:
    """What the checks of the message find, by their names."""
    return {one.rule: one for one in judged(content, facts).findings if one.pack == "Content"}
