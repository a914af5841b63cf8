"""The score as steps from 100 down: each line, the limit of relief, the cap that holds, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from audits.engine.light_touch.scoring import Line, Sum
from facts.words import gettext as _


def waterfall(lines: Sequence[Line], caps: Sequence[tuple[int, str]], summed: Sum) -> list[dict[str, Any]]:
    """The steps in their order, as JSON data: `{kind, label, points, after}`, the heaviest factor first.

    `points` is what a step takes (negative) or gives; the points of all steps add up to the score.
    """
    return list(steps(lines, caps, summed))


def steps(lines: Sequence[Line], caps: Sequence[tuple[int, str]], summed: Sum) -> Iterator[dict[str, Any]]:
    """Yield the steps of `waterfall`."""
    after = 100.0
    yield step("start", _("Nobody is touched"), 100, after)
    for one in sorted((line for line in lines if line.points), key=lambda line: -line.points):
        after -= one.points
        yield step("factor" if one.points > 0 else "relief", one.reason, -one.points, after) | origin(one)
    if summed.relief > summed.counted:
        after -= summed.relief - summed.counted
        label = _("Relief counts up to half of what the use of data weighs")
        yield step("relief_limit", label, summed.counted - summed.relief, after)
    if caps and summed.score < round(summed.uncapped):
        lowest = min(caps)
        label = _("At most {limit}: {reason}").format(limit=lowest[0], reason=lowest[1])
        yield step("cap", label, summed.score - max(after, 0.0), float(summed.score))
    yield step("score", _("Score"), 0, float(summed.score))


def step(kind: str, label: str, points: float, after: float) -> dict[str, Any]:
    """One step as JSON data; whole numbers stay whole."""
    return {"kind": kind, "label": label, "points": whole(points), "after": whole(after)}


def whole(number: float) -> float | int:
    """A number without a fraction that says nothing."""
    return int(number) if number == int(number) else round(number, 2)


def origin(one: Line) -> dict[str, Any]:
    """What a step rests on."""
    return {
        "factor": one.factor,
        "facts": dict(one.facts),
        "evidence": one.evidence,
        "unknown": one.unknown,
        "scope": one.scope,
        "remedy": one.remedy,
    }
