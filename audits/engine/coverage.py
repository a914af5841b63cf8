"""Where no pack speaks: silence of the packs must never read as clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from audits.engine.asking import Outcome
from audits.engine.environment import Environment
from audits.engine.packs import MOST_DAYS, Packs
from audits.engine.verdict import Finding
from facts.places import reached

VERSION = "1"


def gaps(packs: Packs, on: date, countries: tuple[str, ...], here: Environment) -> Iterator[Finding]:
    """Yield what the packs cannot judge: countries or channels unanswered, or a pair of them for which none speaks."""
    channels = here.answer("campaign.channels")
    if not countries:
        yield gap(
            "jurisdiction.countries", "Nobody said where the people live.", "Name the countries.", (), "countries"
        )
    if not channels:
        yield gap("jurisdiction.channels", "Nobody said through which channels.", "Name them.", countries, "channels")
    for country in countries:
        silent = [channel for channel in channels or () if not speaks(packs, on, country, channel)]
        if silent:
            message = f"No rule pack speaks for {country} and {', '.join(silent)}: a person must judge."
            yield gap("jurisdiction.no-pack", message, "Ask counsel, or add a rule pack.", (country,), None)


def speaks(packs: Packs, on: date, country: str, channel: str) -> bool:
    """Whether a CAN rule in force is bound to the country and is about the channel."""
    return country in spoken(packs, on, channel)


def spoken(packs: Packs, on: date, channel: str) -> frozenset[str]:
    """The places for which some pack speaks about a channel on a day; remembered with the packs."""
    known = packs.spoken.get((on, channel))
    if known is None:
        if len(packs.spoken) > MOST_DAYS * 16:
            packs.spoken.clear()
        known = packs.spoken[on, channel] = frozenset(places_of(packs, on, channel))
    return known


def places_of(packs: Packs, on: date, channel: str) -> Iterator[str]:
    """Yield the places whose people a CAN rule in force about the channel reaches."""
    values = packs.values(on)
    for pack in packs.packs:
        for rule in pack.rules if pack.speaks is None or channel in pack.speaks else ():
            if rule.side == "can" and rule.in_force(on) and (not rule.channels or channel in rule.channels):
                people = rule.where.people
                yield from reached(tuple(values.get(people, ())) if isinstance(people, str) else people)


def gap(rule: str, message: str, remedy: str, countries: tuple[str, ...], fact: str | None) -> Finding:
    """A finding of the engine itself: unanswered where a fact is missing, else a judgement that a person must make."""
    outcome: Outcome = "unanswered" if fact else "judgement"
    facts = {f"campaign.{fact}": None} if fact else {}
    return Finding(
        rule=rule,
        title="Jurisdiction",
        pack="engine",
        pack_version=VERSION,
        side="can",
        scope="campaign",
        countries=countries,
        outcome=outcome,
        severity="human",
        citations=(),
        checked="text",
        message=message,
        remedy=remedy,
        facts=facts,
        asks=tuple(facts),
    )
