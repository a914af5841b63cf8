"""Why what reached a person reached her: the sentence that went with each message, in the language of the page."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from delivery import explanation, queries
from delivery.models import IntentState
from people.explanation import FALLBACK, spoken
from people.models import Person
from tenants.models import Brand

NEWEST = 10


@dataclass(frozen=True, slots=True)
class Reached:
    """One message that reached her, or may have: when, and why; no sentence where the brand's records hold none."""

    when: datetime
    sentence: str
    language: str


def reached(brand: Brand, person: Person) -> list[Reached]:
    """Return what reached the person of late, the newest first."""
    language = spoken(get_language() or FALLBACK)
    came = [one for one in queries.reached(brand.pk, person.pk) if one.state != IntentState.WITHHELD]
    return [
        Reached(one.decided_at, explanation.of_intent(one, brand=brand.name, language=language), language)
        for one in came[:NEWEST]
    ]
