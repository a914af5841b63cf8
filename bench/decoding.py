"""How fast TC strings are decoded, against the Python package iab-tcf: the same strings, the same ids in the end."""

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from bench.harness import Comparison
from people.standards import tcf
from tests.standards import encoding

_STRINGS = 200


def comparisons() -> Iterable[Comparison]:
    """Core, disclosed vendors and publisher TC, down to lists of ids; once with bit fields, once with ranges."""
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="iab_tcf")
    import iab_tcf

    for name, ranged in (("bit fields", False), ("ranges", True)):
        strings = [_string(number, ranged) for number in range(_STRINGS)]
        for one in strings:
            ours = tcf.decode(one)[0]
            if _ids(iab_tcf.decode(one)) != [ours[field] for field in _FIELDS]:
                raise AssertionError("the two decoders do not agree")

        def decoded(strings: list[str] = strings) -> float:
            for one in strings:
                tcf.decode(one)
            return len(strings)

        def by_the_peer(strings: list[str] = strings) -> float:
            for one in strings:
                _ids(iab_tcf.decode(one))
            return len(strings)

        yield Comparison(
            name=f"decode TC strings of 900 vendors ({name}), every list of ids",
            unit="strings/s",
            ours=decoded,
            against_name="iab-tcf 0.2.2",
            against=by_the_peer,
            goal="at least 3",
        )


_FIELDS = (
    "special_feature_opt_ins",
    "purposes_consent",
    "purposes_li",
    "vendor_consents",
    "vendor_li",
    "vendors_disclosed",
)


def _string(number: int, ranged: bool) -> str:
    step = 1 + number % 7
    listed = [one for one in range(1, 901) if one % (30 if ranged else 5) < step]
    publisher: dict[str, Any] = {
        "purposes_consent": [1, 2], "purposes_li": [], "num_custom_purposes": 2, "custom_consent": [1], "custom_li": [],
    }  # fmt: skip
    fields = encoding.tcf_fields(  # type: ignore[no-untyped-call]
        vendor_consents=listed, max_vendor_consent_id=900, vendor_li=listed[::3], max_vendor_li_id=900,
        vendors_disclosed=listed, max_vendor_disclosed_id=900, publisher_tc=publisher,
    )  # fmt: skip
    return str(encoding.tcf(fields, ranged=ranged))


def _ids(read: Any) -> list[list[int]]:
    """What the peer decoded, as lists of ids."""
    fields = (read.special_features_optin, read.purposes_consent, read.purposes_legitimate_interests)
    consented = list(_vendors(read, "consent", "consented"))
    interests = list(_vendors(read, "interests", "interests"))
    shown = read.oob_disclosed_vendors
    disclosed = list(_expanded(shown)) if isinstance(shown, list) else _set(shown)
    return [*map(_set, fields), consented, interests, disclosed]


def _vendors(read: Any, kind: str, name: str) -> Iterable[int]:
    if getattr(read, f"is_{kind}_range_encoding"):
        return _expanded(getattr(read, f"{name}_vendors_range"))
    return _set(getattr(read, f"{name}_vendors"))


def _set(flags: dict[int, bool]) -> list[int]:
    return [number for number, on in flags.items() if on]


def _expanded(ranges: list[tuple[int, int]]) -> Iterator[int]:
    for first, last in ranges:
        yield from range(first, last + 1)
