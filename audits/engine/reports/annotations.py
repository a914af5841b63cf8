"""Findings as annotations that a code host shows beside the file (the workflow commands of GitHub Actions)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

LEVELS = {
    "violated": "error",
    "errored": "error",
    "judgement": "warning",
    "unanswered": "warning",
    "advised": "notice",
}


def workflow_commands(answers: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """One line for each finding and each invalid file, and one for each verdict that is not clear."""
    for answer in answers:
        name = answer["file"]
        if "error" in answer:
            error = answer["error"]
            told = f"{error['path'] or 'document'}: found {error['found']!r}, expected {error['expected']}"
            yield command("error", name, "Invalid registration", told, error.get("line", 1))
            continue
        for one in answer["findings"]:
            level = LEVELS[one["outcome"]] if one["side"] == "can" else "notice"
            cited = "; ".join(f"{c['law']} {c['article']}" for c in one["citations"])
            yield command(level, name, f"{one['title']} ({cited or one['rule']})", f"{one['message']} {one['remedy']}")
        should = answer["should"]
        level = {"blocked": "error", "needs_human": "warning", "clear": "notice"}[answer["verdict"]]
        yield command(
            level, name, "Verdict", f"{answer['verdict']}; light touch {should['score']} ({should['verdict']})"
        )


def command(level: str, name: str, title: str, message: str, line: int = 1) -> str:
    """One workflow command, escaped as these ask for."""
    return f"::{level} file={attribute(name)},line={line},title={attribute(title)}::{escaped(message)}"


def escaped(text: str) -> str:
    """Text inside a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def attribute(text: str) -> str:
    """Text inside an attribute of a workflow command."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
