"""From the decoded YAML of one pack to frozen dataclasses. Everything doubtful is refused with the rule's name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from audits.engine.definitions import Definition, reads, uses
from audits.engine.errors import InvalidPack
from audits.engine.packs import Citation, Dated, Example, Pack, Place, Rule
from facts import laws
from facts.catalogue import Catalogue
from facts.conditions import Condition, InvalidCondition, compile_condition
from facts.places import CODES

PACK_KEYS = {"pack", "title", "version", "law", "url", "where", "values", "adopt", "rules", "about", "speaks"}
RULE_KEYS = {
    "id", "title", "law", "article", "url", "also", "scope", "where", "channels", "in_force", "duty_on", "applies",
    "requires", "severity", "checked", "side", "message", "remedy", "examples",
}  # fmt: skip
MAX_RULES, MAX_EXAMPLES, MAX_LIST, MAX_TEXT = 500, 50, 1000, 4000
"""What a pack, a rule, a dated value and a text of a rule may have at most: a brand's own pack is a stranger's data."""
NEEDED = RULE_KEYS - {"law", "url", "also", "where", "channels", "in_force", "duty_on", "applies", "side"}
ALLOWED = {
    "scope": ("campaign", "source"),
    "severity": ("block", "human", "advise"),
    "checked": ("text", "secondary", "memory"),
    "side": ("can", "should"),
}


def read_pack(
    data: Mapping[str, Any],
    name: str,
    by_code: Mapping[Any, Mapping[str, Any]],
    definitions: Mapping[str, Definition],
    catalogue: Catalogue,
    sha256: str,
) -> Pack:
    """Read one pack; raises InvalidPack."""
    if set(data) - PACK_KEYS or not {"pack", "title", "version"} <= set(data):
        raise InvalidPack(f"{name}: needs pack, title, version and rules; unknown: {sorted(set(data) - PACK_KEYS)}")
    values = {key: read_dated(key, entry, name) for key, entry in (data.get("values") or {}).items()}
    entries = [*adopted(data, by_code, name), *(data.get("rules") or ())]
    if not entries or len(entries) > MAX_RULES:
        raise InvalidPack(f"{name}: {len(entries) or 'no'} rules; 1 to {MAX_RULES} are allowed")
    rules = tuple(read_rule(entry, data, name, values, definitions, catalogue) for entry in entries)
    speaks = tuple(data["speaks"]) if "speaks" in data else None
    check_channels(speaks or (), catalogue, name)
    return Pack(str(data["pack"]), data["title"], str(data["version"]), rules, values, speaks, sha256)


def adopted(data: Mapping[str, Any], by_code: Mapping[Any, Mapping[str, Any]], name: str) -> list[dict[str, Any]]:
    """The rules that a pack takes over from another one under its own law: same conditions, own ids and citations."""
    adopt = data.get("adopt")
    if not adopt:
        return []
    origin = by_code.get(adopt["pack"])
    if origin is None:
        raise InvalidPack(f"{name}: adopts from {adopt['pack']!r}, which is not among the packs")
    by_id = {entry["id"]: entry for entry in origin["rules"]}
    chosen = []
    for identifier in adopt["rules"]:
        if identifier not in by_id:
            raise InvalidPack(f"{name}: adopts {identifier}, which {adopt['pack']} does not have")
        own = {key: value for key, value in by_id[identifier].items() if key not in ("law", "url", "also", "where")}
        suffix = identifier.partition(".")[2]
        chosen.append(own | {"id": f"{adopt['prefix']}.{suffix}", "checked": adopt["checked"]})
    return chosen


def read_dated(name: str, entries: Any, file: str) -> Dated:
    """Read a dated value: a list of {from, value}, oldest first."""
    try:
        pairs = tuple((entry["from"], entry["value"]) for entry in entries)
    except (TypeError, KeyError) as error:
        raise InvalidPack(f"{file}: value {name} needs a list of {{from, value}}") from error
    if any(isinstance(value, list) and len(value) > MAX_LIST for _, value in pairs) or len(pairs) > MAX_LIST:
        raise InvalidPack(f"{file}: value {name} has a list of over {MAX_LIST} entries, which is the most allowed")
    if not pairs or any(not isinstance(day, date) for day, _ in pairs) or sorted(pairs, key=lambda p: p[0]) != [*pairs]:
        raise InvalidPack(f"{file}: value {name} needs dates in their order")
    return Dated(name, pairs)


def read_rule(
    entry: Mapping[str, Any],
    pack: Mapping[str, Any],
    file: str,
    values: Mapping[str, Dated],
    definitions: Mapping[str, Definition],
    catalogue: Catalogue,
) -> Rule:
    """Read one rule; raises InvalidPack."""
    where = f"{file}: rule {entry.get('id', '?')}"
    refuse_incomplete(entry, where)
    applies = condition(entry["applies"], where) if "applies" in entry else None
    requires = condition(entry["requires"], where)
    facts = reads(requires, definitions, catalogue, where)
    facts |= reads(applies, definitions, catalogue, where) if applies else frozenset()
    refuse_facts(entry, facts, values, where)
    channels = tuple(entry.get("channels", ()))
    force = entry.get("in_force") or {}
    return Rule(
        id=entry["id"],
        title=entry["title"],
        citations=citations(entry, pack, where),
        scope=entry["scope"],
        where=place(entry.get("where", pack.get("where")), pack, values, where),
        channels=check_channels(channels, catalogue, where),
        start=day(force.get("from"), where),
        end=day(force.get("to"), where),
        duty_on=entry.get("duty_on", "brand"),
        applies=applies,
        requires=requires,
        severity=entry["severity"],
        checked=entry["checked"],
        side=entry.get("side", "can"),
        message=entry["message"],
        remedy=entry["remedy"],
        examples=examples(entry["examples"], where),
        reads=facts,
        uses=uses({*requires.names, *(applies.names if applies else ())}, definitions),
    )


def refuse_incomplete(entry: Mapping[str, Any], where: str) -> None:
    """Raise InvalidPack for unknown or missing keys, values outside their set, and memory that would block."""
    unknown, missing = sorted(set(entry) - RULE_KEYS), sorted(NEEDED - set(entry))
    if unknown or missing:
        raise InvalidPack(f"{where}: unknown {unknown}, missing {missing}")
    for key, allowed in ALLOWED.items():
        if entry.get(key, allowed[0]) not in allowed:
            raise InvalidPack(f"{where}: {key} is {entry[key]!r}, not one of {', '.join(allowed)}")
    long = sorted(key for key, value in entry.items() if isinstance(value, str) and len(value) > MAX_TEXT)
    if long:
        raise InvalidPack(f"{where}: {', '.join(long)}: longer than {MAX_TEXT} characters, which is the most allowed")
    if entry["checked"] == "memory" and entry["severity"] == "block":
        raise InvalidPack(f"{where}: a rule from memory can only refer; read its text before it may block")


def refuse_facts(entry: Mapping[str, Any], facts: frozenset[str], values: Mapping[str, Dated], where: str) -> None:
    """Raise InvalidPack where a campaign's rule reads a source, or a dated value is not defined in the pack."""
    if entry["scope"] == "campaign" and any(path.startswith("source.") for path in facts):
        raise InvalidPack(f"{where}: of scope campaign, but it reads facts of a source")
    unknown = {path for path in facts if path.startswith("values.") and path.removeprefix("values.") not in values}
    if unknown:
        raise InvalidPack(f"{where}: {', '.join(sorted(unknown))} is not among the pack's values")


def condition(source: Any, where: str) -> Condition:
    """Compile a condition of a rule; raises InvalidPack."""
    try:
        return compile_condition(str(source).strip())
    except InvalidCondition as error:
        raise InvalidPack(f"{where}: {error}") from error


def citations(entry: Mapping[str, Any], pack: Mapping[str, Any], where: str) -> tuple[Citation, ...]:
    """The citations of a rule, its own law first; raises InvalidPack for a law that is not listed."""
    law = entry.get("law", pack.get("law"))
    own = [{"law": law, "article": entry["article"], "url": entry.get("url", pack.get("url", ""))}] if law else []
    found = [
        Citation(str(one["law"]), str(one["article"]), one.get("url", "")) for one in [*own, *entry.get("also", ())]
    ]
    unknown = sorted({one.law for one in found} - laws.load().keys())
    if unknown:
        raise InvalidPack(f"{where}: {', '.join(unknown)} is not in the list of laws")
    return tuple(found)


def place(entry: Any, pack: Mapping[str, Any], values: Mapping[str, Dated], where: str) -> Place:
    """Where a rule applies: as it says, else where its law applies to people."""
    entry = entry if entry is not None else {"people": pack.get("law")} if pack.get("law") else {}
    if set(entry) - {"people", "brand"}:
        raise InvalidPack(f"{where}: where knows people and brand only")
    return same_place(places(entry.get("people"), values, where), places(entry.get("brand"), values, where))


@lru_cache(maxsize=1024)
def same_place(people: tuple[str, ...] | str, brand: tuple[str, ...] | str) -> Place:
    """One object for equal places, so that they can be told apart by identity."""
    return Place(people, brand)


def places(entry: Any, values: Mapping[str, Dated], where: str) -> tuple[str, ...] | str:
    """A list of places: codes, the code of a law (its places), or the name of a dated list."""
    if entry is None:
        return ()
    if isinstance(entry, str):
        if entry in laws.load():
            return laws.load()[entry].countries
        if entry in values:
            return entry
        raise InvalidPack(f"{where}: {entry!r} is neither a law nor a dated value")
    if set(entry) - CODES:
        raise InvalidPack(f"{where}: {sorted(set(entry) - CODES)} are not places")
    return tuple(entry)


def check_channels(channels: tuple[str, ...], catalogue: Catalogue, where: str) -> tuple[str, ...]:
    """The channels of a rule; raises InvalidPack for one that is not in the catalogue."""
    unknown = set(channels) - set(catalogue.facts["campaign.channels"].choices)
    if unknown:
        raise InvalidPack(f"{where}: {sorted(unknown)} are not channels")
    return channels


def day(value: Any, where: str) -> date | None:
    """A date or nothing; raises InvalidPack."""
    if value is None or isinstance(value, date):
        return value
    raise InvalidPack(f"{where}: {value!r} is not a date")


def examples(entry: Any, where: str) -> tuple[Example, ...]:
    """The examples of a rule; raises InvalidPack unless it has one that violates it and one on which it is silent."""
    if not isinstance(entry, Mapping) or set(entry) != {"violates", "silent"} or not all(entry.values()):
        raise InvalidPack(f"{where}: needs at least one example that violates it and one on which it is silent")
    if sum(map(len, entry.values())) > MAX_EXAMPLES:
        raise InvalidPack(f"{where}: over {MAX_EXAMPLES} examples, which is the most allowed")
    return tuple(
        Example(
            {key: value for key, value in fragment.items() if key != "day"}, kind == "violates", fragment.get("day")
        )
        for kind in ("violates", "silent")
        for fragment in entry[kind]
    )
