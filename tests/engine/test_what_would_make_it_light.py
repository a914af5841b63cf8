"""Proposals: each reaches what it says, needs each of its changes, breaks no rule, and none smaller was missed."""

import random
from datetime import date
from functools import partial
from itertools import combinations, product
from typing import Any

import pytest

from audits.engine import judge, load_packs
from audits.engine.case import open_case, put_to
from audits.engine.coverage import gaps
from audits.engine.environment import answered
from audits.engine.judging import put
from audits.engine.light_touch import mending
from audits.engine.light_touch.applying import NotAPlan, applied
from audits.engine.light_touch.moves import Move, clauses, moves
from audits.engine.light_touch.proposals import joined, order, parts
from audits.engine.light_touch.scoring import Scope, caps, lines, total
from audits.engine.light_touch.table import load_table
from audits.engine.unblocking import Unblocking, unblock
from audits.engine.whatif import Plan
from facts import catalogue, document
from facts.catalogue import Fact
from tests.registrations import exemplary, registered
from tests.registrations import put as put_fact

DAY = date(2026, 11, 21)
PACKS = load_packs()
FACTS = catalogue.load()
TABLE = load_table()
READ = [FACTS.facts[path] for path in sorted({*TABLE.read_by, *TABLE.capped_by})]
STRANGER = {
    "source": {"origin": "observed", "collected_by": "cookie", "categories": ["browsing"]},
    "campaign": {
        "recognition": {"path": "cookie", "expected": False},
        "trigger": {"kind": "cart", "delay_hours": 0.5, "exact_item": True},
        "audience": {"built_by": ["behaviour"]},
    },
}


def answer(fact: Fact, draw: random.Random) -> Any:
    """A random answer to one fact."""
    if fact.kind in ("choice", "choices"):
        some = draw.sample(fact.choices, min(len(fact.choices), draw.randint(1, 2)))
        return some[0] if fact.kind == "choice" else some
    if fact.kind in ("int", "number"):
        return draw.choice([0, 1, 3, 6, 10, 20, 60, 200, 800])
    return {"bool": draw.random() < 0.5, "text": draw.choice(["00:00-24:00", "07:00-21:00"]), "country": "GB"}[
        fact.kind
    ]


def small(seed: int, most: int = 6) -> dict[str, Any]:
    """An exemplary registration with a few other answers to facts that the score reads."""
    draw = random.Random(seed)
    data = exemplary()
    for fact in draw.sample(READ, draw.randint(1, most)):
        put_fact(data, fact.path, answer(fact, draw))
    return data


def opened(data: dict[str, Any]) -> mending.Search:
    """The search over one registration."""
    case = open_case(document.parse(data), PACKS, DAY, None)
    asked = tuple(put_to(case))
    found = [one for question in asked for one in put(case, question)]
    plan = Plan(case, asked, [*found, *gaps(PACKS, DAY, case.countries, case.campaign.here)])
    return mending.Search(FACTS, TABLE, case.campaign, case.sources, plan)


def scored(search: mending.Search, answers: dict[str, Any]) -> int:
    """The score with other answers, added up from the table without anything that the search remembers."""
    change = partial(answered, PACKS)
    campaign, *sources = [Scope(one.name, change(one.here, answers)) for one in (search.campaign, *search.sources)]
    counted = [(line.family, line.points) for line in lines(TABLE, campaign, sources)]
    return total(TABLE, counted, [limit for limit, _ in caps(TABLE, campaign, sources)]).score


def exhaustive(search: mending.Search) -> list[tuple[dict[str, Any], int]]:
    """The proposals by trying every set of moves: nothing is left out and nothing is bounded."""
    goal = search.goal(scored(search, {}))
    if goal is None:
        return []
    slots = moves(FACTS, search.campaign.here.answer, {fact.path for fact in READ}, search.numbers())
    known: dict[str, int] = {}

    def of(chosen: tuple[Move, ...]) -> int:
        key = repr(sorted(joined(chosen).items()))
        if key not in known:
            known[key] = scored(search, joined(chosen))
        return known[key]

    found: list[tuple[Move, ...]] = []
    for size in range(1, mending.MOST_CHANGES + 1):
        for some in combinations(slots, size):
            able = [one for one in product(*(slots[slot] for slot in some)) if of(one) >= goal]
            able = [one for one in able if all(of(few) < goal for few in parts(one))]
            able = [one for one in able if not search.law.breaks(joined(one))]
            found += sorted(able, key=lambda one: order(one, of(one)))[:1]
        if len(found) >= 5 or (found and size >= mending.FEW):
            break
    return [(joined(one), of(one)) for one in sorted(found, key=lambda one: order(one, of(one)))[:5]]


def compare(seeds: range) -> tuple[int, int]:
    """Compare the search with the exhaustive one: how many registrations, and how many had something to propose."""
    compared = proposing = 0
    for seed in seeds:
        search = opened(small(seed, 4))
        if len(moves(FACTS, search.campaign.here.answer, {fact.path for fact in READ}, search.numbers())) > 7:
            continue
        told, _ = mending.proposals(search)
        expected = exhaustive(opened(small(seed, 4)))
        found = [({change.fact: change.new for change in one.changes}, one.score) for one in told]
        assert found == [(visible(search, answers), score) for answers, score in expected], seed
        compared, proposing = compared + 1, proposing + bool(expected)
    return compared, proposing


def visible(search: mending.Search, answers: dict[str, Any]) -> dict[str, Any]:
    """The answers that differ from those that stand."""
    return {path: value for path, value in answers.items() if search.campaign.here.answer(path) != value}


def test_no_smaller_set_of_changes_is_missed() -> None:
    compared, proposing = compare(range(45))
    assert compared > 30
    assert proposing > 5


@pytest.mark.long
def test_no_smaller_set_of_changes_is_missed_at_length() -> None:
    compared, proposing = compare(range(1000, 3700))
    assert compared >= 2000
    assert proposing > 300


@pytest.mark.parametrize("seed", range(40))
def test_each_proposal_applied_to_the_draft_reaches_what_it_says(seed: int) -> None:
    data = small(seed, 12)
    before = judge(data, packs=PACKS, on=DAY)
    for one in [*before.should.mend, *before.unblock]:
        after = judge(applied(data, one.as_dict()["changes"]), packs=PACKS, on=DAY, mend=False)
        assert (after.should.score, after.should.verdict, after.can) == (one.after.score, one.after.band, one.after.can)


@pytest.mark.parametrize("seed", range(40))
def test_what_unblocks_is_blocked_no_more_and_needs_each_change(seed: int) -> None:
    data = small(seed, 12)
    verdict = judge(data, packs=PACKS, on=DAY)
    assert bool(verdict.unblock or verdict.unblock_note) == (verdict.can == "blocked")
    for one in verdict.unblock:
        changes = one.as_dict()["changes"]
        assert judge(applied(data, changes), packs=PACKS, on=DAY, mend=False).can != "blocked"
        for left in changes:
            fewer = [change for change in changes if change is not left]
            if not left["words"]:
                continue
            assert judge(applied(data, fewer), packs=PACKS, on=DAY, mend=False).can == "blocked", left


def test_nobody_is_asked_to_change_history() -> None:
    for seed in range(60):
        told, _ = mending.proposals(opened(small(seed, 12)))
        changed = [FACTS.facts[change.fact] for one in told for change in one.changes]
        assert all(fact.change == "plan" or fact.path == "campaign.recognition.expected" for fact in changed)


def test_the_basket_of_a_visitor_who_never_logged_in_is_heavy_and_the_remedy_is_named() -> None:
    told = judge(registered(STRANGER), packs=PACKS, on=DAY).should
    assert told.verdict == "heavy"
    assert any("expect" in reason or "recognised" in reason for _, reason in told.caps)
    assert told.mend[0].words == "write only to those who are logged in, and know them by that"
    line = next(line for line in told.factors if line.factor == "recognition_expected")
    assert line.remedy.startswith("Write only to those who are logged in")


def test_where_only_history_weighs_that_is_said() -> None:
    bought = {"origin": "purchased", "collected_by": "data_broker", "notice": {"given": "never"}}
    told = judge(registered({"source": bought}), packs=PACKS, on=DAY).should
    assert told.mend == ()
    assert "history" in told.mend_note


def test_a_change_to_a_source_is_no_plan_of_a_campaign() -> None:
    with pytest.raises(NotAPlan, match=r"source\.origin"):
        applied(exemplary(), [{"fact": "source.origin", "to": "declared"}])


def test_every_fact_that_a_plan_can_change_has_words() -> None:
    silent = {"campaign.data_used.requested", "campaign.data_used.used"}
    plans = {fact.path for fact in FACTS.facts.values() if fact.change == "plan"} - silent
    assert plans == clauses().keys()


def test_leaving_out_a_country_unblocks_where_only_its_law_stands_in_the_way() -> None:
    facts = {"campaign": {"countries": ["US", "DE"]}, "source": {"lawful_basis": "none", "consent": {"method": "none"}}}
    search = opened(registered(facts))
    assert Unblocking(search.law, search).blocking  # type: ignore[arg-type]
    told, note = unblock(search.law, search)  # type: ignore[arg-type]
    assert any(change.fact == "campaign.countries" for one in told for change in one.changes) or note
