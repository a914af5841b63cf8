"""What of a verdict stands in the way of an approval, and what an officer must answer in her own words."""

from collections.abc import Mapping
from typing import Any

BLOCKING = frozenset({"violated", "errored"})
OPEN = frozenset({"judgement", "unanswered", "errored"})
LIGHT_TOUCH = "light-touch"
"""The place of the reason for approving what is heavy."""

Finding = Mapping[str, Any]


def finding_id(finding: Finding) -> str:
    """Return what a finding is known by in its verdict: its rule and its scope, e.g. `a.1@source:shop`."""
    return f"{finding['rule']}@{finding['scope']}"


def can_verdict(verdict: Mapping[str, Any]) -> str:
    """Return the CAN verdict; what is missing is blocked."""
    return str((verdict.get("can") or {}).get("verdict", "blocked"))


def is_heavy(verdict: Mapping[str, Any]) -> bool:
    """Say whether the light touch is heavy; what is missing is heavy."""
    return (verdict.get("should") or {}).get("verdict", "heavy") not in ("light", "mixed")


def blocking(verdict: Mapping[str, Any]) -> list[Finding]:
    """Return the findings that block by law: no reason answers them."""
    return [one for one in verdict.get("findings", ()) if one["side"] == "can" and one["outcome"] in BLOCKING]


def to_answer(verdict: Mapping[str, Any]) -> dict[str, str]:
    """Return what an approval must give a written reason for, each: id → what it is about."""
    asked = {
        finding_id(finding): str(finding.get("title") or finding["message"])
        for finding in verdict.get("findings", ())
        if finding["outcome"] in OPEN
    }
    return asked | ({LIGHT_TOUCH: LIGHT_TOUCH} if is_heavy(verdict) else {})
