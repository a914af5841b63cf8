"""Where no pack speaks: silence of the packs must never read as clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from audits.engine.asking import Outcome
from audits.engine.environment import Environment
from audits.engine.packs import Packs
from audits.engine.verdict import Finding
from facts.places import reaches

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
    values = packs.values(on)
    for pack in packs.packs:
        for rule in pack.rules if pack.speaks is None or channel in pack.speaks else ():
            people = values.get(rule.where.people, ()) if isinstance(rule.where.people, str) else rule.where.people
            if (
                rule.side == "can"
                and rule.in_force(on)
                and (not rule.channels or channel in rule.channels)
                and reaches(tuple(people), country)
            ):
                return True
    return False


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
