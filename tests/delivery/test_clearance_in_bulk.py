"""The bulk engine says of everybody what the reference and the database say, person by person and reason by reason."""

from collections import Counter
from datetime import timedelta

import ibis
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.clearance import decide, facts_of
from delivery.clearance.bulk import engine, expression, reading, spark
from delivery.clearance.bulk import words as w
from delivery.clearance.sql import decide_all
from kernel.tenancy import brand_context
from people.models import Person
from tests.completeness import missing
from tests.delivery.crowd import NOW, Somebody, people, plans, world, write
from tests.delivery.test_clearance_two_ways import EACH_ALONE, HYPOTHESIS, MEMBERS, plan_for, said

PEOPLE, PLANS = 400, 50
AMONG = "SELECT id, number FROM people_person WHERE brand_id = %(brand)s"


def drawn(strategy, count, *, alike=False):
    """That many values of a strategy, in the lists that Hypothesis makes them in; `alike`: the same in every run."""
    found = []

    @settings(max_examples=-(-count // 10), derandomize=alike, **HYPOTHESIS)
    @given(st.lists(strategy, min_size=10, max_size=10))
    def draw(some):
        found.extend(some)

    draw()
    return found[:count]


class Bulk:
    """Everybody of the brand in columns, decided by one engine."""

    def __init__(self, brand, running):
        self.words, self.running = w.Words(), running
        self.table = reading.table_of(brand.pk, AMONG, {"brand": brand.pk}, self.words)
        self.ids = dict(Person.objects.values_list("number", "pk"))

    def reasons(self, plan, rows=None, at=NOW):
        asked = engine.asked_of(plan, at, self.words)
        told = expression.decision(ibis.memtable(self.table) if rows is None else rows, asked)
        found = self.running.fetch(told).to_pylist()
        return {self.ids[one["number"]]: (one["reason"], one["until"]) for one in found}


def by_reference(plan, at=NOW):
    known = facts_of(plan, list(Person.objects.values_list("pk", flat=True)), at)
    verdicts = {person: decide(plan, facts, at) for person, facts in known.items()}
    return {person: (one.reason, one.until and w.micros(one.until)) for person, one in verdicts.items()}


def by_sql(plan, at=NOW):
    ids = list(Person.objects.values_list("pk", flat=True))
    return {
        row.person_id: (row.reason, row.until and w.micros(row.until))
        for row in decide_all(plan, MEMBERS, {"ids": ids}, at)
    }


def differing(one, other):
    """The people of whom two ways of deciding say different things, with both."""
    return {
        person: (one.get(person), other.get(person)) for person in one | other if one.get(person) != other.get(person)
    }


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Generated people are full of what cannot be decided, and each is reported."""
    caplog.set_level("CRITICAL", "delivery.clearance.reference")


@pytest.fixture(scope="module")
def duckdb():
    with engine.duckdb() as running:
        yield running


@pytest.mark.django_db
def test_reference_database_and_duckdb_agree_on_20000_pairs(northwind, duckdb):
    with brand_context(northwind.pk):
        here = world(northwind)
        write(here, drawn(people(), PEOPLE))
        bulk = Bulk(northwind, duckdb)
        seen = Counter()
        for plan in drawn(plans(northwind.pk, here.campaign.pk), PLANS):
            told = by_reference(plan)
            assert not differing(told, by_sql(plan)), plan
            assert not differing(told, bulk.reasons(plan)), plan
            seen.update(reason for reason, _ in told.values())
    assert sum(seen.values()) == PEOPLE * PLANS
    assert len(seen) > 20, sorted(seen)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", EACH_ALONE)
def test_each_reason_alone_is_found(at_northwind, duckdb, reason):
    about, planned = EACH_ALONE[reason]
    here, ann = world(at_northwind), Somebody(**about)
    write(here, [ann])
    plan = plan_for(at_northwind, here, **{"retargets": False, "personalises": False, "infers": False, **planned})
    assert Bulk(at_northwind, duckdb).reasons(plan) == by_reference(plan)
    assert by_reference(plan)[ann.id][0] == reason


WORSE = {
    "standing": w.OTHER, "flags": w.FLAG["suppressed"], "born": w.UNKNOWN, "reach": 0, "c0": 0, "s0": 0, "weekly": 0,
    "senders": -1, "paused": w.NEVER, "last": w.micros(NOW),
}  # fmt: skip


@pytest.mark.django_db
def test_more_against_a_person_never_clears_her(northwind, duckdb):
    with brand_context(northwind.pk):
        here = world(northwind)
        write(here, drawn(people(), 100))
        bulk = Bulk(northwind, duckdb)
        plan = plan_for(northwind, here, senders=frozenset(), sources=frozenset({"shop"}))
        bulk.words.sources.index(str(here.sources["shop"].pk))
        before = bulk.reasons(plan)
        cleared = {person for person, (reason, _) in before.items() if reason == "cleared"}
        for column, value in WORSE.items():
            name = f"s{bulk.words.sources.index(str(here.sources['shop'].pk))}" if column == "s0" else column
            name = f"c{bulk.words.cells.index(plan.needs[0])}" if column == "c0" else name
            worse = ibis.memtable(bulk.table).mutate(**{name: ibis.literal(value, w.type_of(name))})
            assert not any(reason == "cleared" for reason, _ in bulk.reasons(plan, worse).values()), column
        assert cleared


@pytest.mark.django_db
def test_a_limit_of_a_week_counts_the_days_of_that_week(at_northwind, duckdb):
    """Messages of every day back to the ninth, at every limit: the packed days mean what the counters mean."""
    here = world(at_northwind)
    write(here, [Somebody(counters={day: 1 + day % 3, (day * 5) % 9: 2}) for day in range(9)])
    bulk = Bulk(at_northwind, duckdb)
    for later in range(9):
        for limit in (1, 3):
            plan, at = plan_for(at_northwind, here, per_week=limit), NOW + timedelta(days=later)
            assert bulk.reasons(plan, at=at) == by_sql(plan, at)


@pytest.mark.django_db
def test_whom_the_columns_cannot_hold_is_left_to_the_database(at_northwind, duckdb):
    here = world(at_northwind)
    many = [Somebody(settings={"kinds_refused": [f"kind{number}"]}) for number in range(70)]
    often, ahead = Somebody(counters={0: 200}), Somebody(counters={-5: 1})
    write(here, [*many, often, ahead])
    plan = plan_for(at_northwind, here, kinds=frozenset({"kind69"}), per_week=150)
    told = Bulk(at_northwind, duckdb).reasons(plan)
    undecided = {person for person, (reason, _) in told.items() if reason == expression.UNDECIDED}
    assert undecided >= {many[69].id, often.id, ahead.id} and many[0].id not in undecided


NO, YES = ibis.literal(False), ibis.literal(True)
DEFECTS = {
    "_minor": lambda self: self._rows.born > self._asked.at.year - self._plan.minimum_age,
    "_ran_out": lambda self, cell: self._said(cell) == w.CONSENTS["expired"],
    "_no_basis": lambda self, cell: NO if cell is None else ~self._positive(cell),
    "_asked_lately": lambda self, cell: self._column(f"h{cell}") >= self._at - 183 * expression.MICROS_OF_A_DAY,
    "_hidden": lambda self, seen: (seen & 15) == w.VISIBILITIES["private"],
    "_recognised": lambda self, seen: YES,
    "_unreachable": lambda self: self._rows.reach == 0,
    "_over_budget": lambda self: self._rows.weekly <= 0,
    "_spacing_until": lambda self: self._rows["last"] + 19 * 3_600_000_000,
    "_makes_no_sense": lambda self: NO,
}


@pytest.mark.django_db
def test_a_rule_that_is_wrong_is_noticed(northwind, duckdb, monkeypatch):
    """Each of these mistakes, put in by hand, is seen by comparing person by person."""
    with brand_context(northwind.pk):
        here = world(northwind)
        edges = [Somebody(**said(ago=183)), *(Somebody(birth_year=year) for year in (2008, 2010, 2013))]
        alone = [Somebody(**about) for about, _ in EACH_ALONE.values()]
        write(here, [*drawn(people(), 200, alike=True), *alone, *edges])
        bulk = Bulk(northwind, duckdb)
        usual = [plan_for(northwind, here, asks_again=again) for again in (False, True)]
        asked = usual + drawn(plans(northwind.pk, here.campaign.pk), 8, alike=True)
        told = [by_reference(plan) for plan in asked]
        for name, mistake in DEFECTS.items():
            with monkeypatch.context() as patch:
                patch.setattr(expression._Decision, name, mistake)
                assert any(differing(known, bulk.reasons(plan)) for plan, known in zip(asked, told, strict=True)), name


@pytest.mark.django_db
def test_spark_says_the_same_from_the_same_expression(northwind, tmp_path, settings):
    if not spark.ready():
        missing("pyspark and Java 17 (requirements/spark.txt)")
    settings.SPARK_MASTER = "local[2]"
    with brand_context(northwind.pk), spark.spark() as running:
        here = world(northwind)
        write(here, drawn(people(), 200))
        bulk = Bulk(northwind, running)
        rows = tmp_path / "rows.parquet"
        pq.write_table(bulk.table, rows)
        for plan in drawn(plans(northwind.pk, here.campaign.pk), 3):
            assert not differing(bulk.reasons(plan, running.rows(rows)), by_reference(plan)), plan
