"""Which unanswered facts could settle a rule: found by reading its conditions and by trying answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from audits.engine.asking import Answer, ask
from audits.engine.environment import Environment, answered_for
from audits.engine.packs import Packs, Rule
from facts.catalogue import Fact
from facts.conditions import Condition, Truth, tokens

JURISDICTION = ("brand.country",)


def facts_to_ask(rule: Rule, here: Environment, packs: Packs, place: Truth) -> tuple[str, ...]:
    """The unanswered facts whose answer could change what an unanswered rule says, in the order of the catalogue.

    Where no single answer settles it, all unanswered facts that the rule reads.
    """
    missing = unanswered(rule, here, packs)
    if place is Truth.UNKNOWN:
        missing = [*JURISDICTION, *missing]
    deciding = [path for path in missing if path in JURISDICTION or decides(path, missing, rule, here, packs)]
    return tuple(deciding or missing)


def unanswered(rule: Rule, here: Environment, packs: Packs) -> list[str]:
    """The unanswered facts that a rule reads, its channels among them."""
    read = set(rule.reads) | ({"campaign.channels"} if rule.channels else set())
    known = [*packs.catalogue.facts, *packs.catalogue.measured]
    return [path for path in known if path in read and here.answer(path) is None]


def decides(path: str, missing: list[str], rule: Rule, here: Environment, packs: Packs) -> bool:
    """Whether some answer to one fact changes the outcome: with the others unanswered, or at their exemplary answer."""
    fact = packs.catalogue.get(path)
    if fact is None:
        return False
    others = {other: exemplary(packs, other) for other in missing if other != path}
    bases = (answered_for(rule, packs, here, others), here) if others else (here,)
    for base in bases:
        before = ask(rule, base)
        if before.outcome == "unanswered" and any(
            differs(before, ask(rule, answered_for(rule, packs, base, {path: value})))
            for value in candidates(fact, rule, packs)
        ):
            return True
    return False


def differs(before: Answer, after: Answer) -> bool:
    """Whether an answer settles what was unanswered."""
    return before.outcome == "unanswered" and after.outcome != "unanswered"


def exemplary(packs: Packs, path: str) -> Any:
    """The exemplary answer of a fact; for measured facts there is none."""
    fact = packs.catalogue.get(path)
    return fact.clean if fact else None


def candidates(fact: Fact, rule: Rule, packs: Packs) -> Iterator[Any]:
    """Answers worth trying: the exemplary one first, which mostly settles it, then every other that could matter."""
    if fact.clean is not None:
        yield float(fact.clean) if fact.kind == "number" else fact.clean
    if fact.kind == "bool":
        yield not fact.clean
    elif fact.kind == "choice":
        yield from fact.choices
    elif fact.kind == "choices":
        yield from ([], list(fact.choices), *([choice] for choice in fact.choices))
    elif fact.kind in ("int", "number"):
        for number in {0, 10**9, *compared(rule, packs)}:
            for near in (number - 1, number, number + 1):
                if near >= 0:
                    yield float(near) if fact.kind == "number" else int(near)
    elif fact.kind == "country":
        yield "GB"
    else:
        yield from ([], ["x"]) if fact.kind in ("countries", "fields") else ("",)


def compared(rule: Rule, packs: Packs) -> set[float]:
    """The numbers that a rule mentions, through its definitions too."""
    waiting: list[Condition] = [rule.requires, *([rule.applies] if rule.applies else [])]
    found: set[float] = set()
    while waiting:
        condition = waiting.pop()
        found |= {float(token.text) for token in tokens(condition.source) if token.kind == "number"}
        waiting.extend(packs.definitions[name].condition for name in condition.names)
    return found
