"""The live verdict beside a form: what is declared, judged as it stands. Pure; it has no effect and keeps nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from audits import packs_in_use
from audits.engine import judge, judge_source
from audits.house.faults import PackFault
from facts import document
from tenants.queries import bands_of


def judge_draft(campaign_document: Mapping[str, Any], on: date, brand_id: UUID | None = None) -> dict[str, Any]:
    """Return the verdict on a registration document as of a day, by what it declares alone.

    With a brand its own house packs judge, too, and its bands of the light touch count. The form is that of the
    registration format. What cannot be judged gets `{"error": {path, found, expected}}`, and never a verdict.
    """
    try:
        registration = document.parse(campaign_document)
    except document.InvalidDocument as error:
        return {"error": error.as_dict()}
    try:
        packs = packs_in_use(brand_id)
    except PackFault as fault:
        return _unreadable(fault)
    bands = bands_of(brand_id) if brand_id else None
    return judge(registration, packs=packs, on=on, bands=bands).as_dict()


def judge_source_draft(
    source: Mapping[str, Any],
    *,
    brand: Mapping[str, Any],
    countries: tuple[str, ...],
    on: date,
    brand_id: UUID | None = None,
) -> dict[str, Any]:
    """Return what the rules say about a data source alone as of a day, for people in `countries`.

    `source` (with its `key`) and `brand` are as in a registration document; with `brand_id` that brand's house packs
    judge, too. The answer has the form of a campaign's verdict without `should`; `engine.by_country` reads it too.
    What cannot be judged gets `{"error": …}`.
    """
    try:
        verdict = judge_source(source, brand=brand, countries=countries, packs=packs_in_use(brand_id), on=on)
    except document.InvalidDocument as error:
        return {"error": error.as_dict()}
    except PackFault as fault:
        return _unreadable(fault)
    return verdict.as_dict()


def _unreadable(fault: PackFault) -> dict[str, Any]:
    return {"error": {"path": "packs", "found": str(fault), "expected": _("house packs that can be read")}}
