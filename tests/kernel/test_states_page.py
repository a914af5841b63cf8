"""docs/states.md is printed from the life cycles that the rooms act by."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kernel.management.commands import states
from sources.models import SourceState
from sources.states import LIFE


def test_the_page_is_up_to_date():
    call_command("states", "--check")


def test_every_room_with_states_is_on_the_page():
    assert {"audits", "delivery", "sources"} <= {room for room, _life in states.lives()}


def test_a_life_cycle_begins_at_its_first_state_and_shows_every_step_and_end():
    drawn = states.section("sources", LIFE)
    assert "[*] --> draft" in drawn and "retired --> [*]" in drawn
    assert "active --> suspended: suspend" in drawn
    assert drawn.count("-->") == sum(len(leads) or 1 for leads in LIFE.values()) + 1


def test_a_step_that_is_not_on_the_page_is_noticed(monkeypatch):
    monkeypatch.setitem(LIFE[SourceState.RETIRED], "revive", SourceState.ACTIVE)
    out = StringIO()
    with pytest.raises(CommandError, match="out of date"):
        call_command("states", "--check", stdout=out)
    assert "+    retired --> active: revive" in out.getvalue()
