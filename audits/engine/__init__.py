"""The engine of the audit: facts in, verdict out. Pure: no Django, no database, no network."""

from audits.engine.countries import CountryVerdict, by_country
from audits.engine.judging import judge
from audits.engine.packs import InvalidPack, Packs, load_packs
from audits.engine.sources import SourceVerdict, judge_source
from audits.engine.verdict import Finding, Verdict

__all__ = [
    "CountryVerdict",
    "Finding",
    "InvalidPack",
    "Packs",
    "SourceVerdict",
    "Verdict",
    "by_country",
    "judge",
    "judge_source",
    "load_packs",
]
