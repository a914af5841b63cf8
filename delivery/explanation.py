"""Why a message reached its person, as the gate found it when the message left."""

from delivery.models import Intent
from people.explanation import Ground, sentence

BECAUSE = "because"
"""Where an intent's permit keeps the ground on which the message went; absent where none can be told."""


def of_intent(intent: Intent, *, brand: str, language: str) -> str:
    """Return the sentence of one hand-over in a language; "" where there is no ground that can be told truly."""
    told = intent.permit.get(BECAUSE)
    if not told:
        return ""
    try:
        return sentence(Ground.from_dict(told), brand=brand, language=language)
    except (KeyError, ValueError):
        return ""
