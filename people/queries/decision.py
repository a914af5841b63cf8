"""What decides about one person: everything clearance and the send gate read, one row per person, in one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.db import connection

from people.models import Basis
from people.purposes import channel_of, uses_for

Statement = tuple[str, list[Any]]


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """One person's facts for one campaign purpose and channel. The columns of `decision_sql`, in this order.

    consent: "" where every needed use holds on an accepted basis now, by the database's clock; otherwise the gravest
    that stands against it: "objected", "withdrawn", "refused", "expired" or "no_basis" (no record, invalidated, or
    another basis). consent_use: the use it fails for. consented_at: the oldest moment at which one of the needed uses
    was agreed to; consent_until: the earliest moment at which one of them ends; bases: the bases they hold on.
    suppressed: one of her identifiers is on the brand's suppression list. quiet_from/quiet_until: her own local time.
    identifier_id: the newest identifier of the kind that the channel needs and that can be opened, or None
    (unreachable). in_source: she has a record in one of the campaign's sources; source_open: at least one of these
    sources is active; visible: at least one such record, in an active source, is public; observed_at: the newest date
    of these records. epoch, in_flight: her gate row.
    """

    person_id: UUID
    number: int
    state: str
    country: str
    birth_year: int | None
    time_zone: str
    language: str
    consent: str
    consent_use: str | None
    consented_at: datetime | None
    consent_until: datetime | None
    bases: list[str]
    suppressed: bool
    kinds_refused: list[str]
    channel_off: bool
    messages_per_week: int | None
    quiet_from: time | None
    quiet_until: time | None
    paused_until: datetime | None
    no_personalisation: bool
    no_inference: bool
    no_retargeting: bool
    brand_muted: bool
    identifier_id: UUID | None
    in_source: bool
    source_open: bool
    visible: bool
    observed_at: datetime | None
    epoch: int | None
    in_flight: int | None


DECISION_COLUMNS = tuple(one.name for one in fields(DecisionFacts))

ALL_BASES = tuple(Basis.values)


def decision_sql(
    brand_id: UUID,
    *,
    among: Statement,
    purpose: str,
    channel: str,
    sources: Sequence[str],
    bases: Iterable[str] = ALL_BASES,
) -> Statement:
    """Return (sql, params) of a SELECT with the columns of DecisionFacts, one row per person of `among`.

    `among` is (sql, params) of a SELECT whose first column is a person's id (e.g. `audience(…)`'s, or
    `one_person(id)`); `sources` the campaign's source keys; `bases` the bases that this campaign may rest on. Nothing
    in it decides what is not known in the person's favour: no consent row is "no_basis", no record in the sources is
    not visible. Use it as a sub-query (`FROM (…) AS f`). Raises UnknownPurpose.
    """
    uses = uses_for(purpose, channel)
    kind = channel_of(channel).identifier
    sql, params = among
    return _DECISION.replace("{among}", sql), [
        *params,
        uses, list(bases), brand_id, channel,
        brand_id, list(sources),
        brand_id, brand_id,
        brand_id, kind,
        channel, brand_id, brand_id, brand_id,
    ]  # fmt: skip


def one_person(person_id: UUID) -> Statement:
    """Return the `among` of one person."""
    return "SELECT %s::uuid", [person_id]


def decision_facts(
    brand_id: UUID,
    person_ids: Sequence[UUID],
    *,
    purpose: str,
    channel: str,
    sources: Sequence[str],
    bases: Iterable[str] = ALL_BASES,
) -> dict[UUID, DecisionFacts]:
    """Return the facts of some people, read now; who is not in the answer is not known here. Raises UnknownPurpose."""
    sql, params = decision_sql(
        brand_id,
        among=("SELECT unnest(%s::uuid[])", [list(person_ids)]),
        purpose=purpose,
        channel=channel,
        sources=sources,
        bases=bases,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows = [DecisionFacts(*row) for row in cursor.fetchall()]
    return {row.person_id: row for row in rows}


# The gravest of a person's needed uses decides; a use without a row counts as one without a basis.
# statement_timestamp() is the database's clock: a consent that ends while a long transaction runs has ended.
_DECISION = """
WITH among AS MATERIALIZED (SELECT a.person_id FROM ({among}) AS a(person_id)),
uses AS (SELECT unnest(%s::text[]) AS use),
standing AS (
    SELECT a.person_id, u.use, c.happened_at, c.expires_at, c.basis,
           CASE
             WHEN c.state = 'objected' THEN 1
             WHEN c.state = 'withdrawn' THEN 2
             WHEN c.state = 'refused' THEN 3
             WHEN c.state = 'expired' OR c.expires_at <= statement_timestamp() THEN 4
             WHEN c.state IN ('given', 'renewed') AND c.basis = ANY(%s::text[]) THEN 6
             ELSE 5
           END AS grade
      FROM among a CROSS JOIN uses u
      LEFT JOIN people_consentstate c
        ON c.brand_id = %s AND c.person_id = a.person_id AND c.purpose = u.use AND c.channel = %s
),
consent AS (
    SELECT person_id, min(grade) AS grade, (array_agg(use ORDER BY grade, use))[1] AS use,
           min(happened_at) FILTER (WHERE grade = 6) AS consented_at, min(expires_at) FILTER (WHERE grade = 6) AS until,
           coalesce(array_agg(DISTINCT basis::text) FILTER (WHERE grade = 6), '{}') AS bases
      FROM standing GROUP BY person_id
),
recorded AS (
    SELECT r.person_id, bool_or(s.state = 'active') AS source_open,
           bool_or(s.state = 'active' AND r.visibility = 'public') AS visible, max(r.observed_at) AS observed_at
      FROM people_sourcerecord r
      JOIN sources_datasource s ON s.brand_id = r.brand_id AND s.id = r.source_id
      JOIN among a ON a.person_id = r.person_id
     WHERE r.brand_id = %s AND s.key = ANY(%s::text[])
     GROUP BY r.person_id
),
stopped AS (
    SELECT DISTINCT i.person_id
      FROM among a
      JOIN people_identifier i ON i.brand_id = %s AND i.person_id = a.person_id
      JOIN people_suppression x ON x.brand_id = %s AND x.kind = i.kind AND x.pseudonym = i.pseudonym
),
reach AS (
    SELECT DISTINCT ON (i.person_id) i.person_id, i.id
      FROM people_identifier i JOIN among a ON a.person_id = i.person_id
     WHERE i.brand_id = %s AND i.kind = %s AND i.sealed IS NOT NULL
     ORDER BY i.person_id, i.created_at DESC, i.id DESC
)
SELECT p.id AS person_id, p.number, p.state, p.country, p.birth_year, p.time_zone, p.language,
       CASE c.grade WHEN 1 THEN 'objected' WHEN 2 THEN 'withdrawn' WHEN 3 THEN 'refused' WHEN 4 THEN 'expired'
                    WHEN 6 THEN '' ELSE 'no_basis' END AS consent,
       CASE WHEN c.grade < 6 THEN c.use END AS consent_use, c.consented_at, c.until AS consent_until, c.bases,
       x.person_id IS NOT NULL AS suppressed,
       CASE WHEN g.id IS NULL THEN '{}'
            ELSE ARRAY(SELECT jsonb_array_elements_text(g.kinds_refused)) END AS kinds_refused,
       coalesce(g.channels_off @> to_jsonb(%s::text), false) AS channel_off,
       g.messages_per_week, g.quiet_from, g.quiet_until, g.paused_until,
       coalesce(g.no_personalisation, false) AS no_personalisation, coalesce(g.no_inference, false) AS no_inference,
       coalesce(g.no_retargeting, false) AS no_retargeting, coalesce(g.brand_muted, false) AS brand_muted,
       i.id AS identifier_id,
       r.person_id IS NOT NULL AS in_source, coalesce(r.source_open, false) AS source_open,
       coalesce(r.visible, false) AS visible, r.observed_at, l.epoch, l.in_flight
  FROM among a
  JOIN people_person p ON p.brand_id = %s AND p.id = a.person_id
  LEFT JOIN consent c ON c.person_id = p.id
  LEFT JOIN recorded r ON r.person_id = p.id
  LEFT JOIN stopped x ON x.person_id = p.id
  LEFT JOIN reach i ON i.person_id = p.id
  LEFT JOIN people_privacysettings g ON g.brand_id = %s AND g.person_id = p.id
  LEFT JOIN people_persongate l ON l.brand_id = %s AND l.person_id = p.id
"""
