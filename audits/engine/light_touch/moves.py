"""The moves of a plan: other answers to one fact (or to facts that change together), each with its size and words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from facts.catalogue import Catalogue, Fact
from facts.words import gettext as _

WORDS = Path(__file__).with_name("words.yaml")
TOGETHER: tuple[Mapping[str, Any], ...] = (
    {"campaign.recognition.path": "login", "campaign.recognition.expected": True},
)
"""Answers that change together and count once: who is recognised by the login expects to be."""
AIMS: Mapping[str, tuple[Any, ...]] = {
    "campaign.audience.minors": ("none",),
    "campaign.presented_as": ("marketing",),
    "campaign.message.endorsement": ("none", "disclosed"),
    "campaign.message.reply_path": ("read_by_people", "automated"),
    "campaign.message.unsubscribe": ("one_click", "link", "reply"),
    "campaign.offer.benefit": ("useful_information", "gift", "discount_now"),
    "campaign.delivery.agreement": ("processor",),
    "campaign.delivery.transfer": ("none_needed", "adequacy", "standard_clauses", "binding_rules"),
}
"""The answers that a plan can aim at where not every better one is something to propose."""
NARROWED = frozenset({"campaign.channels", "campaign.countries", "campaign.audience.relationship"})
"""Sets that a plan can narrow; another whole set would be another campaign."""


@dataclass(frozen=True)
class Move:
    """Other answers to the facts of one slot. `size` counts the steps from the present answer."""

    slot: str
    changes: tuple[tuple[str, Any], ...]
    size: int

    @property
    def answers(self) -> dict[str, Any]:
        """The new answers by fact."""
        return dict(self.changes)


Answer = Callable[[str], Any]


def moves(
    catalogue: Catalogue, answer: Answer, paths: Iterable[str], numbers: Mapping[str, Iterable[float]]
) -> dict[str, tuple[Move, ...]]:
    """For each fact of `paths` that a plan can change its moves, the smallest first; facts without are left out.

    `numbers` names, for numeric facts, the values at which something changes.
    """
    wanted = frozenset(paths)
    found: dict[str, tuple[Move, ...]] = {}
    joint = {next(iter(bundle)): bundle for bundle in TOGETHER}
    for path, fact in catalogue.facts.items():
        if path not in wanted or fact.change != "plan":
            continue
        if path in joint:
            other = any(answer(name) != value for name, value in joint[path].items())
            found[path] = (Move(path, tuple(joint[path].items()), 1),) if other else ()
        else:
            now = answer(path)
            steps = alternatives(fact, now, sorted({*map(float, numbers.get(path, ()))}))
            found[path] = tuple(sorted((Move(path, ((path, new),), size) for new, size in steps), key=smallest))
    return {path: steps for path, steps in found.items() if steps}


def smallest(move: Move) -> tuple[int, str]:
    """Moves are tried from the smallest; of equal ones in the order of their words."""
    return move.size, repr(move.changes)


def alternatives(fact: Fact, now: Any, numbers: Sequence[float]) -> Iterator[tuple[Any, int]]:
    """Other answers to a fact with their distance: better ones where answers are ordered, numbers at a step."""
    if fact.kind in ("bool", "text"):
        if now != fact.clean:
            yield fact.clean, 1
    elif fact.kind == "choice":
        yield from choices(fact, now)
    elif fact.kind in ("choices", "countries"):
        yield from sets(fact, now)
    elif fact.kind in ("int", "number"):
        yield from steps(fact, now, numbers)


def choices(fact: Fact, now: Any) -> Iterator[tuple[Any, int]]:
    """Better answers of a closed list, at their distance in its order; every aim where it has none."""
    aims = AIMS.get(fact.path, fact.choices if fact.order else (fact.clean,))
    for value in aims:
        if value == now:
            continue
        if isinstance(fact.order, tuple) and now is not None:
            distance = fact.order.index(now) - fact.order.index(value)
            if distance > 0:
                yield value, distance
        else:
            yield value, 1


def sets(fact: Fact, now: Any) -> Iterator[tuple[Any, int]]:
    """A set without one of its elements, one that is worse as it grows emptied, another replaced by the clean."""
    present = list(now or ())
    for one in present if len(present) > 1 else ():
        yield [other for other in present if other != one], 1
    if fact.path in NARROWED:
        return
    target = [] if fact.order == "rising" else list(fact.clean)
    if fact.order == "falling":
        target = [*present, *(one for one in fact.clean if one not in present)]
    if set(target) != set(present):
        yield target, len({*target} ^ {*present}) or 1


def steps(fact: Fact, now: Any, numbers: Sequence[float]) -> Iterator[tuple[Any, int]]:
    """Numbers at which something changes, at their distance in steps; only better ones where they are ordered."""
    scale = sorted({*numbers, float(fact.clean)} | ({float(now)} if now is not None else set()))
    for value in scale:
        if now is not None and (value == now or worse(fact, float(now), value)):
            continue
        distance = abs(scale.index(value) - scale.index(float(now))) if now is not None else 1
        yield (value if fact.kind == "number" else int(value)), distance


def worse(fact: Fact, now: float, value: float) -> bool:
    """Whether a number is worse than the present one."""
    return (fact.order == "rising" and value > now) or (fact.order == "falling" and value < now)


@lru_cache(maxsize=1)
def clauses() -> Mapping[str, Mapping[str, str]]:
    """The words of each change, by fact and new answer."""
    data: Mapping[str, Mapping[str, str]] = yaml.load(WORDS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return data


def words(fact: Fact, old: Any, new: Any) -> str:
    """A change in words, as an imperative clause; "" for a fact that only follows from another."""
    if fact.change == "history":
        return ""
    known = clauses().get(fact.path, {})
    left = [one for one in old or () if one not in new] if isinstance(new, list) else []
    key = str(new).lower() if isinstance(new, (bool, str)) else "other"
    if left and "out" in known and (new or "other" not in known) and set(new) < set(old):
        key = "out"
    clause = known.get(key) or known.get("other")
    if clause is None:
        return _("answer “{ask}” with {to}").format(ask=fact.ask, to=shown(new))
    return _(clause).format(to=shown(new), left=_(" and ").join(map(shown, left)))


def shown(value: Any) -> str:
    """An answer as words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple)):
        return _(" and ").join(map(shown, value)) or _("none")
    return f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ")
