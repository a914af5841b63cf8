"""What the demo loads for each brand, in which order, and who is on which list."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from people.models import Basis
from people.purposes import channel_of, uses_for
from portal.demo import documents
from portal.demo.population import Somebody, people

SEED = "lighttouch"
EXAMPLE_SIZE = 60
CONSENT = ("consent", "explicit_consent")
NO_SALE = ("soft_opt_in", "legitimate_interests")


@dataclass(frozen=True, slots=True)
class PeopleList:
    """The people of one data source: how many, from where, what they answered on which uses and channels."""

    source_key: str
    first_number: int
    count: int
    countries: Mapping[str, int]
    mix: Mapping[str, int]
    pairs: tuple[tuple[str, str], ...]
    basis: str
    oldest_months: int
    minors: float = 0.0

    @property
    def identifiers(self) -> tuple[str, ...]:
        """The kinds of identifier by which its channels reach people."""
        return tuple(sorted({channel_of(channel).identifier for _use, channel in self.pairs}))

    def somebodies(self, first: int, count: int, this_year: int) -> Iterator[Somebody]:
        """Yield `count` of them, from the place `first` in the list."""
        return people(
            seed=f"{SEED} {self.source_key} {first}",
            first_number=self.first_number + first,
            count=count,
            countries=dict(self.countries),
            this_year=this_year,
            minors=self.minors,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One campaign to load: its document, by whom (None: the demo itself), its people, and whether it is handed in."""

    document: dict[str, Any]
    people: PeopleList
    by: str | None = None
    submit: bool = True
    background: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The campaign's name."""
        return str(self.document["campaign"]["name"])


def entries(brand: str, total_people: int) -> list[Entry]:
    """Return what is loaded for a brand, the small lists first, so that there is soon something to see."""
    made = [entry for slug in ("northwind", "contoso") for entry in _entries(slug, total_people)]
    placed = _placed([entry for _slug, entry in made], total_people)
    mine = [entry for (slug, _entry), entry in zip(made, placed, strict=True) if slug == brand]
    return sorted(mine, key=lambda entry: entry.people.count > total_people // 5)


def _entries(brand: str, total_people: int) -> Iterator[tuple[str, Entry]]:
    for one in documents.own(brand):
        document = one["document"] | {"integrations": one["integrations"]}
        told = one["people"]
        count = -1 if told["share"] == "rest" else total_people * told["share"] // 1000
        people = _people(document, count, told["countries"], told["mix"], told.get("minors", 0.0))
        yield brand, Entry(document, people, one["by"], one["submit"])
    if brand == "northwind":
        size = max(2, min(EXAMPLE_SIZE, total_people // 1000))
        for example in [*documents.cases(), *documents.stories()]:
            countries = dict.fromkeys(example.campaign["countries"], 1)
            people = _people(example.document, size, countries, _mix(example), 0.0)
            yield brand, Entry(example.document, people, background=example.background)


def _people(
    document: Mapping[str, Any], count: int, countries: Mapping[str, int], mix: Mapping[str, int], minors: float
) -> PeopleList:
    source, campaign = document["sources"][0], document["campaign"]
    pairs = [(use, channel) for channel in campaign["channels"] for use in uses_for(campaign["purpose"], channel)]
    basis = source["lawful_basis"]
    return PeopleList(
        source_key=source["key"],
        first_number=0,
        count=count,
        countries=countries,
        mix=mix,
        pairs=tuple(pairs),
        basis=basis if basis in NO_SALE else (Basis.CONSENT if basis in CONSENT else Basis.CONTRACT).value,
        oldest_months=max(2, source["consent"]["age_months"] - 1),
        minors=minors,
    )


def _mix(example: documents.Example) -> dict[str, int]:
    """People answered as the example declares: with a record of its basis or without, and with no among them or not."""
    allowed = {"given": 100} if _has_record(example.source, example.campaign["purpose"]) else {"nothing": 100}
    return allowed | ({"withdrawn": 40} if example.campaign["audience"]["opted_out_included"] else {})


def _has_record(source: Mapping[str, Any], purpose: str) -> bool:
    basis, consent = source["lawful_basis"], source["consent"]
    if basis in CONSENT:
        return bool(consent["recorded"]) and consent["method"] != "none"
    if basis in NO_SALE:
        return bool(source["soft_opt_in"]["opt_out_at_collection"])
    return basis == "contract" or (basis == "service_message" and purpose == "service_notice")


def _placed(made: list[Entry], total_people: int) -> list[Entry]:
    """Give every list its own numbers, and the one that takes the rest its size."""
    rest = total_people - sum(entry.people.count for entry in made if entry.people.count >= 0)
    placed, number = [], 1
    for entry in made:
        told = entry.people
        count = told.count if told.count >= 0 else max(rest, 0)
        values = {name: getattr(told, name) for name in PeopleList.__slots__} | {"first_number": number, "count": count}
        placed.append(Entry(entry.document, PeopleList(**values), entry.by, entry.submit, entry.background))
        number += count
    return placed
