"""The verdict country by country: where a campaign may go ahead, where not, and what decides that."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audits.engine.countries import alike, by_country
from audits.findings import finding_id
from facts.laws import load as load_laws
from facts.places import reaches
from portal import tones

MOST_REASONS = 3


@dataclass(frozen=True)
class Because:
    """One finding that decides a country's verdict: what it is about, its law, and where the page tells it."""

    id: str
    title: str
    laws: str
    read: str


@dataclass(frozen=True)
class Row:
    """Countries with one and the same verdict for the same reasons. `more` counts the reasons that are not told."""

    countries: tuple[str, ...]
    word: str
    because: tuple[Because, ...]
    more: int

    @property
    def sentence(self) -> str:
        """The row in one sentence."""
        said = {"clear": _("allowed in %s"), "blocked": _("not allowed in %s")}.get(self.word, _("unsettled in %s"))
        said %= ", ".join(self.countries)
        if not self.because:
            return said
        return _("%(where)s because of %(why)s") % {"where": said, "why": self.because[0].laws or self.because[0].title}


def rows(verdict: Mapping[str, Any]) -> tuple[Row, ...]:
    """Return the CAN verdict by country, the worst first; countries with the same verdict and reasons share a row."""
    if "can" not in verdict:
        return ()
    return tuple(_row(one.verdict, sorted(one.countries), one.deciding) for one in alike(by_country(verdict)))


def in_a_sentence(found: Iterable[Row]) -> str:
    """Return the rows as one sentence: “Not allowed in DE because of UWG 7(2); allowed in GB, US.”."""
    said = "; ".join(row.sentence for row in found)
    return f"{capfirst(said)}." if said else ""


def _speaks(law: str, countries: list[str]) -> bool:
    known = load_laws().get(law)
    return known is None or not known.countries or any(reaches(known.countries, country) for country in countries)


def _row(word: str, countries: list[str], deciding: Sequence[Mapping[str, Any]]) -> Row:
    told = tuple(_because(one, countries) for one in deciding[:MOST_REASONS])
    return Row(tuple(countries), word, told, len(deciding) - len(told))


def _because(finding: Mapping[str, Any], countries: list[str]) -> Because:
    cited = list(finding.get("citations", ()))
    there = [one for one in cited if _speaks(one["law"], countries)] or cited
    laws = [f"{one['law']} {one['article']}" for one in there]
    title = _(str(finding.get("title") or finding["message"]))
    read = str(tones.CHECKED.get(str(finding.get("checked")), "")) if laws else ""
    return Because(finding_id(finding), title, "; ".join(laws[:2]), read)
