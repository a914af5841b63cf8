"""A partner posts what happened to a person: a message about it leaves at its time, if everything allows it then."""

from datetime import timedelta

import pytest

from delivery import services
from delivery.integrations.csv_file import transport
from delivery.models import Intent, ReleaseMode, ReleaseState
from delivery.services import events
from kernel import clock
from kernel.errors import NotPermitted
from people import services as people
from people.models import Person, PersonGate
from portal.preferences.centre.everything import copy_for
from tests import factories
from tests.conftest import NOW, SYSTEM, acting
from tests.delivery import house
from tests.delivery.happening import after, basket, basket_case, event_of, running, stands, told, working_at
from trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(northwind, held_clock, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return house.csv_file(northwind)


@pytest.fixture
def release(northwind, file):
    return running(basket_case(northwind), file)


@pytest.fixture
def inbox(tmp_path):
    """To whom messages have gone, in order."""
    return lambda: told(tmp_path)


def reason(release, posted):
    with acting(release.brand):
        return Intent.objects.get(release=release, event=posted.event.pk).reason


def test_a_release_of_such_a_campaign_waits_for_events_and_sweeps_nobody(northwind, release, inbox):
    assert (release.mode, release.state, release.audience_size) == (ReleaseMode.EVENTS, ReleaseState.RUNNING, None)
    house.work(northwind)
    assert inbox() == [] and house.fresh(release).state == ReleaseState.RUNNING
    assert house.reasons_of(release) == []


def test_the_message_leaves_after_the_registered_delay_and_not_before(northwind, percy, release, inbox):
    posted = basket(release, percy)
    assert posted.new and posted.status == "waiting" and posted.event.due_at == after(3)
    working_at(northwind, after(2.99))
    assert inbox() == [] and stands(posted) == "waiting"
    working_at(northwind, after(3))
    assert inbox() == ["spring-0@example.org"] and stands(posted) == "handed_over"
    assert house.fresh(release).counts["events"] == {"waiting": 0, "decided": 1}


def test_a_registered_delay_below_the_window_does_not_count(northwind, percy, file):
    eager = running(basket_case(northwind, trigger={"delay_hours": 0}), file)
    assert basket(eager, percy).event.due_at == after(2)


def test_what_is_reported_late_leaves_as_soon_as_it_may(northwind, percy, release, inbox):
    basket(release, percy, happened_at=after(-30))
    house.work(northwind)
    assert inbox() == ["spring-0@example.org"]


def test_what_has_not_happened_and_what_is_too_long_ago_is_answered_at_once(percy, release):
    with pytest.raises(events.EventFromTheFuture):
        basket(release, percy, happened_at=NOW + timedelta(seconds=1))
    with pytest.raises(events.EventTooOld):
        basket(release, percy, happened_at=after(-72))
    assert basket(release, percy, happened_at=after(-71.9)).new


def test_a_worker_that_comes_too_late_hands_nothing_over(northwind, percy, release, inbox):
    posted = basket(release, percy)
    working_at(northwind, after(72))
    assert inbox() == [] and (stands(posted), reason(release, posted)) == ("withheld", "stale_event")
    assert house.fresh(release).counts["withheld_by"] == {"stale_event": 1}


def test_the_window_of_the_table_closes_also_where_more_was_registered(northwind, percy, file, inbox):
    patient = running(basket_case(northwind, trigger={"expires_hours": 700}), file)
    posted = basket(patient, percy)
    working_at(northwind, after(168.1))
    assert inbox() == [] and reason(patient, posted) == "stale_event"
    with pytest.raises(events.EventTooOld):
        basket(patient, percy, happened_at=after(-168.1))


def test_who_says_no_between_the_event_and_its_time_gets_nothing(northwind, percy, release, inbox):
    posted = basket(release, percy)
    with acting(northwind):
        ann = Person.objects.get(
            identifiers__pseudonym=people.pseudonym_of(northwind.pk, "email", "spring-0@example.org")
        )
        people.withdraw(
            brand_id=northwind.pk, person=ann, purpose="direct_marketing", channel="email",
            idempotency_key="w", by=SYSTEM, at=clock.now(),
        )  # fmt: skip
    working_at(northwind, after(4))
    assert inbox() == [] and (stands(posted), reason(release, posted)) == ("withheld", "withdrawn")


def test_a_quiet_night_defers_and_the_morning_delivers(northwind, percy, file, inbox):
    by_day = running(basket_case(northwind, timing={"local_hours": "09:00-19:00"}), file)
    with clock.held(after(6)):
        posted = basket(by_day, percy)
    working_at(northwind, after(9))
    assert inbox() == [] and (event_of(posted).reason, event_of(posted).due_at) == ("quiet_hours", after(21))
    working_at(northwind, after(21))
    assert inbox() == ["spring-0@example.org"]


def test_a_purchase_stops_the_basket_mail(northwind, percy, release, inbox):
    waits, other = basket(release, percy), basket(release, percy, who="spring-1@example.org")
    with clock.held(after(1)):
        assert basket(release, percy, kind="purchase").status == "noted"
    working_at(northwind, after(4))
    assert inbox() == ["spring-1@example.org"]
    assert (stands(waits), event_of(waits).reason, stands(other)) == ("stopped", "purchase", "handed_over")
    assert house.fresh(release).counts["stopped_by"] == {"purchase": 1}


def test_a_purchase_before_the_basket_stops_nothing_and_one_reported_first_stops_at_once(percy, release):
    assert basket(release, percy, kind="purchase", happened_at=after(-5)).status == "noted"
    assert basket(release, percy, happened_at=after(-4)).status == "waiting"
    assert basket(release, percy, name="older", happened_at=after(-6)).status == "stopped"


def test_a_purchase_posted_for_another_campaign_stops_it_when_it_is_due(northwind, percy, release, file, inbox):
    thanks = running(basket_case(northwind, people=1, key="thanks", trigger={"kind": "purchase"}), file)
    waits = basket(release, percy)
    with clock.held(after(1)):
        bought = basket(thanks, percy, kind="purchase")
    working_at(northwind, after(3))
    assert (stands(waits), event_of(waits).reason, stands(bought)) == ("stopped", "purchase", "waiting")
    working_at(northwind, after(4))
    assert inbox() == ["spring-0@example.org"] and stands(bought) == "handed_over"


def test_a_purchase_stops_a_retry_too(northwind, percy, release, inbox, monkeypatch):
    def full(*_args):
        raise OSError("no space left on the disk")

    posted = basket(release, percy)
    with monkeypatch.context() as patch:
        patch.setattr(transport, "_place", full)
        working_at(northwind, after(3))
    assert stands(posted) == "waiting" and house.fresh(release).counts["waiting"] == 1
    with clock.held(after(3.001)):
        basket(release, percy, kind="purchase")
    working_at(northwind, after(5))
    assert inbox() == [] and stands(posted) == "stopped"
    assert house.fresh(release).counts["waiting"] == 0


def test_a_purchase_is_taken_while_the_release_is_paused_and_a_basket_is_not(percy, release):
    basket(release, percy)
    house.step(release, "pause")
    assert basket(release, percy, name="p", kind="purchase").status == "noted"
    with pytest.raises(events.NotRunning):
        basket(release, percy, name="b")


def test_the_same_event_again_is_known_and_sends_nothing(northwind, percy, release, inbox):
    first, again = basket(release, percy, name="e1"), basket(release, percy, name="e1")
    assert (first.new, again.new, again.event.pk) == (True, False, first.event.pk)
    working_at(northwind, after(3))
    with clock.held(after(30)):
        assert basket(release, percy, name="e1").status == "handed_over"
        house.work(northwind)
    assert inbox() == ["spring-0@example.org"]


def test_a_second_basket_gets_a_message_of_its_own_when_it_is_due(northwind, percy, release, inbox):
    basket(release, percy)
    working_at(northwind, after(3))
    with clock.held(after(40)):
        second = basket(release, percy)
    working_at(northwind, after(44))
    assert inbox() == ["spring-0@example.org"] * 2 and stands(second) == "handed_over"


def test_two_baskets_at_once_are_two_decisions_and_spacing_holds(northwind, percy, release, inbox):
    basket(release, percy, name="a")
    second = basket(release, percy, name="b", happened_at=after(-1))
    working_at(northwind, after(3))
    assert inbox() == ["spring-0@example.org"]
    waiting = [one for one in (second, basket(release, percy, name="a")) if stands(one) == "waiting"]
    assert [event_of(one).reason for one in waiting] == ["spacing"]


def test_what_the_campaign_does_not_answer_to_is_refused(percy, release):
    with pytest.raises(events.WrongKind, match="cart, complaint, purchase, refusal"):
        basket(release, percy, kind="birthday")


def test_an_event_tells_only_what_was_asked_for_and_the_message_prints_it(northwind, percy, release, tmp_path):
    with pytest.raises(events.DataNotRequested, match="shoe_size"):
        basket(release, percy, data={"last_category": "boots", "shoe_size": "44"})
    with pytest.raises(events.DataNotRequested, match="email"):
        basket(release, percy, data={"email": "other@example.org"})
    posted = basket(release, percy, data={"last_category": "boots"})
    working_at(northwind, after(3))
    assert told(tmp_path, "subject") == ["Your boots"]
    assert event_of(posted).data == {}


def test_nobody_known_and_nobody_of_the_audience_get_the_same_answer(northwind, percy, release):
    with acting(northwind):
        people.upsert_person(
            brand_id=northwind.pk, identifiers={"email": "outside@example.org"}, by=SYSTEM, at=clock.now()
        )
    told = []
    for who in ("nobody@example.org", "outside@example.org"):
        with pytest.raises(events.NobodyToReach) as refused:
            basket(release, percy, who=who)
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_who_was_erased_meanwhile_is_not_written_to_and_nothing_of_the_event_is_kept(northwind, percy, release, inbox):
    posted = basket(release, percy, name="order 4711", data={"last_category": "boots"})
    with acting(northwind):
        people.erase(person=Person.objects.get(pk=posted.event.person_id), by=SYSTEM, at=clock.now())
    kept = event_of(posted)
    assert (kept.data, kept.name) == ({}, str(kept.pk))
    working_at(northwind, after(3))
    assert inbox() == [] and (stands(posted), event_of(posted).reason) == ("stopped", "left_audience")


def test_her_own_copy_tells_what_was_posted_about_her(northwind, percy, release):
    posted = basket(release, percy, data={"last_category": "boots"})
    with acting(northwind):
        person = Person.objects.get(pk=posted.event.person_id)
        (one,) = copy_for(northwind, person, "spring-0@example.org", at=clock.now())["events"]
    assert (one["kind"], one["state"], one["values"]) == ("cart", "waiting", {"last_category": "boots"})


def test_a_stopped_release_ends_what_waits(northwind, percy, release, inbox):
    posted = basket(release, percy)
    ended = house.step(release, "stop")
    assert (stands(posted), ended.counts["events"]) == ("expired", {"waiting": 0, "expired": 1})
    working_at(northwind, after(4))
    assert inbox() == []
    with pytest.raises(events.NotRunning):
        basket(release, percy)


def test_an_approval_that_ends_ends_what_waits(northwind, percy, release, inbox):
    from audits import services as audits

    posted = basket(release, percy)
    with acting(northwind, factories.owner_of(northwind)) as by:
        audits.void(case=release.case, note="Alice withdrew it.", by=by, at=clock.now())
    assert stands(posted) == "expired" and inbox() == []


def test_a_campaign_that_was_not_started_takes_nothing(northwind, percy, file):
    ready = house.created(basket_case(northwind), file)
    assert ready.state == ReleaseState.READY
    with pytest.raises(events.NotRunning, match="released"):
        basket(ready, percy)


def test_one_release_at_a_time_takes_the_events_of_a_campaign(release, file):
    with pytest.raises(services.AlreadyReleased):
        house.created(release.case, file)


def test_people_post_no_events(northwind, alice, release):
    happened = services.Happened("e", "cart", clock.now(), {})
    with acting(northwind, alice) as owner, pytest.raises(NotPermitted):
        services.post_event(
            campaign=release.case.version.campaign, person=None, happened=happened, by=owner, at=clock.now()
        )


def test_the_trail_tells_every_step(northwind, percy, release):
    posted = basket(release, percy)
    basket(release, percy, name="p", kind="purchase")
    with acting(northwind):
        told = Entry.objects.filter(subject_id=posted.event.pk).order_by("pk")
        assert [one.verb for one in told] == ["event.received", "event.stopped"]
        assert set(PersonGate.objects.values_list("in_flight", flat=True)) == {0}
