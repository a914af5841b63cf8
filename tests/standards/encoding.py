"""An encoder of consent signals, written from the specifications for the tests alone: what it writes is read back."""

import base64
from datetime import datetime

from people.standards.gpp import NAMES
from people.standards.us_sections import SECTIONS, US_NATIONAL_1

DAY = "2026-03-02T00:00:00.000Z"


def packed(bits: str) -> str:
    """Bits as base64url without padding, filled up with zeros."""
    bits += "0" * (-len(bits) % 24)
    text = base64.urlsafe_b64encode(int(bits, 2).to_bytes(len(bits) // 8, "big")).decode()
    return text


def number(value: int, size: int) -> str:
    assert 0 <= value < 1 << size
    return format(value, f"0{size}b") if size else ""


def letters(text: str) -> str:
    return "".join(number(ord(letter) - 65, 6) for letter in text)


def moment(text: str) -> str:
    return number(round(datetime.fromisoformat(text).timestamp() * 10), 36)


def field(ids, size: int) -> str:
    return "".join("01"[one in set(ids)] for one in range(1, size + 1))


def runs(ids) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for one in sorted(ids):
        if found and one == found[-1][1] + 1:
            found[-1] = (found[-1][0], one)
        else:
            found.append((one, one))
    return found


def ranges(ids) -> str:
    entries = runs(ids)
    written = [f"1{number(a, 16)}{number(b, 16)}" if a != b else f"0{number(a, 16)}" for a, b in entries]
    return number(len(entries), 12) + "".join(written)


def vendors(ids, largest: int, ranged: bool) -> str:
    return number(largest, 16) + ("1" + ranges(ids) if ranged else "0" + field(ids, largest))


def fibonacci(value: int) -> str:
    series = [1, 2]
    while series[-1] <= value:
        series.append(series[-1] + series[-2])
    digits = []
    for one in reversed(series):
        digits.append("1" if one <= value else "0")
        value -= one if one <= value else 0
    return "".join(digits).lstrip("0")[::-1] + "1"


def fibonacci_ranges(ids) -> str:
    text, last = "", 0
    entries = runs(ids)
    for a, b in entries:
        text += f"1{fibonacci(a - last)}{fibonacci(b - a)}" if a != b else f"0{fibonacci(a - last)}"
        last = b
    return number(len(entries), 12) + text


def head(fields, version: int) -> str:
    return (
        number(version, 6) + moment(fields["created"]) + moment(fields["last_updated"])
        + number(fields["cmp_id"], 12) + number(fields["cmp_version"], 12) + number(fields["consent_screen"], 6)
        + letters(fields["consent_language"]) + number(fields["vendor_list_version"], 12)
    )  # fmt: skip


def tcf(fields, *, ranged: bool = False, order=(1, 2, 3)) -> str:
    """A TC string of version 2 that says `fields`."""
    core = (
        head(fields, 2) + number(fields["policy_version"], 6) + number(fields["is_service_specific"], 1)
        + number(fields["use_non_standard_texts"], 1) + field(fields["special_feature_opt_ins"], 12)
        + field(fields["purposes_consent"], 24) + field(fields["purposes_li"], 24)
        + number(fields["purpose_one_treatment"], 1) + letters(fields["publisher_cc"])
        + vendors(fields["vendor_consents"], fields["max_vendor_consent_id"], ranged)
        + vendors(fields["vendor_li"], fields["max_vendor_li_id"], ranged)
        + number(len(fields["publisher_restrictions"]), 12)
    )  # fmt: skip
    for one in fields["publisher_restrictions"]:
        core += number(one["purpose_id"], 6) + number(one["restriction_type"], 2) + ranges(one["vendors"])
    return ".".join(
        [packed(core), *(packed(other) for other in filter(None, (_other(fields, n, ranged) for n in order)))]
    )


def _other(fields, kind: int, ranged: bool) -> str:
    if kind == 3:
        return publisher(fields["publisher_tc"])
    name = {1: "disclosed", 2: "allowed"}[kind]
    ids = fields[f"vendors_{name}"]
    return "" if ids is None else number(kind, 3) + vendors(ids, fields[f"max_vendor_{name}_id"], ranged)


def publisher(fields) -> str:
    if fields is None:
        return ""
    custom = fields["num_custom_purposes"]
    return (
        number(3, 3) + field(fields["purposes_consent"], 24) + field(fields["purposes_li"], 24) + number(custom, 6)
        + field(fields["custom_consent"], custom) + field(fields["custom_li"], custom)
    )  # fmt: skip


def tcf_fields(**changes):
    """What a plain TC string of TCF 2.3 says, with changes."""
    fields = {
        "version": 2, "created": DAY, "last_updated": DAY, "cmp_id": 31, "cmp_version": 640, "consent_screen": 1,
        "consent_language": "EN", "vendor_list_version": 7, "policy_version": 5, "is_service_specific": True,
        "use_non_standard_texts": False, "special_feature_opt_ins": [], "purposes_consent": [1, 2, 7],
        "purposes_li": [2], "purpose_one_treatment": False, "publisher_cc": "DE", "max_vendor_consent_id": 755,
        "vendor_consents": [2, 8, 755], "max_vendor_li_id": 0, "vendor_li": [], "publisher_restrictions": [],
        "vendors_disclosed": [2, 8, 755], "max_vendor_disclosed_id": 755, "vendors_allowed": None,
        "publisher_tc": None,
    }  # fmt: skip
    return fields | changes


def first_version(fields) -> str:
    """A TC string of version 1, which lists its exceptions by ranges where `default_consent` is given."""
    text = head(fields, 1) + field(fields["purposes_consent"], 24) + number(fields["max_vendor_id"], 16)
    if "default_consent" not in fields:
        return packed(text + "0" + field(fields["vendor_consents"], fields["max_vendor_id"]))
    every = set(range(1, fields["max_vendor_id"] + 1))
    named = every - set(fields["vendor_consents"]) if fields["default_consent"] else fields["vendor_consents"]
    return packed(text + "1" + number(fields["default_consent"], 1) + ranges(named))


def gpp(sections: dict[int, str]) -> str:
    """A GPP string of bodies by section number."""
    header = packed(number(3, 6) + number(1, 6) + fibonacci_ranges(sections))
    return "~".join([header.rstrip("A") or header, *(sections[one] for one in sorted(sections))])


def section(number_of: int, fields) -> str:
    """The body of a US section."""
    layout = SECTIONS[number_of]
    if NAMES[number_of] == "usnat" and fields["Version"] == 1:
        layout = US_NATIONAL_1
    core = number(fields[layout.version_name], 6)
    for name, count in layout.fields:
        core += "".join(number(value, 2) for value in (fields[name] if count else [fields[name]]))
    parts = [packed(core)]
    if "Gpc" in fields:
        parts.append(packed("01" + number(fields["Gpc"], 1)))
    elif layout.second == "sensitive" and "SensitiveDataProcessing" in fields:
        parts.append(packed("".join(number(value, 2) for value in fields["SensitiveDataProcessing"])))
    return ".".join(parts)


def canada(fields, *, form: str = "fibonacci", ranged: bool = False) -> str:
    """The body of a tcfcav1 section."""
    core = (
        head(fields, 1) + number(fields["policy_version"], 6) + number(fields["use_non_standard_stacks"], 1)
        + field(fields["special_feature_express_consent"], 12) + field(fields["purposes_express_consent"], 24)
        + field(fields["purposes_implied_consent"], 24) + optimized(fields["vendor_express_consent"], form, ranged)
        + optimized(fields["vendor_implied_consent"], form, ranged)
        + number(len(fields["publisher_restrictions"]), 12)
    )  # fmt: skip
    for one in fields["publisher_restrictions"]:
        ids = optimized(one["vendors"], form, ranged) if form == "fibonacci" else ranges(one["vendors"])
        core += number(one["purpose_id"], 6) + number(one["type"], 2) + ids
    parts = [packed(core)]
    if "vendors_disclosed" in fields:
        parts.append(packed(number(1, 3) + optimized(fields["vendors_disclosed"], form, ranged)))
    return ".".join(parts)


def optimized(ids, form: str, ranged: bool) -> str:
    largest = max(ids, default=0)
    if not ranged:
        return number(largest, 16) + "0" + field(ids, largest)
    return number(largest, 16) + "1" + (fibonacci_ranges(ids) if form == "fibonacci" else ranges(ids))
