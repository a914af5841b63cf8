"""From the text of a house pack to rules that the engine can ask, and the proof by its own examples.

A pack is data: its conditions are the engine's restricted CEL, its size is bounded before anything is read.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from audits import packs_in_use
from audits.engine import InvalidPack, Packs
from audits.engine.packs import Citation, Pack, refuse_twins
from audits.engine.proving import prove_rules
from audits.engine.reading import read_pack
from audits.house.faults import PackFault
from audits.house.shape import checked
from facts.errors import InvalidDocument
from facts.reading import Reading, read_yaml

MAX_BYTES = 64 * 1024
RULE = re.compile(r"rule (house\.[a-z0-9.-]+)")


@dataclass(frozen=True)
class House:
    """A house pack as it was read: its rules for the engine, its head, and each rule's entry with its line."""

    pack: Pack
    head: Mapping[str, Any]
    entries: Mapping[str, Mapping[str, Any]]
    lines: Mapping[str, int]

    @property
    def code(self) -> str:
        """The code of the pack."""
        return self.pack.code

    @property
    def sha256(self) -> str:
        """The fingerprint of its text."""
        return self.pack.sha256


def fingerprint(text: str) -> str:
    """Return the SHA-256 of a pack's text, which is what verdicts name."""
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> House:
    """Read the text of a house pack; its examples are not tried. Raises PackFault."""
    found = _decoded(text)
    data = checked(found)
    lines = {rule["id"]: found.lines.get(f"rules[{number}]", 1) for number, rule in enumerate(data["rules"])}
    law = packs_in_use()
    try:
        pack = read_pack(data, data["pack"], {}, law.definitions, law.catalogue, fingerprint(text))
    except InvalidPack as error:
        raise _located(error, lines) from error
    entries = {rule["id"]: rule for rule in data["rules"]}
    head = {name: value for name, value in data.items() if name != "rules" and value not in (None, {})}
    return House(_as_house(pack, data), head, entries, lines)


def prove(house: House, others: Iterable[House] = ()) -> None:
    """Raise PackFault unless every rule comes out as its examples say, beside the law and the brand's other packs."""
    try:
        refuse_twins(together(packs_in_use(), (*others, house)))
        prove_rules(alone((house,)))
    except InvalidPack as error:
        raise _located(error, house.lines) from error


def together(law: Packs, houses: Iterable[House]) -> Packs:
    """Return the law with house packs added to it."""
    return Packs(
        (*law.packs, *(house.pack for house in houses)), law.definitions, law.catalogue, law.definitions_sha256
    )


def alone(houses: Iterable[House]) -> Packs:
    """Return house packs without the law, for what they alone have to say."""
    law = packs_in_use()
    return Packs(tuple(house.pack for house in houses), law.definitions, law.catalogue, law.definitions_sha256)


def _decoded(text: str) -> Reading:
    if len(text.encode()) > MAX_BYTES:
        raise PackFault(_("A pack is at most %(n)d KiB.") % {"n": MAX_BYTES // 1024}, place="")
    try:
        return read_yaml(text)
    except InvalidDocument as error:
        told = _("found %(found)r, expected %(expected)s") % {"found": error.found, "expected": error.expected}
        raise PackFault(told, place=error.path, line=error.line) from error


def _as_house(pack: Pack, data: Mapping[str, Any]) -> Pack:
    """Return the pack as the brand's own: it cites the house, and never counts as the law of a country speaking.

    Were it to speak, silence of the law about a country would read as clear.
    """
    rules = tuple(
        rule if rule.citations else replace(rule, citations=(_own(pack, data, rule.id),)) for rule in pack.rules
    )
    return replace(pack, rules=rules, speaks=())


def _own(pack: Pack, data: Mapping[str, Any], name: str) -> Citation:
    entry = next(rule for rule in data["rules"] if rule["id"] == name)
    return Citation(pack.code, str(entry["article"]), str(entry.get("url", data.get("url", ""))))


def _located(error: InvalidPack, lines: Mapping[str, int]) -> PackFault:
    found = RULE.search(str(error))
    rule = found.group(1) if found else ""
    return PackFault(str(error), line=lines.get(rule), rule=rule)
