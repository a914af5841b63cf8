"""Mutants of rules: negated, a conjunct dropped, a date shifted, a place left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from audits.engine.packs import Packs, Place, Rule
from facts.conditions import Token, compile_condition, tokens

DAY = timedelta(days=1)
NOWHERE = ("AQ",)  # no place at all would mean everywhere


@dataclass(frozen=True)
class Mutant:
    """One rule changed in one respect. `name` says which; `rule` is what it became."""

    name: str
    kind: str
    origin: Rule
    rule: Rule


def mutants(rule: Rule, packs: Packs) -> Iterator[Mutant]:
    """Every mutant of one rule, in a fixed order."""
    for part in ("applies", "requires"):
        condition = getattr(rule, part)
        if condition is None:
            continue
        yield made(rule, f"{part} negated", "negated", part, f"!({condition.source})")
        for number, less in enumerate(dropped(condition.source), 1):
            yield made(rule, f"{part} without conjunct {number}", "conjunct", part, less)
    yield from moved(rule)
    for side in ("people", "brand"):
        named = getattr(rule.where, side)
        places = packs.values(date.max)[named] if isinstance(named, str) else named
        for place in places:
            left = tuple(one for one in places if one != place)
            where = Place(left or NOWHERE, rule.where.brand) if side == "people" else Place(rule.where.people, left)
            yield Mutant(f"{rule.id}: {side} without {place}", "place", rule, replace(rule, where=where))


def moved(rule: Rule) -> Iterator[Mutant]:
    """The rule with its first or last day one day earlier and later."""
    for shift, word in ((-DAY, "earlier"), (DAY, "later")):
        if rule.start:
            yield Mutant(f"{rule.id}: first day a day {word}", "date", rule, replace(rule, start=rule.start + shift))
        if rule.end:
            yield Mutant(f"{rule.id}: last day a day {word}", "date", rule, replace(rule, end=rule.end + shift))


def made(rule: Rule, what: str, kind: str, part: str, source: str) -> Mutant:
    """A mutant with another condition in place of `applies` or `requires`; an empty one is always true."""
    condition = compile_condition(source or "true")
    changed = replace(rule, applies=condition) if part == "applies" else replace(rule, requires=condition)
    return Mutant(f"{rule.id}: {what}", kind, rule, changed)


def dropped(source: str) -> Iterator[str]:
    """The condition without each of its conjuncts, those inside parentheses too; the empty string where it had one only."""
    found = tokens(source)
    yield from ("" if len(rest) == 0 else text(rest) for rest in without(found))


def without(found: list[Token]) -> Iterator[list[Token]]:
    """The tokens without each conjunct, at every depth of `||`, `&&` and parentheses."""
    arms = split(found, "||")
    if len(arms) > 1:
        for number, arm in enumerate(arms):
            for rest in without(arm):
                if rest:
                    yield joined([*arms[:number], rest, *arms[number + 1 :]], "||")
        return
    parts = split(found, "&&")
    for number, part in enumerate(parts):
        yield joined([*parts[:number], *parts[number + 1 :]], "&&")
        inner = part[1:-1] if part[0].text == "(" and closes(part) else None
        for rest in without(inner) if inner else ():
            if rest:
                wrapped = [part[0], *rest, part[-1]]
                yield joined([*parts[:number], wrapped, *parts[number + 1 :]], "&&")


def closes(part: list[Token]) -> bool:
    """Whether the first parenthesis of a part is closed by its last one."""
    depth = 0
    for position, token in enumerate(part):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return position == len(part) - 1
    return False


def split(found: list[Token], operator: str) -> list[list[Token]]:
    """The tokens between the operators of the outermost level."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in found:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.text == operator:
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def joined(parts: list[list[Token]], operator: str) -> list[Token]:
    """The parts with the operator between them."""
    found: list[Token] = []
    for part in parts:
        found += ([Token("mark", operator)] if found else []) + part
    return found


def text(found: list[Token]) -> str:
    """The source of tokens."""
    return (
        " ".join(token.text for token in found)
        .replace(" . ", ".")
        .replace(" (", "(")
        .replace("&&(", "&& (")
        .replace("||(", "|| (")
        .replace("in(", "in (")
    )
