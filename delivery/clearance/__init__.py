"""Who may be reached: every person of an audience gets `cleared` or exactly one reason.

`plan` says what was approved, `facts` what is known of a person; `reference` decides for one person and explains
itself, `sql` decides for a whole audience. Both mean the same: the tests compare them person by person.
"""

from delivery.clearance.facts import PersonFacts, facts_of
from delivery.clearance.plan import Plan, plan_of
from delivery.clearance.reference import Found, Verdict, decide

__all__ = ["Found", "PersonFacts", "Plan", "Verdict", "decide", "facts_of", "plan_of"]
