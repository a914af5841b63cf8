"""The table of factors: levels with points, evidence and citations, read from `factors.yaml`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from audits.engine.definitions import Definition, expanded, read_definitions
from audits.engine.errors import InvalidPack
from audits.engine.light_touch.lag import lag_definitions, windows_in_force
from facts.catalogue import Catalogue
from facts.conditions import Condition, compile_condition

TABLE = Path(__file__).with_name("factors.yaml")


@dataclass(frozen=True)
class Level:
    """One level of a factor: its points (negative: relief), when it holds (None: otherwise), and a plain sentence."""

    points: int
    when: Condition | None
    says: str


@dataclass(frozen=True)
class Factor:
    """One factor. Levels run from the heaviest to the lightest; the heaviest that is not ruled out counts."""

    id: str
    family: str
    scope: str
    reason: str
    remedy: str
    evidence: str
    citations: tuple[str, ...]
    levels: tuple[Level, ...]
    reads: frozenset[str]


@dataclass(frozen=True)
class Cap:
    """An upper limit of the score while a condition is not ruled out."""

    limit: int
    scope: str
    when: Condition
    reason: str


@dataclass(frozen=True)
class Table:
    """All factors and caps, the bands and the studies that are cited.

    `relieved` are the families whose intrusion relief can take away, up to `relief_share` of it.
    """

    version: str
    light: int
    mixed: int
    relief_share: float
    cap_share: float
    relieved: frozenset[str]
    factors: tuple[Factor, ...]
    caps: tuple[Cap, ...]
    studies: Mapping[str, str]
    sha256: str

    @cached_property
    def read_by(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the factors that read each fact."""
        return index([factor.reads for factor in self.factors])

    @cached_property
    def families(self) -> tuple[str, ...]:
        """The family of each factor."""
        return tuple(factor.family for factor in self.factors)

    @cached_property
    def capped_by(self) -> Mapping[str, tuple[int, ...]]:
        """The numbers of the caps that read each fact."""
        return index([cap.when.paths for cap in self.caps])

    def band(self, score: int) -> str:
        """The band of a score: light, mixed or heavy."""
        return "light" if score >= self.light else "mixed" if score >= self.mixed else "heavy"


def stricter(table: Table, bands: Mapping[str, int] | None) -> Table:
    """The table with the bands of a brand that is stricter with itself; one that is milder changes nothing."""
    if not bands:
        return table
    return replace(table, light=max(table.light, bands["light"]), mixed=max(table.mixed, bands["mixed"]))


@lru_cache(maxsize=4)
def load_table(path: Path = TABLE) -> Table:
    """Read the table that ships with the project; raises InvalidPack where it names what is no fact or study."""
    from facts import catalogue

    content = path.read_bytes()
    data = yaml.load(content.decode("utf-8"), Loader=yaml.CSafeLoader)
    facts, studies = catalogue.load(), data["studies"]
    definitions = read_definitions(data["definitions"] | lag_definitions(windows_in_force(data)), facts)
    factors = tuple(read_factor(entry, facts, studies, definitions) for entry in data["factors"])
    caps = tuple(
        Cap(entry["limit"], entry["scope"], known(entry["when"], facts, entry["reason"], definitions), entry["reason"])
        for entry in data["caps"]
    )
    bands = data["bands"]
    return Table(
        str(data["version"]), bands["light"], bands["mixed"], data["relief_share"], data["cap_share"],
        frozenset(data["relieved"]), factors, caps,
        studies,
        hashlib.sha256(content).hexdigest(),
    )  # fmt: skip


def index(reads: Sequence[frozenset[str]]) -> Mapping[str, tuple[int, ...]]:
    """For each fact the positions at which it is read."""
    facts = frozenset().union(*reads)
    return {path: tuple(number for number, one in enumerate(reads) if path in one) for path in facts}


def read_factor(
    entry: Mapping[str, Any], facts: Catalogue, studies: Mapping[str, str], definitions: Mapping[str, Definition]
) -> Factor:
    """Read one factor; raises InvalidPack where its levels do not fall or what it cites is not listed."""
    name = entry["id"]
    levels = tuple(
        Level(
            level["points"], known(level["when"], facts, name, definitions) if "when" in level else None, level["says"]
        )
        for level in entry["levels"]
    )
    points = [level.points for level in levels]
    if points != sorted(points, reverse=True) or levels[-1].when is not None:
        raise InvalidPack(f"factor {name}: levels must fall from the heaviest and end with one that always holds")
    if set(entry["citations"]) - studies.keys():
        raise InvalidPack(f"factor {name}: cites a study that is not listed")
    reads = frozenset(path for level in levels if level.when for path in level.when.paths)
    if entry["scope"] == "campaign" and any(path.startswith("source.") for path in reads):
        raise InvalidPack(f"factor {name}: of scope campaign, but it reads facts of a source")
    return Factor(
        name, entry["family"], entry["scope"], entry["reason"], entry["remedy"], entry["evidence"],
        tuple(entry["citations"]), levels, reads,
    )  # fmt: skip


def known(source: str, facts: Catalogue, where: str, definitions: Mapping[str, Definition]) -> Condition:
    """Compile a condition of the table; raises InvalidPack where it names what is no fact."""
    condition = compile_condition(expanded(source.strip(), definitions))
    unknown = [path for path in condition.paths if path not in facts.facts] + sorted(condition.names)
    if unknown:
        raise InvalidPack(f"factor {where}: {', '.join(unknown)} is not in the catalogue of facts")
    return condition
