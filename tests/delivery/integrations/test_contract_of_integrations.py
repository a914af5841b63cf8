"""What every integration promises, whatever its kind."""

import pytest

from delivery.integrations import KINDS, Outcome, TransportError, transport_for
from tests.delivery.integrations.stage import BRAND, batch, csv_file, message, webhook

pytestmark = pytest.mark.parametrize("stage", [webhook, csv_file], ids=["webhook", "csv_file"])


def test_each_message_gets_one_result_and_arrives_once(stage, settings, tmp_path):
    with stage(settings, tmp_path) as (transport, seen):
        told = batch([message("ann@mail.example"), message("ben@mail.example")])
        results = transport.hand_over(told)
        assert [(one.message_id, one.outcome) for one in results] == [
            (one.id, Outcome.HANDED_OVER) for one in told.messages
        ]
        assert sorted(seen()) == ["ann@mail.example", "ben@mail.example"]


def test_nothing_leaves_after_the_batchs_time_is_over(stage, settings, tmp_path):
    with stage(settings, tmp_path) as (transport, seen):
        results = transport.hand_over(batch([message("ann@mail.example")], seconds=-1))
        assert [one.outcome for one in results] == [Outcome.NOT_SENT] and seen() == []


def test_who_may_no_longer_be_reached_is_left_out_at_the_last_moment(stage, settings, tmp_path):
    ann, ben = message("ann@mail.example"), message("ben@mail.example")
    with stage(settings, tmp_path) as (transport, seen):
        results = transport.hand_over(batch([ann, ben]), still=lambda message_id: message_id != ann.id)
        assert [one.outcome for one in results] == [Outcome.NOT_SENT, Outcome.HANDED_OVER]
        assert seen() == ["ben@mail.example"]


def test_a_broken_other_side_is_a_result_and_no_exception(stage, settings, tmp_path):
    with stage(settings, tmp_path, broken=True) as (transport, seen):
        results = transport.hand_over(batch([message("ann@mail.example"), message("ben@mail.example")]))
        assert results[0].outcome is Outcome.AGAIN and results[0].error and seen() == []


def test_after_a_crash_it_says_what_arrived_or_is_safe_to_repeat(stage, settings, tmp_path):
    with stage(settings, tmp_path) as (transport, seen):
        told = batch([message("ann@mail.example")])
        transport.hand_over(told)
        arrived = transport.arrived(told.release_id, told.number)
        assert arrived == {told.messages[0].id} or (arrived is None and transport.idempotent)
        if transport.idempotent:
            transport.hand_over(told)
            assert seen() == ["ann@mail.example"]


def test_it_is_registered_under_its_kind(stage, settings, tmp_path):
    with stage(settings, tmp_path) as (transport, _):
        assert KINDS[transport.kind] is type(transport) and transport.batch_size > 0


def test_an_unknown_kind_is_refused(stage):
    with pytest.raises(TransportError) as refused:
        transport_for("pigeon", brand_id=BRAND, config={}, credentials={})
    assert refused.value.permanent
