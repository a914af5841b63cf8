"""How fast registration documents are judged, against reading the same YAML and walking over it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import yaml

from audits.engine import judge, load_packs
from bench.harness import Comparison
from facts import document
from tests.registrations import exemplary

_DOCUMENTS = 20
_ON = date(2026, 11, 1)


def comparisons() -> Iterable[Comparison]:
    """Judging from the text to the verdict; the floor asks and answers nothing."""
    text = yaml.safe_dump(exemplary(), allow_unicode=True)
    packs = load_packs(prove=False)

    def judged() -> float:
        for _ in range(_DOCUMENTS):
            judge(document.load(text), packs=packs, on=_ON)
        return _DOCUMENTS

    def walked() -> float:
        for _ in range(_DOCUMENTS):
            sum(1 for _ in _leaves(yaml.load(text, Loader=yaml.CSafeLoader)))
        return _DOCUMENTS

    yield Comparison(
        name="judge a registration, from YAML to verdict",
        unit="documents/s",
        ours=judged,
        against_name="floor: load the YAML (libyaml) and walk it",
        against=walked,
    )


def _leaves(tree: Any) -> Iterator[Any]:
    if isinstance(tree, dict):
        for value in tree.values():
            yield from _leaves(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _leaves(value)
    else:
        yield tree
