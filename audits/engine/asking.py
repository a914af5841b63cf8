"""One rule in one environment: what comes out, by the table of outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from audits.engine.environment import Environment
from audits.engine.packs import Rule
from facts.conditions import Condition, ConditionError, Truth

Outcome = Literal["violated", "judgement", "advised", "unanswered", "errored"]
OUTCOME: dict[str, Outcome] = {"block": "violated", "human": "judgement", "advise": "advised"}


@dataclass(frozen=True)
class Answer:
    """The outcome of a rule (None: it does not apply or is satisfied) and, where it failed, why."""

    outcome: Outcome | None
    error: str = ""


NOTHING = Answer(None)


def both(*truths: Truth) -> Truth:
    """Kleene's strong conjunction: false decides, else what is unknown stays unknown."""
    if Truth.FALSE in truths:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.TRUE


def channel_truth(channels: tuple[str, ...], here: Environment) -> Truth:
    """Whether the campaign uses one of a rule's channels (none: every one); unknown while its own are unanswered."""
    if not channels:
        return Truth.TRUE
    used = here.answer("campaign.channels")
    if used is None:
        return Truth.UNKNOWN
    return Truth.FALSE if set(channels).isdisjoint(used) else Truth.TRUE


def ask(rule: Rule, here: Environment, place: Truth = Truth.TRUE) -> Answer:
    """Put a rule to an environment. `place` says whether it applies where the people or the brand are.

    Three-valued: the rule says that `applies` implies `requires`. Any failure other than an absent fact is `errored`,
    unless a part that can be read already says that the rule does not apply or is satisfied.
    """
    applies, trouble = truth_of(rule.applies, here)
    applies = both(place, channel_truth(rule.channels, here), applies)
    if applies is Truth.FALSE:
        return NOTHING
    requires, more = truth_of(rule.requires, here)
    if trouble or more:
        return Answer("errored", trouble or more) if more or requires is not Truth.TRUE else NOTHING
    if requires is Truth.TRUE:
        return NOTHING
    if applies is Truth.TRUE and requires is Truth.FALSE:
        return Answer(OUTCOME[rule.severity])
    return Answer("unanswered")


def truth_of(condition: Condition | None, here: Environment) -> tuple[Truth, str]:
    """The truth of a condition and, where it failed, unknown and the reason."""
    if condition is None:
        return Truth.TRUE, ""
    try:
        return here.truth(condition), ""
    except ConditionError as error:
        return Truth.UNKNOWN, str(error)
