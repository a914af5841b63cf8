"""Lists of made-up people as CSV files, the way a brand's own systems would export them: one line per thing said."""

import csv
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from portal.demo.histories import Said, history
from portal.demo.plan import SEED, PeopleList
from portal.demo.population import Somebody

ABOUT = ("country", "birth_year", "time_zone", "language", "observed_at", "field.first_name", "field.size")
OLDEST_RECORD_DAYS = 300


def headers(of: PeopleList) -> list[str]:
    """Return the columns, each named as the import calls it."""
    identifiers = dict.fromkeys([*of.identifiers, "customer"])
    said = [f"consent.{use}.{channel}{part}" for use, channel in of.pairs for part in ("", ".at", ".until", ".basis")]
    return [*identifiers, *ABOUT, *said]


def write(path: Path, of: PeopleList, *, first: int, count: int, now: datetime) -> int:
    """Write `count` people of a list from the place `first`. Returns the number of lines after the header."""
    dice = random.Random(f"{SEED} {of.source_key} {first} histories")
    lines = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, headers(of), restval="", extrasaction="ignore")
        table.writeheader()
        for somebody in of.somebodies(first, count, now.year):
            for line in _lines(somebody, of, dice, now):
                table.writerow(line)
                lines += 1
    return lines


def _lines(who: Somebody, of: PeopleList, dice: random.Random, now: datetime) -> Iterator[dict[str, str]]:
    kind = dice.choices(list(of.mix), list(of.mix.values()))[0]
    told = history(dice, kind, basis=of.basis, now=now, oldest_months=of.oldest_months)
    about = _about(who, now - timedelta(days=dice.randint(1, OLDEST_RECORD_DAYS), seconds=dice.randint(0, 80_000)))
    if not told:
        yield about
    for said in told:
        yield about | _said(said, of)


def _about(who: Somebody, observed_at: datetime) -> dict[str, str]:
    return {
        "email": who.email,
        "device": who.device,
        "customer": who.customer,
        "country": who.country,
        "birth_year": str(who.birth_year),
        "time_zone": who.time_zone,
        "language": who.language,
        "observed_at": observed_at.replace(microsecond=0).isoformat(),
        "field.first_name": who.first,
        "field.size": who.size,
    }


def _said(said: Said, of: PeopleList) -> dict[str, str]:
    line = {}
    for use, channel in of.pairs:
        column = f"consent.{use}.{channel}"
        line[column] = said.state
        line[f"{column}.at"] = said.at.isoformat()
        line[f"{column}.basis"] = said.basis
        if said.until is not None:
            line[f"{column}.until"] = said.until.replace(microsecond=0).isoformat()
    return line
