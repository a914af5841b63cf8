"""A registration as rules read it: one environment per scope, with the definitions evaluated once.

A condition is a pure function of the answers and definitions that it names, and real registrations share most of them.
What the same condition came to over the same answers is therefore remembered for the life of the process, in bounded
memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audits.engine.definitions import Definition
from audits.engine.packs import Packs, Rule
from facts import conditions
from facts.conditions import Condition, ConditionError, Truth

TRUE, FALSE, UNKNOWN = "true", "false", "unknown"
STATES = {Truth.TRUE: TRUE, Truth.FALSE: FALSE, Truth.UNKNOWN: UNKNOWN}
MOST_REMEMBERED = 65_536
MOST_STEPS = 20_000_000
"""What judging one registration may cost; see `Condition.steps`. A few seconds."""
LONGEST_KEY = 400
"""Answers of more characters are not remembered: a stranger's long text must not fill the memory."""
MEMORY: dict[tuple[str, ...], Truth | str] = {}


@dataclass
class Budget:
    """What the evaluations of one registration may cost together, over all its scopes: rules can be a stranger's."""

    left: int = MOST_STEPS

    def allows(self, steps: int) -> bool:
        """Take steps from what is left; false where it is not enough."""
        self.left -= steps
        return self.left >= 0


@dataclass(frozen=True)
class Environment:
    """What one scope can see: its answers by path, and the definitions over them, each evaluated when first needed."""

    answers: Mapping[str, Any]
    definitions: Mapping[str, Definition] = field(repr=False)
    known: dict[str, Truth | str] = field(default_factory=dict, repr=False, compare=False)
    marks: dict[str, str] = field(default_factory=dict, repr=False, compare=False)
    budget: Budget = field(default_factory=lambda: Budget(), repr=False, compare=False)

    def truth(self, condition: Condition) -> Truth:
        """The truth of a condition here; raises ConditionError, also where a definition it uses has failed.

        Many rules share a condition word for word, so each text is evaluated once.
        """
        known = self.known.get(condition.source)
        if known is None:
            known = self.known[condition.source] = self.found(condition)
        if isinstance(known, str):
            raise ConditionError(known)
        return known

    def found(self, condition: Condition) -> Truth | str:
        """The truth of a condition, or why it failed: where it costs too much, it fails without being evaluated.

        What is remembered is charged alike, so that a verdict never depends on what was judged before.
        """
        steps = condition.steps(self.answers)
        if steps > conditions.MAX_STEPS:
            return _too_much(f"one condition may take {conditions.MAX_STEPS} steps, this one up to {steps}")
        if not self.budget.allows(steps):
            return _too_much(f"all conditions of a registration together may take {MOST_STEPS} steps")
        return self.recalled(condition)

    def recalled(self, condition: Condition) -> Truth | str:
        """The truth of a condition, or why it failed: looked up where the same answers were met before."""
        paths, names = condition.order
        states = [self.state(name) for name in names]
        key = (condition.source, *map(self.mark, paths), *states)
        found = MEMORY.get(key)
        if found is None:
            found = self.evaluated(condition, dict(zip(names, states, strict=True)))
            if sum(map(len, key)) <= LONGEST_KEY + len(condition.source):
                if len(MEMORY) >= MOST_REMEMBERED:
                    MEMORY.clear()
                MEMORY[key] = found
        return found

    def evaluated(self, condition: Condition, states: Mapping[str, str]) -> Truth | str:
        """Evaluate a condition over the answers and definitions that it names."""
        seen = {path: self.answers[path] for path in condition.paths if path in self.answers}
        seen |= {name: state == TRUE for name, state in states.items() if state in (TRUE, FALSE)}
        try:
            truth = condition.evaluate(conditions.context(seen))
        except ConditionError as error:
            return str(error)
        failed = [name for name, state in states.items() if state not in (TRUE, FALSE, UNKNOWN)]
        return f"{failed[0]}: {states[failed[0]]}" if failed and truth is Truth.UNKNOWN else truth

    def state(self, name: str) -> str:
        """What a definition comes to: true, false, unknown, or why it failed."""
        definition = self.definitions.get(name)
        if definition is None:
            return UNKNOWN
        source = definition.condition.source
        known = self.known.get(source)
        if known is None:
            known = self.known[source] = self.found(definition.condition)
        return known if isinstance(known, str) else STATES[known]

    def mark(self, path: str) -> str:
        """An answer as text that tells 1 from 1.0, true and "1"; empty where the fact is unanswered."""
        found = self.marks.get(path)
        if found is None:
            found = self.marks[path] = repr(self.answers[path]) if path in self.answers else ""
        return found

    def answer(self, path: str) -> Any:
        """The answer of a fact by its path; None where it is unanswered."""
        return self.answers.get(path)


def environment(
    packs: Packs,
    values: Mapping[str, Any],
    brand: Mapping[str, Any],
    campaign: Mapping[str, Any],
    source: Mapping[str, Any] | None,
    measured: Mapping[str, Any] | None,
) -> Environment:
    """Build the environment of the campaign (`source` is None) or of one of its sources.

    Definitions that read a source stay unknown in the campaign's environment; its rules do not use them.
    """
    found = environments(packs, values, brand, campaign, () if source is None else (source,), measured)
    return found[-1]


def environments(
    packs: Packs,
    values: Mapping[str, Any],
    brand: Mapping[str, Any],
    campaign: Mapping[str, Any],
    sources: Iterable[Mapping[str, Any]],
    measured: Mapping[str, Any] | None,
) -> list[Environment]:
    """Build the environment of the campaign, and after it that of each of its sources."""
    catalogue = packs.catalogue
    answers = catalogue.environment("brand", brand) | catalogue.environment("campaign", campaign)
    answers |= {f"values.{name}": value for name, value in values.items()}
    answers |= catalogue.environment("measured", measured or {})
    own = [catalogue.environment("source", source) for source in sources]
    budget = Budget()
    return [Environment(each, packs.definitions, budget=budget) for each in (answers, *(answers | one for one in own))]


def defined(answers: Mapping[str, Any], definitions: Iterable[Definition]) -> Environment:
    """An environment over answers, with some definitions."""
    return Environment(answers, {definition.name: definition for definition in definitions})


def answered(packs: Packs, here: Environment, changes: Mapping[str, Any]) -> Environment:
    """The same environment with other answers to some facts (None makes one unanswered)."""
    return Environment(changed(here.answers, changes), packs.definitions)


def answered_for(rule: Rule, packs: Packs, here: Environment, changes: Mapping[str, Any]) -> Environment:
    """Like `answered`, with only what one rule reads: much cheaper where many answers are tried."""
    answers = {**here.answers, **changes}
    read = {path: answers[path] for path in {*rule.reads, "campaign.channels"} if answers.get(path) is not None}
    return Environment(read, packs.definitions)


def changed(answers: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with some of them replaced; None takes one away."""
    return {path: value for path, value in {**answers, **changes}.items() if value is not None}


def _too_much(limit: str) -> str:
    return f"it could take too long: {limit}"
