"""kill -9 of the Celery worker, all its processes, in the middle of a release: it ends well, nobody gets it twice."""

from collections import Counter

from tests.stories import steps
from tests.stories.stage import wait_until

KEY, SOURCE, PEOPLE, KILLED_AFTER = "winter-letter", "winter-readers", 60, 25


def test_a_release_whose_worker_is_killed_reaches_everybody_once(house, cast, tmp_path):
    alice, olivia = cast["alice"], cast["olivia"]
    readers = [f"reader{number}@example.org" for number in range(PEOPLE)]
    steps.registers_by_command(house, tmp_path, steps.letter(KEY, SOURCE), by="alice@northwind.example")
    steps.fills_a_source(alice, SOURCE, [steps.row(reader) for reader in readers])
    case = steps.submits(alice, KEY)
    steps.opens_from_home(olivia, "Winter Letter")
    steps.writes_reasons(olivia, "A plain letter to people who asked for it.")
    steps.approves(olivia)
    assert steps.clears(alice, case) == PEOPLE
    killed = delivers_and_is_killed(alice, house)
    wait_until(lambda: len(house.arrived(KEY)) == PEOPLE, seconds=120)
    alice.sees(f"Done: {PEOPLE} people were reached, 0 were left in peace.")
    alice.keeps("sees it done although its worker was killed")
    assert Counter(data["to"]["email"] for data in house.arrived(KEY)) == dict.fromkeys(readers, 1)
    assert house.workers() and not set(killed) & set(house.workers())


def delivers_and_is_killed(alice, house):
    house.receiver.delay = 0.05
    steps.delivers(alice)
    wait_until(lambda: len(house.arrived(KEY)) >= KILLED_AFTER)
    killed = house.workers()
    house.kill_workers()
    house.receiver.delay = 0.0
    assert len(house.arrived(KEY)) < PEOPLE, "it must be killed while it delivers"
    return killed
