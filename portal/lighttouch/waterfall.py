"""How a score comes about: from 100 down, factor by factor, then what speaks for it, what limits that, and the caps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audits.engine.light_touch.table import load_table
from facts.catalogue import load
from portal.words import in_words

MINUS = "\N{MINUS SIGN}"
GRADES = {
    "A": "field experiment or field data",
    "B": "laboratory or meta-analysis",
    "C": "survey or theory",
    "U": "no study: house judgement",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One fact that a step rests on, in words."""

    path: str
    ask: str
    answer: str
    silent: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from `before` to `after`, both from 0 to 100 for the drawing; `points` as they were counted."""

    kind: str
    label: str
    points: int
    before: float
    after: float
    unknown: bool = False
    scope: str = ""
    evidence: str = ""
    answers: tuple[Answer, ...] = ()
    studies: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def left(self) -> float:
        """Where its bar begins, in per cent."""
        return min(self.before, self.after)

    @property
    def width(self) -> float:
        """How wide its bar is, in per cent."""
        return round(abs(self.after - self.before), 2)

    @property
    def signed(self) -> str:
        """Its points with their sign, as they move the score."""
        return f"+{self.points}" if self.points > 0 else f"{MINUS}{-self.points}" if self.points else "0"

    @property
    def source(self) -> str:
        """The key of the data source that it is about, if it is about one."""
        kind, _colon, key = self.scope.partition(":")
        return key if kind == "source" else ""


def steps_of(should: Mapping[str, Any]) -> list[Step]:
    """Return the steps of the SHOULD side of a verdict, from the start at 100 to the score."""
    told = should.get("waterfall")
    rows = list(told) if told else list(_derived(should))
    lines = {line["factor"]: line for line in should.get("factors", ())}
    found: list[Step] = []
    before = 100.0
    for row in rows:
        after = min(100.0, max(0.0, float(row["after"])))
        found.append(_step(row, lines.get(row.get("factor", ""), {}), before, after))
        before = after
    return found


def _step(row: Mapping[str, Any], line: Mapping[str, Any], before: float, after: float) -> Step:
    whole = {**line, **{name: value for name, value in row.items() if value is not None}}
    kind = str(row["kind"])
    level = kind in ("start", "score")
    return Step(
        kind=kind,
        label=_(str(row["label"])),
        points=round(row.get("points") or 0),
        before=0.0 if level else before,
        after=after,
        unknown=bool(whole.get("unknown")),
        scope=str(whole.get("scope") or ""),
        evidence=str(whole.get("evidence") or ""),
        answers=tuple(_answer(path, value) for path, value in sorted((whole.get("facts") or {}).items())),
        remedy=_(str(whole["remedy"])) if whole.get("remedy") else "",
        studies=tuple(_studies().get(name, name) for name in whole.get("citations") or ()),
    )


def _answer(path: str, value: Any) -> Answer:
    fact = load().get(path)
    return Answer(path, _(fact.ask) if fact else path, in_words(value), value is None)


def _studies() -> Mapping[str, str]:
    return load_table().studies


def evidence_in_words(evidence: str) -> str:
    """Return an evidence grade in words: "A: field experiment or field data"."""
    grade = evidence[:1]
    return f"{evidence}: {_(GRADES[grade])}" if evidence == grade and grade in GRADES else evidence


def _derived(should: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the steps of a verdict that was kept before verdicts carried them."""
    lines: Sequence[Mapping[str, Any]] = should.get("factors", ())
    score, after = int(should.get("score") or 0), 100.0
    yield {"kind": "start", "label": "No touch at all", "points": 100, "after": 100}
    for line in sorted((one for one in lines if one["points"] > 0), key=lambda one: -one["points"]):
        after -= line["points"]
        yield {**line, "kind": "factor", "label": line["reason"], "points": -line["points"], "after": after}
    for line in sorted((one for one in lines if one["points"] < 0), key=lambda one: one["points"]):
        after -= line["points"]
        yield {**line, "kind": "relief", "label": line["reason"], "points": -line["points"], "after": after}
    after = min(100.0, after)
    if after != score:
        # How much each of several limits took was not kept with it.
        caps = [cap["reason"] for cap in should.get("caps", ())]
        label = " ".join(caps) or "What speaks for it makes up for a part of what speaks against it only."
        kind = "cap" if caps else "relief_limit"
        yield {"kind": kind, "label": label, "points": round(score - after), "after": score}
    yield {"kind": "score", "label": "The score", "points": score, "after": score}
