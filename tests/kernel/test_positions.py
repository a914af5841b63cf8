"""Events are read on in the order of their commits: none is skipped, however late it was committed."""

import threading

import pytest
from django.db import connection

from kernel import clock
from kernel.positions import read_on
from kernel.tenancy import brand_context
from tests.conftest import SYSTEM, make_brand
from trail.models import Entry
from trail.record import record

pytestmark = pytest.mark.django_db(transaction=True)


def tell(brand, verb):
    return record(verb, brand_id=brand.pk, subject=("test", brand.pk), by=SYSTEM, at=clock.now())


def verbs(brand, position=None):
    with brand_context(brand.pk):
        rows, position = read_on(Entry.objects.filter(brand_id=brand.pk), position, at_most=100)
        return [row.verb for row in rows], position


def test_rows_come_in_order_and_once():
    brand = make_brand("northwind")
    for number in range(5):
        with brand_context(brand.pk):
            tell(brand, f"test.{number}")
    first, position = verbs(brand)
    assert first == ["brand.created", *(f"test.{n}" for n in range(5))]
    assert verbs(brand, position) == ([], position)


def test_a_row_committed_late_is_not_skipped():
    brand = make_brand("northwind")
    _, start = verbs(brand)
    written, may_commit = threading.Event(), threading.Event()

    def slow_writer():
        with brand_context(brand.pk):
            tell(brand, "test.early_but_slow")
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    written.wait(10)
    with brand_context(brand.pk):
        tell(brand, "test.late_but_quick")
    seen, position = verbs(brand, start)
    may_commit.set()
    thread.join()
    later, _ = verbs(brand, position)
    assert sorted(seen + later) == ["test.early_but_slow", "test.late_but_quick"]


def test_pages_join_without_gap_or_overlap():
    brand = make_brand("northwind")
    with brand_context(brand.pk):
        for number in range(10):
            tell(brand, f"test.{number}")
    taken, position = [], None
    while True:
        with brand_context(brand.pk):
            rows, position = read_on(Entry.objects.filter(brand_id=brand.pk), position, at_most=3)
        if not rows:
            break
        taken += [row.pk for row in rows]
    assert len(taken) == len(set(taken)) == 11
