"""The live verdict beside a form: what is declared, judged as it stands. Pure; it has no effect and keeps nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from audits import packs_in_use
from audits.engine import judge
from facts import document


def judge_draft(campaign_document: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return the verdict on a registration document as of a day, by what it declares alone.

    The form is that of the registration format. A document that cannot be judged gets `{"error": {path, found,
    expected}}`, and never a verdict.
    """
    try:
        registration = document.parse(campaign_document)
    except document.InvalidDocument as error:
        return {"error": error.as_dict()}
    return judge(registration, packs=packs_in_use(), on=on).as_dict()
