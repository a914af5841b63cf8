"""What a campaign inherits from its data sources: each judged alone, and what the campaign's verdict says of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from audits.engine.verdict import effect_of
from audits.findings import finding_id
from audits.preview import judge_source_draft
from facts.document import sha256

KEEP_SECONDS = 600
MOST_TITLES = 3


@dataclass(frozen=True)
class Inherited:
    """One data source of a campaign. `word` is its verdict alone, `found` (id, title) what speaks against it here."""

    key: str
    name: str
    word: str
    found: tuple[tuple[str, str], ...]
    more: int


def alone(source: Mapping[str, Any], brand: Mapping[str, Any], countries: tuple[str, ...], on: date) -> dict[str, Any]:
    """Return what the rules say about a data source alone, kept for ten minutes under its fingerprint."""
    said = {"registration": 1, "brand": brand, "sources": [source], "campaign": {"countries": list(countries)}}
    key = f"source:{sha256(said)}:{on.isoformat()}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        found = judge_source_draft(source, brand=brand, countries=countries, on=on)
        cache.set(key, found, KEEP_SECONDS)
    return found


def from_sources(document: Mapping[str, Any], verdict: Mapping[str, Any]) -> tuple[Inherited, ...]:
    """Return what each data source of a registration brings into its verdict, as of the verdict's day."""
    if "on" not in verdict:
        return ()
    on, brand = date.fromisoformat(verdict["on"]), document.get("brand") or {}
    countries = tuple((document.get("campaign") or {}).get("countries") or ())
    return tuple(_one(source, alone(source, brand, countries, on), verdict) for source in document.get("sources") or ())


def _one(source: Mapping[str, Any], judged: Mapping[str, Any], verdict: Mapping[str, Any]) -> Inherited:
    scope = f"source:{source['key']}"
    weighty = [
        (finding_id(one), _(str(one.get("title") or one["message"])))
        for one in verdict.get("findings", ())
        if one["scope"] == scope and effect_of(one["side"], one["severity"], one["outcome"]) != "clear"
    ]
    name = str(source.get("name") or source["key"])
    word = str(judged.get("verdict") or "")
    return Inherited(source["key"], name, word, tuple(weighty[:MOST_TITLES]), len(weighty[MOST_TITLES:]))
