"""The verdict in forms for readers and tools: text, JSON, SARIF, annotations of a code host."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from audits.engine.packs import Packs


def render(answers: Sequence[dict[str, Any]], form: str, packs: Packs) -> str:
    """Render the answers of `lighttouch check` as text, json, sarif or github."""
    if form == "json":
        return json.dumps(list(answers), indent=2, ensure_ascii=False)
    if form == "sarif":
        from audits.engine.reports.sarif import sarif

        return json.dumps(sarif(answers, packs), indent=2, ensure_ascii=False)
    if form == "github":
        from audits.engine.reports.annotations import workflow_commands

        return "\n".join(workflow_commands(answers))
    from audits.engine.reports.text import text

    return "\n\n".join(text(answer, packs.catalogue) for answer in answers)
