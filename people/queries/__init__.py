"""Reads about people that other rooms may use. All of them need the brand's context."""

from people.queries.audience import audience
from people.queries.decision import DECISION_COLUMNS, DecisionFacts, decision_facts, decision_sql
from people.queries.grounds import grounds
from people.queries.holding import Holding, consents_of, held_about, signals_of
from people.queries.measured import measured

__all__ = [
    "DECISION_COLUMNS",
    "DecisionFacts",
    "Holding",
    "audience",
    "consents_of",
    "decision_facts",
    "decision_sql",
    "grounds",
    "held_about",
    "measured",
    "signals_of",
]
