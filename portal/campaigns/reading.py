"""From the posted form of a campaign to the parts of its draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaigns.audience import COMPARISONS
from campaigns.models import Campaign
from facts.checking import HEADERS
from portal import answers
from tenants.models import Brand

CONTENT = ("subject", "html", "text", "landing_url", *HEADERS)
SCHEDULE = ("from", "until")
LISTS = ("in", "not_in")
LONGEST_KEY = 70


@dataclass(frozen=True)
class Posted:
    """What a form says: the parts of a draft, the answers as read, and what could not be read elsewhere."""

    parts: dict[str, Any]
    reading: answers.Reading
    conditions: list[dict[str, str]]
    errors: dict[str, str]

    @property
    def readable(self) -> bool:
        """Whether everything could be read."""
        return not (self.reading.errors or self.errors)


def read(brand: Brand, posted: QueryDict, campaign: Campaign | None) -> Posted:
    """Read a posted form. Parts that say the same as the campaign does stay exactly as they stand there."""
    reading = answers.read("campaign", posted, campaign.facts if campaign else None)
    name = posted.get("name", "").strip()
    errors = {} if name else {"name": _("It needs a name.")}
    rows = _rows(posted)
    where = [_condition(row, number, errors) for number, row in enumerate(rows)]
    reached = [key for key in posted.getlist("audience.sources") if key in posted.getlist("sources")]
    parts = {
        "key": campaign.key if campaign else free_key(brand, name),
        "name": name,
        "facts": reading.facts,
        "content": _texts(posted, campaign),
        "schedule": {part: posted[f"schedule.{part}"] for part in SCHEDULE if posted.get(f"schedule.{part}")},
        "audience": _without_nothing({"sources": reached, "where": [one for one in where if one]}),
        "sources": posted.getlist("sources"),
        "integrations": posted.getlist("integrations"),
    }
    return Posted(parts, reading, rows, errors)


def free_key(brand: Brand, name: str) -> str:
    """Return a key for a new campaign of that name that no other campaign of the brand has."""
    stem = slugify(name)[:LONGEST_KEY] or "campaign"
    taken = set(Campaign.objects.filter(brand=brand, key__startswith=stem).values_list("key", flat=True))
    if stem not in taken:
        return stem
    return next(key for number in range(2, len(taken) + 3) if (key := f"{stem}-{number}") not in taken)


def unsaved(brand: Brand, parts: Mapping[str, Any], campaign: Campaign | None) -> Campaign:
    """Return a campaign of these parts that is never saved, to be judged as it stands on the page."""
    made = Campaign(brand=brand, **parts)
    if campaign is not None:
        made.pk = campaign.pk
    return made


def rows_of(audience: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the conditions of an audience as rows of the form."""
    return [_row(condition) for condition in audience.get("where") or []]


def _row(condition: Mapping[str, Any]) -> dict[str, str]:
    field, value = str(condition["field"]), condition["value"]
    named = field.startswith("fields.")
    return {
        "field": "fields" if named else field,
        "name": field.removeprefix("fields.") if named else "",
        "is": str(condition["is"]),
        "value": ", ".join(str(one) for one in value) if isinstance(value, list) else str(value),
    }


def _rows(posted: QueryDict) -> list[dict[str, str]]:
    columns = [posted.getlist(f"where.{part}") for part in ("field", "name", "is", "value")]
    found = [dict(zip(("field", "name", "is", "value"), row, strict=True)) for row in zip(*columns, strict=False)]
    return [row for row in found if row["field"]]


def _condition(row: Mapping[str, str], number: int, errors: dict[str, str]) -> dict[str, Any] | None:
    place, kind, comparison = f"where.{number}", row["field"], row["is"]
    if kind not in COMPARISONS or comparison not in COMPARISONS[kind]:
        errors[place] = _("This field cannot be compared that way.")
        return None
    words = [word.strip() for word in row["value"].split(",") if word.strip()]
    if not words or (kind == "fields" and not row["name"].strip()):
        errors[place] = _("Say which field and which value.")
        return None
    try:
        values = [_value(kind, comparison, word) for word in words]
    except ValueError:
        errors[place] = _("This takes a number.")
        return None
    field = f"fields.{row['name'].strip()}" if kind == "fields" else kind
    return {"field": field, "is": comparison, "value": values if comparison in LISTS else values[0]}


def _value(kind: str, comparison: str, word: str) -> Any:
    if kind == "birth_year":
        return int(word)
    if kind == "fields" and comparison in ("at_least", "at_most"):
        return float(word)
    return word.upper() if kind == "country" else word


def _texts(posted: QueryDict, campaign: Campaign | None) -> dict[str, str]:
    """A browser writes line ends in its own way; a text that is otherwise the same must not look like an edit."""
    texts = {}
    for part in CONTENT:
        typed = posted.get(f"content.{part}", "").replace("\r\n", "\n")
        before = str((campaign.content if campaign else {}).get(part) or "")
        same = typed.strip("\n") == before.replace("\r\n", "\n").strip("\n")
        if kept := before if same else typed:
            texts[part] = kept
    return texts


def _without_nothing(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if value}
