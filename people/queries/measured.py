"""What the records say about an audience: counts and shares for the audit, never persons."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock
from kernel.batches import over_many_rows
from people.explanation import means
from people.purposes import channel_of
from people.queries.audience import audience
from people.queries.decision import ALL_BASES, decision_sql

ADULT = 18

_MEASURED = """
SELECT count(*),
       count(*) FILTER (WHERE consent = ''),
       min(consented_at),
       count(*) FILTER (WHERE consent = 'refused'),
       count(*) FILTER (WHERE consent = 'objected'),
       count(*) FILTER (WHERE consent = 'withdrawn'),
       count(*) FILTER (WHERE suppressed),
       count(*) FILTER (WHERE kinds_refused && %s::text[]),
       count(*) FILTER (WHERE no_retargeting),
       count(*) FILTER (WHERE no_personalisation),
       count(*) FILTER (WHERE messages_per_week < %s),
       count(*) FILTER (WHERE birth_year > %s),
       count(*) FILTER (WHERE {outside}),
       count(*) FILTER (WHERE consent = '' AND e.person_id IS NULL),
       max(observed_at),
       min(observed_at)
  FROM ({facts}) AS f
  LEFT JOIN ({explained}) AS e ON e.person_id = f.person_id
"""


# Who stands in a source that says how it came by her; whether it is open, clearance asks.
_EXPLAINED = """
SELECT DISTINCT r.person_id
  FROM people_sourcerecord r JOIN sources_datasource s ON s.brand_id = r.brand_id AND s.id = r.source_id
 WHERE r.brand_id = %s AND s.key = ANY(%s::text[])
   AND s.facts->>'collected_by' = ANY(%s::text[]) AND btrim(s.name) <> ''
"""


def measured(
    brand_id: UUID,
    definition: Mapping[str, Any],
    *,
    purpose: str,
    channel: str,
    countries: Sequence[str] = (),
    kinds: Sequence[str] = (),
    per_week: float = 0.0,
    bases: Iterable[str] = ALL_BASES,
) -> dict[str, int | float]:
    """Return the measured facts (names of facts/measured.yaml) of an audience, for one purpose and channel.

    `countries` are those that were named (none named: everybody is inside); `kinds` the categories of data that the
    campaign uses; `per_week` the messages that one person may get in a week. Months are whole. What cannot be
    measured is absent, never zero: shares of an empty audience, the age of consents that nobody gave. Whoever is of
    unknown age or country is counted neither as a minor nor as inside the countries. Raises UnusableAudience,
    UnknownPurpose.
    """
    channel_of(channel)
    people = audience(brand_id, definition).order_by().values("pk")
    found = _row(brand_id, people, definition, purpose, channel, countries, kinds, per_week, bases)
    (size, valid, oldest_consent, refused, objected, withdrawn, suppressed,
     kind, retargeting, personalisation, frequent, minors, outside, unexplained, newest, oldest) = found  # fmt: skip
    counts = {
        "audience_size": size,
        "refused": refused,
        "objected": objected,
        "withdrawn": withdrawn,
        "suppressed": suppressed,
        "minors": minors,
        "outside_countries": outside,
        "unexplained": unexplained,
    }
    shares = {
        "with_valid_consent_share": valid,
        "forbid_kind_share": kind,
        "forbid_retargeting_share": retargeting,
        "forbid_personalisation_share": personalisation,
        "over_frequency_share": frequent,
    }
    ages = {
        "oldest_consent_months": oldest_consent,
        "source_newest_months": newest,
        "source_oldest_months": oldest,
    }
    result: dict[str, int | float] = dict(counts)
    if size:
        result |= {name: round(part / size, 6) for name, part in shares.items()}
    return result | {name: _months_since(when) for name, when in ages.items() if when is not None}


def _row(
    brand_id: UUID,
    people: Any,
    definition: Mapping[str, Any],
    purpose: str,
    channel: str,
    countries: Sequence[str],
    kinds: Sequence[str],
    per_week: float,
    bases: Iterable[str],
) -> tuple[Any, ...]:
    sources = list(definition.get("sources") or [])
    among = people.query.sql_with_params() if sources else ("SELECT NULL::uuid WHERE false", ())
    facts, params = decision_sql(
        brand_id,
        among=(among[0], list(among[1])),
        purpose=purpose,
        channel=channel,
        sources=sources,
        bases=bases,
    )
    # A country stands for all its subdivisions; a subdivision only for itself.
    outside = (
        "NOT (country = ANY(%s::text[]) OR split_part(country, '-', 1) = ANY(%s::text[]))" if countries else "false"
    )
    named = [list(countries)] * 2 if countries else []
    with over_many_rows(), connection.cursor() as cursor:
        cursor.execute(
            _MEASURED.format(outside=outside, facts=facts, explained=_EXPLAINED),
            [list(kinds), per_week, clock.today().year - ADULT, *named, *params, brand_id, sources, list(means())],
        )
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _months_since(when: datetime) -> int:
    today, day = clock.today(), when.date()
    return max(0, (today.year - day.year) * 12 + today.month - day.month - (today.day < day.day))
