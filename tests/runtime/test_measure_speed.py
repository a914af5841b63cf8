"""`make bench`: each figure stands beside a floor or a peer, measured in turn with it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench import harness
from bench.harness import Comparison


def test_the_ratio_is_ours_over_theirs() -> None:
    def work(seconds: float) -> Callable[[], float]:
        def sleep() -> float:
            time.sleep(seconds)
            return 1

        return sleep

    assert 0.3 < harness.measure(Comparison("it", "things/s", work(0.02), "floor", work(0.01))).ratio < 0.7


def test_both_sides_run_in_turn_at_least_five_times_within_their_surroundings() -> None:
    order: list[str] = []

    @contextmanager
    def surroundings() -> Iterator[None]:
        order.append("begin")
        yield
        order.append("end")

    def work(side: str) -> Callable[[], float]:
        def note() -> float:
            order.append(side)
            return 1

        return note

    measured = harness.measure(Comparison("it", "", work("a"), "floor", work("b"), surroundings=surroundings), rounds=1)
    assert len(measured.ours) == len(measured.against) == 5
    assert order[0] == "begin" and order[-1] == "end"
    assert order[1:-1] == ["a", "b", "b", "a", "a", "b", "b", "a", "a", "b", "b", "a"]


def test_the_table_names_what_was_measured_against_what() -> None:
    one = harness.measure(
        Comparison("judge", "documents/s", lambda: 1, "floor: nothing", lambda: 1, goal="at least 0.5")
    )
    text = harness.table([one])
    assert "| judge |" in text and "| floor: nothing |" in text and "at least 0.5" in text and "load" in text
