"""What a signal says no to, in the uses that consent is kept in (signal_purposes.yaml)."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from people.models import Consent
from people.purposes import ANY_CHANNEL, table
from people.standards.gpp import NAMES
from people.standards.reading import Reading

FILE = Path(__file__).with_name("signal_purposes.yaml")
SITE = ("advertising", "site")


class No(NamedTuple):
    """A use on a channel, and how it was refused."""

    use: str
    channel: str
    state: str


@cache
def mapping() -> dict[str, Any]:
    """Return the table of signal_purposes.yaml."""
    told: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return told


@cache
def uses() -> frozenset[str]:
    """Return the uses that a signal can say no to."""
    told = mapping()
    tcf = {one["use"] for one in told["tcf"].values()} - {None}
    return frozenset(
        {*tcf, *told["special_features"].values(), *told["gpc"], *(u for us in told["us"].values() for u in us)}
    )


def opt_out() -> list[No]:
    """What Global Privacy Control objects to, on every channel."""
    return [No(use, ANY_CHANNEL, Consent.OBJECTED.value) for use in mapping()["gpc"]]


def noes(reading: Reading, applicable: Sequence[int] | None = None) -> list[No]:
    """Return every no that a signal says, each once; reliable or not, for a no is always heard.

    `applicable` are the GPP sections that apply where it was seen; without them every section does.
    """
    if reading.kind == "usp":
        found = opt_out() if reading.fields["opt_out_sale"] == "Y" else []
    elif reading.kind == "tcf":
        found = list(_tcf(reading.fields))
    else:
        asked = None if applicable is None else {NAMES.get(number) for number in applicable}
        found = [
            no
            for name, section in reading.fields["sections"].items()
            if asked is None or name in asked
            for no in _section(name, section)
        ]
    return list(dict.fromkeys(found))


def _section(name: str, section: Mapping[str, Any]) -> Iterator[No]:
    if name == "tcfeuv2":
        yield from _tcf(section)
    elif name == "tcfcav1":
        held = {*section["purposes_express_consent"], *section["purposes_implied_consent"]}
        yield from _refused(held, section["special_feature_express_consent"])
    elif name == "uspv1":
        yield from opt_out() if section["OptOutSale"] == "Y" else []
    elif name.startswith("us"):
        yield from _united_states(section)


def _tcf(fields: Mapping[str, Any]) -> Iterator[No]:
    """Version 1 had other purposes: it says nothing here."""
    if fields["version"] == 2:
        yield from _refused({*fields["purposes_consent"], *fields["purposes_li"]}, fields["special_feature_opt_ins"])


def _refused(purposes: set[int], features: Sequence[int]) -> Iterator[No]:
    uses = [one["use"] for number, one in mapping()["tcf"].items() if one["use"] and number not in purposes]
    uses += [use for number, use in mapping()["special_features"].items() if number not in features]
    for use in uses:
        for channel in table().channels.values():
            if channel.family in SITE:
                yield No(use, channel.key, Consent.REFUSED.value)


def _united_states(section: Mapping[str, Any]) -> Iterator[No]:
    if section.get("Gpc"):
        yield from opt_out()
    for name, uses in mapping()["us"].items():
        value = section.get(name)
        if value == 1 or (isinstance(value, list) and 1 in value):
            yield from (No(use, ANY_CHANNEL, Consent.OBJECTED.value) for use in uses)
