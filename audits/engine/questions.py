"""Which unanswered facts could settle a rule: found by reading its conditions and by trying answers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from audits.engine.asking import Answer, ask
from audits.engine.environment import Environment, answered_for
from audits.engine.packs import Packs, Rule
from facts.catalogue import Fact
from facts.conditions import Condition, Truth, tokens

JURISDICTION = ("brand.country",)
MOST_COMBINATIONS = 200


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


@dataclass(frozen=True)
class Waiting:
    """A rule that waits for answers in one scope, and the facts whose answer could change what it says."""

    rule: Rule
    here: Environment
    asks: tuple[str, ...]


def shortest(waiting: Sequence[Waiting], packs: Packs) -> frozenset[str]:
    """The shortest list of questions found that settles what several rules wait for.

    A list settles a rule where none of the answers to its questions leaves the rule unanswered; answers are those of
    `candidates`, in every combination. What is asked first are the facts that could change what a rule says; a fact
    that only some of their answers would make necessary joins where the form shows it, and a question without which
    every rule is still settled is left out, those at the end of the catalogue first. Where there are too many
    combinations to try, nothing is left out.
    """
    order = {path: number for number, path in enumerate([*packs.catalogue.facts, *packs.catalogue.measured])}
    asked = {path for one in waiting for path in one.asks}
    for one in waiting:
        missing = unanswered(one.rule, one.here, packs)
        for path in missing:
            if not settled(one, asked, packs) and path not in asked and shown(path, one.here, packs):
                asked.add(path)
    for path in sorted(asked, key=lambda one: order.get(one, -1), reverse=True):
        concerned = [one for one in waiting if path in one.asks or path in one.rule.reads]
        if path not in JURISDICTION and all(settled(one, asked - {path}, packs) for one in concerned):
            asked.discard(path)
    return frozenset(asked)


def settled(one: Waiting, asked: Collection[str], packs: Packs) -> bool:
    """Whether a rule has its outcome whatever is answered to the questions; false where that is too much to try."""
    open_facts = [path for path in unanswered(one.rule, one.here, packs) if path in asked and path not in JURISDICTION]
    facts = [fact for path in open_facts if (fact := packs.catalogue.get(path)) is not None]
    answers = [list(candidates(fact, one.rule, packs)) for fact in facts]
    if math.prod(map(len, answers)) > MOST_COMBINATIONS:
        return False
    paths = [fact.path for fact in facts]
    return all(
        ask(one.rule, answered_for(one.rule, packs, one.here, dict(zip(paths, chosen, strict=True)))).outcome
        != "unanswered"
        for chosen in itertools.product(*answers)
    )


def shown(path: str, here: Environment, packs: Packs) -> bool:
    """Whether the form shows a question with the answers so far."""
    fact = packs.catalogue.get(path)
    return fact is None or fact.when is None or here.truth(fact.when) is not Truth.FALSE
