"""What the law would say to another plan is what it says once the plan is changed."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits.engine import judge, load_packs
from audits.engine.case import open_case, put_to
from audits.engine.coverage import gaps
from audits.engine.judging import put
from audits.engine.whatif import Plan
from facts import catalogue, document
from tests.registrations import answers, deviations
from tests.registrations import put as put_fact

DAY = date(2026, 11, 21)
PACKS = load_packs()
FACTS = [fact for fact in catalogue.load().facts.values() if fact.change == "plan" and fact.kind != "fields"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    deviations(10),
    st.lists(st.sampled_from(FACTS), min_size=1, max_size=3, unique_by=lambda fact: fact.path),
    st.data(),
)
def test_the_verdict_of_a_changed_plan_is_foretold(data: dict[str, Any], facts: list[Any], draw: st.DataObject) -> None:
    changes = {fact.path: draw.draw(answers(fact).filter(lambda value: value is not None)) for fact in facts}
    case = open_case(document.parse(data), PACKS, DAY, None)
    asked = tuple(put_to(case))
    found = [one for question in asked for one in put(case, question)]
    found += gaps(PACKS, DAY, case.countries, case.campaign.here)
    foretold = Plan(case, asked, found).can(changes)
    for path, value in changes.items():
        put_fact(data, path, value)
    assert judge(data, packs=PACKS, on=DAY, mend=False).can == foretold
