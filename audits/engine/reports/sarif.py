"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audits.engine.packs import Packs, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"violated": "error", "errored": "error", "judgement": "warning", "unanswered": "warning", "advised": "note"}


def sarif(answers: Sequence[Mapping[str, Any]], packs: Packs) -> dict[str, Any]:
    """One run with every rule that found something, every finding, and a notification for each invalid file."""
    results = [result(answer["file"], one) for answer in answers for one in answer.get("findings", ())]
    spoken = {one["ruleId"] for one in results}
    known = {rule.id: rule for pack in packs.packs for rule in pack.rules}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "lighttouch",
                        "rules": [descriptor(identifier, known.get(identifier)) for identifier in sorted(spoken)],
                    }
                },
                "invocations": [
                    {
                        "executionSuccessful": not any("error" in answer for answer in answers),
                        "toolExecutionNotifications": [notification(answer) for answer in answers if "error" in answer],
                    }
                ],
                "results": results,
                "properties": {
                    "verdicts": {answer["file"]: answer["verdict"] for answer in answers if "verdict" in answer}
                },
            }
        ],
    }


def descriptor(identifier: str, rule: Rule | None) -> dict[str, Any]:
    """What SARIF says about a rule; findings of the engine itself have no rule in a pack."""
    if rule is None:
        return {"id": identifier}
    described: dict[str, Any] = {
        "id": identifier,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.remedy},
    }
    url = next((citation.url for citation in rule.citations if citation.url), None)
    return described | ({"helpUri": url} if url else {})


def result(name: str, finding: Mapping[str, Any]) -> dict[str, Any]:
    """One finding."""
    cited = "; ".join(f"{c['law']} {c['article']}" for c in finding["citations"])
    return {
        "ruleId": finding["rule"],
        "level": LEVELS[finding["outcome"]] if finding["side"] == "can" else "note",
        "message": {"text": f"{finding['message']} {finding['remedy']}" + (f" ({cited})" if cited else "")},
        "locations": [location(name, 1, finding["scope"])],
        "properties": {"outcome": finding["outcome"], "countries": finding["countries"], "facts": finding["facts"]},
    }


def notification(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What is wrong with an invalid file."""
    error = answer["error"]
    told = f"{error['path'] or 'document'}: found {error['found']!r}, expected {error['expected']}"
    return {
        "level": "error",
        "message": {"text": told},
        "locations": [location(answer["file"], error.get("line", 1), error["path"])],
    }


def location(name: str, line: int, logical: str) -> dict[str, Any]:
    """A place in a file."""
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": name}, "region": {"startLine": line}}}
    return place | ({"logicalLocations": [{"fullyQualifiedName": logical}]} if logical else {})
