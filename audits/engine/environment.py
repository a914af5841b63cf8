"""A registration as rules read it: one environment per scope, with the definitions evaluated once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audits.engine.definitions import Definition
from audits.engine.packs import Packs, Rule
from facts import conditions
from facts.cel_extension import cel
from facts.conditions import Condition, ConditionError, Truth


@dataclass(frozen=True)
class Environment:
    """What one scope can see: its answers by path, the CEL context over them, and the definitions that failed."""

    answers: Mapping[str, Any]
    context: cel.Context = field(repr=False)
    failed: Mapping[str, str] = field(default_factory=dict)
    known: dict[str, Truth] = field(default_factory=dict, repr=False, compare=False)

    def truth(self, condition: Condition) -> Truth:
        """The truth of a condition here; raises ConditionError, also where a definition it uses has failed.

        Many rules share a condition word for word, so each text is evaluated once.
        """
        known = self.known.get(condition.source)
        if known is None:
            known = self.known[condition.source] = self.evaluated(condition)
        return known

    def evaluated(self, condition: Condition) -> Truth:
        """Evaluate a condition; raises ConditionError."""
        truth = condition.evaluate(self.context)
        if truth is Truth.UNKNOWN:
            for name in condition.names & self.failed.keys():
                raise ConditionError(f"{name}: {self.failed[name]}")
        return truth

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
    catalogue = packs.catalogue
    answers = catalogue.environment("brand", brand) | catalogue.environment("campaign", campaign)
    answers |= {f"values.{name}": value for name, value in values.items()}
    answers |= catalogue.environment("source", source or {}) | catalogue.environment("measured", measured or {})
    return defined(answers, packs.definitions.values())


def defined(answers: Mapping[str, Any], definitions: Iterable[Definition]) -> Environment:
    """An environment over answers: every definition that is known becomes a variable."""
    context = conditions.context(answers)
    failed: dict[str, str] = {}
    for definition in definitions:
        try:
            truth = definition.condition.evaluate(context)
        except ConditionError as error:
            failed[definition.name] = str(error)
            continue
        if truth is not Truth.UNKNOWN:
            context.add_variable(definition.name, truth is Truth.TRUE)
        elif definition.condition.names & failed.keys():
            failed[definition.name] = "a definition that it uses failed"
    return Environment(answers, context, failed)


def answered(packs: Packs, here: Environment, changes: Mapping[str, Any]) -> Environment:
    """The same environment with other answers to some facts (None makes one unanswered)."""
    return defined(changed(here.answers, changes), packs.definitions.values())


def answered_for(rule: Rule, packs: Packs, here: Environment, changes: Mapping[str, Any]) -> Environment:
    """Like `answered`, with only what one rule reads: much cheaper where many answers are tried."""
    answers = changed(here.answers, changes)
    read = {path: answers[path] for path in {*rule.reads, "campaign.channels"} if path in answers}
    return defined(read, [packs.definitions[name] for name in rule.uses])


def changed(answers: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Answers with some of them replaced; None takes one away."""
    return {path: value for path, value in {**answers, **changes}.items() if value is not None}
