"""The statements that bring people in: each takes columns as arrays and works on the whole batch."""

import json
from collections.abc import Sequence
from typing import Any

from kernel.ids import new_id

VISIBILITY_STRICTNESS = {"public": 0, "followers": 1, "private": 2, "withdrawn": 3}

KNOWN = """
SELECT i.kind, i.pseudonym, i.person_id FROM people_identifier i
  JOIN unnest(%b::text[], %b::bytea[]) AS t(kind, pseudonym) ON i.kind = t.kind AND i.pseudonym = t.pseudonym
 WHERE i.brand_id = %s
"""

ERASED = """
SELECT s.kind, s.pseudonym FROM people_suppression s
  JOIN unnest(%b::text[], %b::bytea[]) AS t(kind, pseudonym) ON s.kind = t.kind AND s.pseudonym = t.pseudonym
 WHERE s.brand_id = %s AND s.reason = 'erased'
"""

LOCK_COUNTER = """
INSERT INTO people_numbercounter AS c (id, brand_id, next) VALUES (%s, %s, 0)
ON CONFLICT (brand_id) DO UPDATE SET next = c.next
"""

TAKE_NUMBERS = "UPDATE people_numbercounter SET next = next + %s WHERE brand_id = %s RETURNING next - %s"

LOAD = """
SELECT id, wrapped_key, fields, provenance, country, birth_year, time_zone, language
  FROM people_person WHERE brand_id = %s AND id = ANY(%b::uuid[])
"""

ADD_PEOPLE = """
INSERT INTO people_person (brand_id, created_at, state, id, number, wrapped_key, fields, provenance,
                           country, birth_year, time_zone, language)
SELECT %s, %s, 'active', t.id, t.number, t.wrapped_key, t.fields::jsonb, t.provenance::jsonb,
       t.country, t.birth_year, t.time_zone, t.language
  FROM unnest(%b::uuid[], %b::bigint[], %b::bytea[], %b::text[], %b::text[], %b::text[], %b::smallint[], %b::text[],
              %b::text[]) AS t(id, number, wrapped_key, fields, provenance, country, birth_year, time_zone, language)
"""

ADD_GATES = """
INSERT INTO people_persongate (brand_id, id, person_id, epoch, in_flight)
SELECT %s, t.id, t.person_id, 0, 0 FROM unnest(%b::uuid[], %b::uuid[]) AS t(id, person_id)
"""

CHANGE_PEOPLE = """
UPDATE people_person p
   SET fields = t.fields::jsonb, provenance = t.provenance::jsonb, country = t.country, birth_year = t.birth_year,
       time_zone = t.time_zone, language = t.language
  FROM (SELECT %s::uuid AS brand_id, u.* FROM unnest(%b::uuid[], %b::text[], %b::text[], %b::text[], %b::smallint[],
               %b::text[], %b::text[]) AS u(id, fields, provenance, country, birth_year, time_zone, language)) t
 WHERE p.brand_id = t.brand_id AND p.id = t.id
"""

ADD_IDENTIFIERS = """
INSERT INTO people_identifier (brand_id, created_at, id, person_id, kind, pseudonym, sealed)
SELECT %s, %s, t.* FROM unnest(%b::uuid[], %b::uuid[], %b::text[], %b::bytea[], %b::bytea[])
    AS t(id, person_id, kind, pseudonym, sealed)
"""

_VISIBILITY = "array_position(ARRAY['public', 'followers', 'private', 'withdrawn'], {0}.visibility::text)"

SEE_IN_SOURCE = f"""
INSERT INTO people_sourcerecord AS held (brand_id, source_id, created_at, id, person_id, observed_at, visibility)
SELECT %s, %s, %s, t.* FROM unnest(%b::uuid[], %b::uuid[], %b::timestamptz[], %b::text[])
    AS t(id, person_id, observed_at, visibility)
ON CONFLICT (brand_id, source_id, person_id) DO UPDATE
   SET observed_at = EXCLUDED.observed_at, visibility = EXCLUDED.visibility
 WHERE ROW(EXCLUDED.observed_at, {_VISIBILITY.format("EXCLUDED")})
     > ROW(held.observed_at, {_VISIBILITY.format("held")})
"""


def columns_of(people: Sequence[Any], numbers: Sequence[int]) -> list[list[Any]]:
    """Return the arrays of ADD_PEOPLE."""
    return [[one.id for one in people], list(numbers), [one.wrapped for one in people], *_values_of(people)]


def changes_of(people: Sequence[Any]) -> list[list[Any]]:
    """Return the arrays of CHANGE_PEOPLE."""
    return [[one.id for one in people], *_values_of(people)]


def records_of(people: Sequence[Any]) -> list[list[Any]]:
    """Return the arrays of SEE_IN_SOURCE."""
    return [
        [new_id() for _one in people],
        [one.id for one in people],
        [one.record[0] for one in people],
        [one.record[1] for one in people],
    ]


def _values_of(people: Sequence[Any]) -> list[list[Any]]:
    return [
        [json.dumps(one.values["fields"]) for one in people],
        [json.dumps(one.values["provenance"]) for one in people],
        [one.values.get("country", "") for one in people],
        [one.values.get("birth_year") for one in people],
        [one.values.get("time_zone", "") for one in people],
        [one.values.get("language", "") for one in people],
    ]


def from_json(value: Any) -> dict[str, Any]:
    """Return a jsonb column's value, however the driver hands it over."""
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found
