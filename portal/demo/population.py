"""People who do not exist: the same ones for the same seed, wherever and whenever they are made.

Names are common ones of their countries; addresses lie in domains that are reserved for examples (RFC 2606), so that
nothing sent to them can reach anybody.
"""

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import yaml

NAMES = Path(__file__).with_name("data") / "names.yaml"
DOMAINS = ("example.com", "example.net", "example.org")
SIZES = ("36", "37", "38", "39", "40", "41", "42", "43", "44", "45")
PLAIN = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L"})
ADULT_AGES = ((18, 24, 11), (25, 34, 20), (35, 44, 20), (45, 54, 18), (55, 64, 16), (65, 89, 15))
CHILD_AGES = ((13, 17, 1),)


@dataclass(frozen=True, slots=True)
class Somebody:
    """One made-up person. `number` is her place in the whole population, and with it her customer number."""

    number: int
    first: str
    last: str
    country: str
    birth_year: int
    time_zone: str
    language: str
    size: str

    @property
    def email(self) -> str:
        """Her address: no two people have the same."""
        domain = DOMAINS[self.number % len(DOMAINS)]
        return f"{_plain(self.first)}.{_plain(self.last)}.{self.number}@{domain}"

    @property
    def customer(self) -> str:
        """Her customer number."""
        return f"C{self.number:07d}"

    @property
    def device(self) -> str:
        """The identifier of her browser."""
        return f"browser-{self.number:08x}-{self.number * 2654435761 % 2**32:08x}"


def people(
    *, seed: str, first_number: int, count: int, countries: dict[str, int], this_year: int, minors: float = 0.0
) -> Iterator[Somebody]:
    """Yield `count` people numbered from `first_number`. `countries` are weights, `minors` the share under 18."""
    dice = random.Random(seed)
    for number in range(first_number, first_number + count):
        yield _somebody(dice, number, _weighted(dice, countries), this_year, dice.random() < minors)


def _somebody(dice: random.Random, number: int, country: str, this_year: int, minor: bool) -> Somebody:
    names = _names()[country]
    low, high, _share = dice.choices(*_bands(CHILD_AGES if minor else ADULT_AGES))[0]
    return Somebody(
        number=number,
        first=dice.choice(names["first"]),
        last=dice.choice(names["last"]),
        country=country,
        birth_year=this_year - dice.randint(low + (not minor), high),
        time_zone=_weighted(dice, names["zones"]),
        language=_weighted(dice, names["languages"]),
        size=dice.choice(SIZES),
    )


@cache
def _names() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    return found


@cache
def _bands(ages: tuple[tuple[int, int, int], ...]) -> tuple[tuple[tuple[int, int, int], ...], tuple[int, ...]]:
    return ages, tuple(share for _low, _high, share in ages)


def _weighted(dice: random.Random, weights: dict[str, int]) -> str:
    if len(weights) == 1:
        return next(iter(weights))
    return dice.choices(list(weights), cum_weights=list(accumulate(weights.values())))[0]


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.translate(PLAIN))
    return "".join(one for one in letters if one.isascii() and one.isalpha()).lower()
