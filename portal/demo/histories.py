"""What made-up people answered over time: given, renewed, refused, withdrawn, run out, or never asked."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from people.models import Basis, Consent

DAY = timedelta(days=1)
KINDS = ("given", "renewed", "soft_opt_in", "expired", "refused", "withdrawn", "objected", "nothing")


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a history: what was said, when, on which basis and until when it holds."""

    state: str
    basis: str
    at: datetime
    until: datetime | None = None


def history(dice: random.Random, kind: str, *, basis: str, now: datetime, oldest_months: int) -> list[Said]:
    """Return the events of one person's history of a kind (KINDS), the oldest first.

    Nobody's newest word is younger than a day or, where it allows something, older than `oldest_months`.
    """
    first = now - DAY * dice.randint(2, max(3, oldest_months * 30 - 3))
    later = first + (now - DAY - first) * dice.random()
    given, soft = Consent.GIVEN.value, Basis.SOFT_OPT_IN.value
    told: dict[str, Sequence[Said]] = {
        "given": [Said(given, basis, first)],
        "renewed": [
            Said(given, basis, first - DAY * dice.randint(200, 700), first - DAY),
            Said(Consent.RENEWED.value, basis, first),
        ],
        "soft_opt_in": [Said(given, soft, first)],
        "expired": [Said(given, basis, now - DAY * 800, now - DAY * dice.randint(2, 60))],
        "refused": [Said(Consent.REFUSED.value, basis, first)],
        "withdrawn": [Said(given, basis, first), Said(Consent.WITHDRAWN.value, basis, later)],
        "objected": [Said(given, soft, first), Said(Consent.OBJECTED.value, soft, later)],
        "nothing": [],
    }
    return [Said(one.state, one.basis, one.at.replace(microsecond=0), one.until) for one in told[kind]]
