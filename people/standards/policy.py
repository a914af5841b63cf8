"""Whether a signal that could be decoded may be relied on: the decoder says what the bits are, this its worth.

A finding is a code with a sentence (FINDINGS). Some forbid to rely on the string; others are told and no more. A string
that may not be relied on is *unknown*: it never clears anybody, while a person's no in it is still heard.
Sources: IAB Europe, Transparency & Consent Framework Policies and technical specification (2.3: disclosed vendors are
mandatory in strings made from 1 March 2026; reminder after 13 months); IAB Tech Lab, Global Privacy Platform.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from people.standards.us_sections import UNSETTLED


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation where it is shown."""
    return sentence


FINDINGS = {
    "ambiguous_range_form": gettext_noop("its lists can be read in two ways that differ"),
    "bits_set_after_last_field": gettext_noop("bits are set after the last field"),
    "cmp_id_below_2": gettext_noop("no registered consent manager made it (CMP id 0 or 1)"),
    "created_differs_from_last_updated": gettext_noop(
        "created and last updated are not the same day, as they must be since 2.1"
    ),
    "disclosed_vendors_segment_empty": gettext_noop("it says that no vendor was shown to the person"),
    "disclosed_vendors_segment_missing": gettext_noop(
        "it does not say which vendors were shown (mandatory since 1 March 2026)"
    ),
    "duplicate_segment": gettext_noop("a segment comes twice"),
    "gpc_contradicts_section": gettext_noop(
        "Global Privacy Control asks to opt out, and the section says that nobody did"
    ),
    "last_updated_before_created": gettext_noop("it was updated before it was made"),
    "last_updated_not_day_level": gettext_noop("its time is finer than a day"),
    "layout_unsettled": gettext_noop("the written layout of this section and its encoders disagree"),
    "li_bit_set_for_purpose_1": gettext_noop("legitimate interest for purpose 1, which may rest on consent alone"),
    "li_bits_set_for_purposes_3_to_6": gettext_noop("legitimate interest for purposes 3 to 6, forbidden since TCF 2.2"),
    "made_in_the_future": gettext_noop("it is dated in the future"),
    "mspa_covered_transaction_undefined": gettext_noop("whether the MSPA covers the transaction is not said"),
    "no_sections": gettext_noop("it carries no section"),
    "not_service_specific": gettext_noop("global scope, which is no longer valid"),
    "older_than_13_months": gettext_noop("the person's choice is older than 13 months"),
    "opt_out_without_notice": gettext_noop("it says that nobody opted out although no notice was given"),
    "opt_out_not_applicable_when_it_applies": gettext_noop("it leaves out the opt-out of sale where the CCPA applies"),
    "policy_version_below_4": gettext_noop("a policy version before TCF 2.2"),
    "range_entries_out_of_order": gettext_noop("its ranges are not in order"),
    "range_entries_overlap": gettext_noop("its ranges overlap"),
    "restriction_undefined": gettext_noop("a publisher restriction of an undefined type or for no purpose"),
    "tcf_v1_string_invalid_since_2020": gettext_noop("a string of TCF 1, invalid since 30 September 2020"),
    "unknown_policy_version": gettext_noop("a policy version that is not known here"),
    "unknown_purpose_set": gettext_noop("a bit is set for a purpose or special feature that does not exist"),
    "unknown_section": gettext_noop("a section that is not known here"),
    "unknown_section_version": gettext_noop("a version of the section that is not known here"),
    "unknown_segment_type": gettext_noop("a segment of an unknown type was passed over"),
    "usp_deprecated_since_2024": gettext_noop(
        "US Privacy strings are deprecated since 31 January 2024 and cannot tell of sharing"
    ),
    "vendor_list_version_0": gettext_noop("made with no vendor list"),
    "vendors_allowed_segment_deprecated_type_2": gettext_noop(
        "allowed vendors belong to the global scope, which is gone"
    ),
    "vendors_consented_not_disclosed": gettext_noop("consent to vendors who were not shown; they may not use it"),
}
TOLD = frozenset({
    "created_differs_from_last_updated", "duplicate_segment", "last_updated_not_day_level",
    "mspa_covered_transaction_undefined", "range_entries_out_of_order", "range_entries_overlap", "unknown_purpose_set",
    "unknown_segment_type", "vendor_list_version_0", "vendors_allowed_segment_deprecated_type_2",
    "vendors_consented_not_disclosed",
})  # fmt: skip
"""Findings that are told and do not forbid to rely on the string."""

POLICY_VERSIONS = range(4, 6)
DISCLOSED_MANDATORY_FROM = "2026-03-01"
LAST_PURPOSE, LAST_SPECIAL_FEATURE = 11, 2
MONTHS = 13
_OPT_OUTS = ("Sale", "Sharing", "TargetedAdvertising")


class Reliance(NamedTuple):
    """Whether a string may be relied on, everything that was found, and what forbids it."""

    reliable: bool
    findings: list[str]
    because: list[str]


def tcf(fields: Mapping[str, Any], oddities: set[str], on: date) -> Reliance:
    """Judge a TC string as of a day."""
    if fields["version"] == 1:
        return _reliance({"tcf_v1_string_invalid_since_2020", *oddities})
    found = {*oddities, *_dates(fields, on), *_tcf_rules(fields)}
    waived = set() if fields["last_updated"] >= DISCLOSED_MANDATORY_FROM else {"disclosed_vendors_segment_missing"}
    return _reliance(found, waived)


def _dates(fields: Mapping[str, Any], on: date) -> Iterator[str]:
    created, updated = fields["created"], fields["last_updated"]
    if created != updated:
        yield "created_differs_from_last_updated"
    if updated < created:
        yield "last_updated_before_created"
    if not updated.endswith("T00:00:00.000Z"):
        yield "last_updated_not_day_level"
    if max(created, updated) >= (on + timedelta(days=2)).isoformat():
        yield "made_in_the_future"
    if updated < _months_before(on, MONTHS).isoformat():
        yield "older_than_13_months"


def _months_before(on: date, months: int) -> date:
    years, month = divmod(on.year * 12 + on.month - 1 - months, 12)
    first = date(years, month + 1, 1)
    return first + timedelta(days=min(on.day, 28) - 1)


def _tcf_rules(fields: Mapping[str, Any]) -> Iterator[str]:
    disclosed = fields["vendors_disclosed"]
    interests = fields["purposes_li"]
    purposes = [*fields["purposes_consent"], *interests]
    restrictions = fields["publisher_restrictions"]
    checks = {
        "cmp_id_below_2": fields["cmp_id"] < 2,
        "vendor_list_version_0": fields["vendor_list_version"] == 0,
        "policy_version_below_4": fields["policy_version"] < POLICY_VERSIONS.start,
        "unknown_policy_version": fields["policy_version"] >= POLICY_VERSIONS.stop,
        "not_service_specific": not fields["is_service_specific"],
        "li_bit_set_for_purpose_1": 1 in interests,
        "li_bits_set_for_purposes_3_to_6": not {3, 4, 5, 6}.isdisjoint(interests),
        "unknown_purpose_set": max([*purposes, 0]) > LAST_PURPOSE
        or max([*fields["special_feature_opt_ins"], 0]) > LAST_SPECIAL_FEATURE,
        "restriction_undefined": any(one["restriction_type"] == 3 or one["purpose_id"] == 0 for one in restrictions),
        "vendors_allowed_segment_deprecated_type_2": fields["vendors_allowed"] is not None,
        "disclosed_vendors_segment_missing": disclosed is None,
        "disclosed_vendors_segment_empty": disclosed == [],
        "vendors_consented_not_disclosed": bool(disclosed) and not set(fields["vendor_consents"]) <= set(disclosed),
    }
    return (code for code, holds in checks.items() if holds)


def usp(notice: str, opt_out: str, covered: str) -> Reliance:
    """Judge a US Privacy string by its three places."""
    found = {"usp_deprecated_since_2024"}
    if opt_out == "-" and (notice, covered) != ("-", "-"):
        found.add("opt_out_not_applicable_when_it_applies")
    if notice == "N" and opt_out == "N":
        found.add("opt_out_without_notice")
    return _reliance(found)


def gpp(fields: Mapping[str, Any], oddities: Mapping[str, set[str]], on: date) -> tuple[Reliance, dict[str, Reliance]]:
    """Judge a GPP string: reliable where all of its sections are. The findings of a section stand behind its name."""
    sections = {name: _section(name, section, oddities[name], on) for name, section in fields["sections"].items()}
    header = set(oddities[""]) | (set() if sections else {"no_sections"})
    findings, because = sorted(header), sorted(header - TOLD)
    for name, judged in sections.items():
        findings += [f"{name}.{code}" for code in judged.findings]
        because += [f"{name}.{code}" for code in judged.because]
    return Reliance(not because, findings, because), sections


def _section(name: str, section: Mapping[str, Any], oddities: set[str], on: date) -> Reliance:
    if name == "tcfeuv2":
        return tcf(section, oddities, on)
    if name == "uspv1":
        return usp(section["Notice"], section["OptOutSale"], section["LspaCovered"])
    if "raw" in section:
        return _reliance({"unknown_section", *oddities})
    if name == "tcfcav1":
        return _reliance({*oddities, *_canada(section, on)})
    return _reliance({*oddities, *_united_states(name, section)})


def _canada(section: Mapping[str, Any], on: date) -> Iterator[str]:
    yield from _dates(section, on)
    if section["cmp_id"] < 2:
        yield "cmp_id_below_2"
    if any(one["type"] == 3 or one["purpose_id"] == 0 for one in section["publisher_restrictions"]):
        yield "restriction_undefined"


def _united_states(name: str, section: Mapping[str, Any]) -> Iterator[str]:
    if name in UNSETTLED:
        yield "layout_unsettled"
    if section["MspaCoveredTransaction"] == 0:
        yield "mspa_covered_transaction_undefined"
    for what in _OPT_OUTS:
        if section.get(f"{what}OptOutNotice") == 2 and section[f"{what}OptOut"] == 2:
            yield "opt_out_without_notice"
        if section.get("Gpc") and section.get(f"{what}OptOut") == 2:
            yield "gpc_contradicts_section"


def _reliance(found: set[str], waived: set[str] | None = None) -> Reliance:
    because = found - TOLD - (waived or set())
    return Reliance(not because, sorted(found), sorted(because))
