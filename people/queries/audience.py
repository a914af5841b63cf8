"""From an audience's definition to the people in it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, F, FloatField, OuterRef, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from kernel.errors import Invalid
from people.models import Person, PersonState, SourceRecord

NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"
TYPED = {"country", "language", "birth_year", "time_zone"}
COMPARISONS = {"in": "in", "not_in": "in", "equals": "exact", "at_least": "gte", "at_most": "lte"}


class UnusableAudience(Invalid):
    """The audience's definition names a field or comparison that does not exist."""

    code = "unusable_audience"


def audience(brand_id: UUID, definition: Mapping[str, Any]) -> QuerySet[Person]:
    """Return the people of an audience, erased ones left out, in the order of their numbers.

    `definition` is {"sources": [key…], "where": [{"field", "is", "value"}…]}: present in at least one of the sources,
    and every condition true. A person of whom a field is not known satisfies no condition on it, "not_in" included;
    no source means nobody. For set-based SQL: `audience(…).values("pk").query.sql_with_params()`. Raises
    UnusableAudience.
    """
    keys = list(definition.get("sources") or [])
    present = SourceRecord.objects.filter(
        brand_id=brand_id, person_id=OuterRef("pk"), source__brand_id=brand_id, source__key__in=keys
    )
    people = Person.objects.filter(Exists(present), brand_id=brand_id).exclude(state=PersonState.ERASED)
    if not keys:
        return people.none()
    for number, condition in enumerate(definition.get("where") or []):
        people = _narrow(people, condition, f"where.{number}")
    return people.order_by("number")


def _narrow(people: QuerySet[Person], condition: Mapping[str, Any], place: str) -> QuerySet[Person]:
    field, comparison, value = condition.get("field", ""), condition.get("is", ""), condition.get("value")
    if comparison not in COMPARISONS:
        raise UnusableAudience(_("There is no comparison “%(name)s”.") % {"name": comparison}, place=f"{place}.is")
    numeric = comparison in ("at_least", "at_most")
    alias = f"told_{place.replace('.', '_')}"
    people = people.alias(**{alias: _expression(str(field), numeric, place)}).filter(**{f"{alias}__isnull": False})
    if not numeric and field != "birth_year":
        people = people.exclude(**{alias: ""})
    wanted = _value(value, comparison, numeric=numeric or field == "birth_year", place=place)
    lookup = {f"{alias}__{COMPARISONS[comparison]}": wanted}
    return people.exclude(**lookup) if comparison == "not_in" else people.filter(**lookup)


def _expression(field: str, numeric: bool, place: str) -> Any:
    if field in TYPED:
        if numeric and field != "birth_year":
            raise UnusableAudience(_("“%(name)s” is no number.") % {"name": field}, place=f"{place}.is")
        return F(field)
    name = field.removeprefix("fields.")
    if not name or name == field:
        raise UnusableAudience(_("There is no field “%(name)s”.") % {"name": field}, place=f"{place}.field")
    text = KeyTextTransform(name, "fields")
    if not numeric:
        return Cast(text, CharField())
    # Only what is a number is compared as one: text in the field must not fail the whole query.
    return Case(When(**{f"fields__{name}__regex": NUMBER}, then=Cast(text, FloatField())), default=Value(None))


def _value(value: Any, comparison: str, *, numeric: bool, place: str) -> Any:
    many = comparison in ("in", "not_in")
    if many != isinstance(value, list | tuple):
        raise UnusableAudience(_("This comparison takes another kind of value."), place=f"{place}.value")
    try:
        convert = float if numeric else str
        return [convert(one) for one in value] if many else convert(value)
    except (TypeError, ValueError):
        raise UnusableAudience(_("This comparison takes a number."), place=f"{place}.value") from None
