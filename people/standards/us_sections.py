"""The layouts of the US sections of the GPP string: which fields follow each other.

Source: IAB Tech Lab, Global Privacy Platform, Sections/US-National and Sections/US-States. Each section begins with its
version in 6 bits; every other field has 2 bits (0 not applicable; 1 yes, opted out or no consent; 2 no, not opted out
or consent; 3 is undefined); `*n` is a list of n such values.

The sensitive-data lists do not mean the same: in `usca`, `usut` and `usia` they are opt-outs (1: opted out), elsewhere
consents (1: no consent). Either way 1 is the person's no.
"""

from typing import NamedTuple

_SALE = "SaleOptOutNotice TargetedAdvertisingOptOutNotice"
_OUT = "SaleOptOut TargetedAdvertisingOptOut"
_MSPA = "MspaCoveredTransaction MspaOptOutOptionMode MspaServiceProviderMode"
_MORE = f"AdditionalDataProcessingConsent {_MSPA}"
_SHARING = f"SharingNotice {_SALE} {_OUT}"
_PROCESSING = f"ProcessingNotice {_SALE} {_OUT}"
_CHILD = "KnownChildSensitiveDataConsents"
_SENSITIVE = "SensitiveDataProcessing"
_UNSETTLED = f"MspaCoveredTransaction MspaMode {_PROCESSING}"
_NATIONAL = (
    "SharingNotice SaleOptOutNotice SharingOptOutNotice TargetedAdvertisingOptOutNotice"
    " SensitiveDataProcessingOptOutNotice SensitiveDataLimitUseNotice"
    " SaleOptOut SharingOptOut TargetedAdvertisingOptOut"
)


class Field(NamedTuple):
    """One field: a value of 2 bits, or a list of `size` of them."""

    name: str
    size: int | None


class Section(NamedTuple):
    """One section: its name, its fields after the version, and what a second sub-section may hold."""

    name: str
    fields: tuple[Field, ...]
    second: str
    """“gpc” (2 bits of type, then the signal), “sensitive” (the list of sensitive data), or nothing."""
    version_name: str = "Version"
    versions: tuple[int, ...] = (1,)


def _section(name: str, fields: str, second: str = "gpc", version_name: str = "Version") -> Section:
    parts = (part.partition("*") for part in fields.split())
    laid_out = tuple(Field(part, int(size) if size else None) for part, _star, size in parts)
    return Section(name, laid_out, second, version_name)


def _unsettled(name: str, fields: str, second: str) -> Section:
    return _section(name, fields, second, version_name="MspaVersion")


US_NATIONAL = 7
US_NATIONAL_1 = _section("usnat", f"{_NATIONAL} {_SENSITIVE}*12 {_CHILD}*2 PersonalDataConsents {_MSPA}")

SECTIONS = {
    US_NATIONAL: _section("usnat", f"{_NATIONAL} {_SENSITIVE}*16 {_CHILD}*3 PersonalDataConsents {_MSPA}")._replace(
        versions=(1, 2)
    ),
    8: _section(
        "usca",
        "SaleOptOutNotice SharingOptOutNotice SensitiveDataLimitUseNotice SaleOptOut SharingOptOut"
        f" {_SENSITIVE}*9 {_CHILD}*2 PersonalDataConsents {_MSPA}",
    ),
    9: _section("usva", f"{_SHARING} {_SENSITIVE}*8 {_CHILD} {_MSPA}", ""),
    10: _section("usco", f"{_SHARING} {_SENSITIVE}*7 {_CHILD} {_MSPA}"),
    11: _section(
        "usut",
        f"SharingNotice {_SALE} SensitiveDataProcessingOptOutNotice {_OUT} {_SENSITIVE}*8 {_CHILD} {_MSPA}",
        "",
    ),
    12: _section("usct", f"{_SHARING} {_SENSITIVE}*8 {_CHILD}*3 {_MSPA}"),
    13: _section("usfl", f"{_PROCESSING} {_SENSITIVE}*8 {_CHILD}*3 {_MORE}", ""),
    14: _section("usmt", f"{_SHARING} {_SENSITIVE}*8 {_CHILD}*3 {_MORE}"),
    15: _section("usor", f"{_PROCESSING} {_SENSITIVE}*11 {_CHILD}*3 {_MORE}"),
    16: _section("ustx", f"{_PROCESSING} {_SENSITIVE}*8 {_CHILD} {_MORE}"),
    17: _section("usde", f"{_PROCESSING} {_SENSITIVE}*9 {_CHILD}*5 {_MORE}"),
    18: _section("usia", f"ProcessingNotice {_SALE} SensitiveDataOptOutNotice {_OUT} {_SENSITIVE}*8 {_CHILD} {_MSPA}"),
    19: _section("usne", f"{_PROCESSING} {_SENSITIVE}*8 {_CHILD} {_MORE}"),
    20: _section("usnh", f"{_PROCESSING} {_SENSITIVE}*8 {_CHILD}*3 {_MORE}"),
    21: _section("usnj", f"{_PROCESSING} {_SENSITIVE}*10 {_CHILD}*5 {_MORE}"),
    22: _section("ustn", f"{_PROCESSING} {_SENSITIVE}*8 {_CHILD} {_MORE}"),
    23: _section("usmn", f"{_PROCESSING} {_SENSITIVE}*8 {_CHILD} {_MORE}"),
    24: _unsettled("usmd", f"{_UNSETTLED} AdditionalDataProcessingConsent", "gpc"),
    25: _unsettled("usin", f"{_UNSETTLED} {_CHILD} AdditionalDataProcessingConsent", "sensitive"),
    26: _unsettled("usky", f"{_UNSETTLED} {_CHILD} AdditionalDataProcessingConsent", "sensitive"),
    27: _unsettled("usri", f"{_UNSETTLED} {_CHILD} AdditionalDataProcessingConsent", "sensitive"),
}
UNSETTLED = frozenset({"usmd", "usin", "usky", "usri"})
"""Sections whose written layout (with a section header) and whose encoders in the field disagree."""
SENSITIVE_IS_OPT_OUT = frozenset({"usca", "usut", "usia"})
