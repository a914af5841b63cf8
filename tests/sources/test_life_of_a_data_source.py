"""A data source is used only while it is active; retiring it is for good."""

import pytest

from kernel import clock
from kernel.errors import NotPermitted
from sources.models import DataSource, SourceContribution, SourceState
from sources.services import NotInThisState, activate, register, retire, suspend
from sources.signals import source_changed, source_state_changed
from sources.states import LIFE
from tests.conftest import SYSTEM, acting
from trail.models import Entry

EVENTS = {"activate": activate, "suspend": suspend, "retire": retire}


@pytest.fixture
def source(northwind):
    with acting(northwind) as by:
        return register(brand=northwind, key="k", name="K", kind="tag", facts={}, by=by, at=clock.now())


@pytest.mark.parametrize("state", SourceState)
@pytest.mark.parametrize("event", EVENTS)
def test_each_event_leads_where_the_life_cycle_says_or_is_refused(northwind, source, state, event):
    with acting(northwind) as by:
        DataSource.objects.update(state=state)
        if event in LIFE[state]:
            EVENTS[event](source=source, by=by, at=clock.now())
            assert source.state == DataSource.objects.get().state == LIFE[state][event]
        else:
            with pytest.raises(NotInThisState, match=state.label.lower()):
                EVENTS[event](source=source, by=by, at=clock.now())
            assert DataSource.objects.get().state == state


def test_every_state_has_its_place_and_retired_is_the_end():
    assert set(LIFE) == set(SourceState)
    assert LIFE[SourceState.RETIRED] == {}


def test_it_is_told_and_recorded_but_it_is_no_change_of_an_answer(northwind, source):
    heard = []

    def changed(**more):
        heard.append("answers")

    def turned(source, **more):
        heard.append(source.state)

    source_changed.connect(changed)
    source_state_changed.connect(turned)
    with acting(northwind) as by:
        activate(source=source, by=by, at=clock.now())
        suspend(source=source, reason="complaints", by=by, at=clock.now())
        assert heard == ["active", "suspended"]
        assert SourceContribution.objects.count() == 1
        assert Entry.objects.order_by("id").last().details == {"key": "k", "from": "active", "reason": "complaints"}


def test_a_copy_that_was_read_before_does_not_bring_a_source_back(northwind, source):
    old = DataSource(brand=northwind, id=source.pk, key="k", state=SourceState.DRAFT)
    with acting(northwind) as by:
        retire(source=source, by=by, at=clock.now())
        with pytest.raises(NotInThisState):
            activate(source=old, by=by, at=clock.now())


def test_an_officer_may_close_a_source_and_not_open_it(northwind, olivia, source):
    with acting(northwind):
        activate(source=source, by=SYSTEM, at=clock.now())
    with acting(northwind, olivia) as by:
        suspend(source=source, by=by, at=clock.now())
        with pytest.raises(NotPermitted):
            activate(source=source, by=by, at=clock.now())


def test_a_stranger_closes_nothing(northwind, charlie, source):
    with acting(northwind, charlie) as by, pytest.raises(NotPermitted):
        retire(source=source, by=by, at=clock.now())
