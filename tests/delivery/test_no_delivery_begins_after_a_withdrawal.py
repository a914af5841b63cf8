"""Promise 2: no delivery begins after a withdrawal was acknowledged. Senders and withdrawers race; the receiver tells."""

import random
import sys

import pytest

from tests.delivery import house
from tests.delivery.race import Race

pytestmark = pytest.mark.django_db(transaction=True)


def race(northwind, settings, *, people, gated=True, **runners):
    case = house.approved(northwind, people=people)
    with house.hook(northwind, settings) as (hook, other):
        other.delay = 0.002
        course = Race(case, hook, other, gated=gated)
        course.run(**runners)
    return course


def test_in_a_race_no_delivery_begins_after_the_acknowledgement(northwind, settings, capsys):
    random.seed(1)
    course = race(northwind, settings, people=300, senders=8, withdrawers=3, withdrawals=300)
    with capsys.disabled():
        sys.stdout.write(f"\n{course.told()} ")
    assert len(course.acknowledged) == 300 and len(course.other.messages()) > 300
    assert course.violations() == []


def test_checking_and_then_sending_would_be_noticed(northwind, settings):
    random.seed(2)
    course = race(northwind, settings, people=150, gated=False, senders=8, withdrawers=3, withdrawals=150)
    assert course.violations(), "the race does not tell a gate from none"


@pytest.mark.long
def test_in_a_long_race_no_delivery_begins_after_the_acknowledgement(northwind, settings, record_property):
    course = race(northwind, settings, people=2_000, senders=8, withdrawers=4, withdrawals=2_000)
    record_property("race", course.told())
    assert len(course.acknowledged) == 2_000
    assert course.violations() == []
