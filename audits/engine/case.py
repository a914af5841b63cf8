"""One registration as it is judged on a day: its environments, its countries, and the rules that are put to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.engine.asking import both, channel_truth
from audits.engine.environment import environments
from audits.engine.light_touch.scoring import Scope
from audits.engine.packs import Pack, Packs, Place, Rule
from facts.conditions import Truth
from facts.document import Registration
from facts.places import reaches


@dataclass(frozen=True)
class Asked:
    """One rule that is in force and about the place and a channel of a campaign: for which countries, how surely."""

    pack: Pack
    rule: Rule
    place: Truth
    countries: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One registration as it is judged on a day: its countries, the campaign's environment and those of its sources."""

    packs: Packs
    on: date
    values: Mapping[str, Any]
    countries: tuple[str, ...]
    campaign: Scope
    sources: tuple[Scope, ...]
    measured: bool

    def scopes(self, rule: Rule) -> tuple[Scope, ...]:
        """The scopes that a rule is put to."""
        return (self.campaign,) if rule.scope == "campaign" else self.sources

    def rules(self) -> Iterator[tuple[Pack, Rule]]:
        """Every rule that may be asked: those that read measured facts only where these are supplied."""
        for pack in self.packs.packs:
            for rule in pack.rules:
                if self.measured or not rule.measured:
                    yield pack, rule


def open_case(valid: Registration, packs: Packs, on: date, measured: Mapping[str, Any] | None) -> Case:
    """Build the environments in which a registration is judged. Without any source, an unanswered one is judged."""
    values = packs.values(on)
    declared = valid.campaign_sources or ({},)
    campaign, *others = environments(packs, values, valid.brand, valid.campaign, declared, measured)
    sources = tuple(
        Scope(f"source:{source['key']}" if "key" in source else "source", here)
        for source, here in zip(declared, others, strict=True)
    )
    countries = tuple(valid.campaign.get("countries", ()))
    return Case(packs, on, values, countries, Scope("campaign", campaign), sources, measured is not None)


def places(where: tuple[str, ...] | str, case: Case) -> tuple[str, ...]:
    """The places of a rule on the day: a dated list has none before its first date."""
    return tuple(case.values.get(where, ())) if isinstance(where, str) else where


def reach(where: Place, case: Case) -> tuple[Truth, tuple[str, ...]]:
    """Whether a rule applies by place, and for which countries of the campaign.

    By where people live, or by where the brand is established; unknown where only the brand could bring it in and its
    country is unanswered. A rule bound to no place applies everywhere.
    """
    people, brand = places(where.people, case), places(where.brand, case)
    if not where.people and not where.brand:
        return Truth.TRUE, case.countries
    home = case.campaign.here.answer("brand.country")
    if brand and home is not None and reaches(brand, home):
        return Truth.TRUE, case.countries
    reached = tuple(country for country in case.countries if reaches(people, country))
    if reached:
        return Truth.TRUE, reached
    return (Truth.UNKNOWN, case.countries) if brand and home is None else (Truth.FALSE, ())


def put_to(case: Case) -> Iterator[Asked]:
    """Every rule that is in force and is about the place and a channel of the campaign."""
    spoken: dict[tuple[str, ...], Truth] = {}
    for where, groups in case.packs.in_force(case.on):
        place, countries = reach(where, case)
        if place is Truth.FALSE:
            continue
        for group in groups:
            if group.measured and not case.measured:
                continue
            channels = group.channels
            if channels not in spoken:
                spoken[channels] = channel_truth(channels, case.campaign.here)
            if both(place, spoken[channels]) is not Truth.FALSE:
                for pack, rule in group.rules:
                    yield Asked(pack, rule, place, countries)
