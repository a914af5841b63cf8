"""Measure two things in turn, several times, and print medians and their ratio."""

import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

ROUNDS = 7
"""How often each side is measured; the median counts. Never fewer than five."""


@dataclass(frozen=True)
class Comparison:
    """Ours against a floor (what no implementation could beat) or a peer. Each callable returns how much it did."""

    name: str
    unit: str
    ours: Callable[[], float]
    against_name: str
    against: Callable[[], float]
    goal: str = ""
    """The ratio that is promised, in words: "at least 0.5"."""
    surroundings: Callable[[], AbstractContextManager[object]] = nullcontext
    """Set up before the first round and taken down after the last."""


@dataclass
class Measured:
    """The rates (units of work per second) of both sides, round by round."""

    comparison: Comparison
    ours: list[float] = field(default_factory=list)
    against: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Our median over theirs: 1 is equal, above 1 we are faster."""
        return statistics.median(self.ours) / statistics.median(self.against)


def measure(comparison: Comparison, rounds: int = ROUNDS) -> Measured:
    """Run both sides in turn, after one round that does not count; the order changes every round."""
    result = Measured(comparison)
    with comparison.surroundings():
        rate(comparison.ours)
        rate(comparison.against)
        for number in range(max(rounds, 5)):
            sides = [(result.ours, comparison.ours), (result.against, comparison.against)]
            for times, work in sides if number % 2 else reversed(sides):
                times.append(rate(work))
    return result


def rate(work: Callable[[], float]) -> float:
    """Units of work per second of one call."""
    began = time.perf_counter()
    amount = work()
    return amount / (time.perf_counter() - began)


def table(results: Iterable[Measured]) -> str:
    """The results as a Markdown table, with the machine's load: a busy machine measures its neighbours."""
    lines = ["| measured | ours | against | theirs | ratio | goal |", "|---|---|---|---|---|---|"]
    for one in results:
        it = one.comparison
        ours, theirs = _figure(one.ours, it.unit), _figure(one.against, it.unit)
        lines.append(f"| {it.name} | {ours} | {it.against_name} | {theirs} | {one.ratio:.3g} | {it.goal} |")
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    return "\n".join([*lines, "", f"Median of {ROUNDS} (lowest to highest); {os.cpu_count()} processors, load {load}."])


def _figure(rates: Sequence[float], unit: str) -> str:
    median, low, high = statistics.median(rates), min(rates), max(rates)
    return f"{_round(median)} {unit} ({_round(low)} to {_round(high)})"


def _round(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
