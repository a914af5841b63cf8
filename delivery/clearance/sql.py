"""A whole audience, decided in one statement. It means what `reference` means and shares no rule with it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from delivery.clearance import hours
from delivery.clearance.facts import BUDGET_DAYS, COUNTED, ENQUIRIES
from delivery.clearance.plan import RE_ASK_DAYS, Plan

_NOW = "%(at)s::timestamptz"


class Row(NamedTuple):
    """What the statement says of one person."""

    person_id: UUID
    reason: str
    until: datetime | None


def decide_all(plan: Plan, members: str, parameters: dict[str, Any], at: datetime) -> Iterator[Row]:
    """Decide for the people that `members` selects (SQL with one column: person ids). Needs the brand's context."""
    statement, values = statement_for(plan, members, parameters, at)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        for row in cursor:
            yield Row(*row)


def statement_for(plan: Plan, members: str, parameters: dict[str, Any], at: datetime) -> tuple[str, dict[str, Any]]:
    """Return the statement and its parameters: rows of (person_id, reason, until)."""
    zones = hours.table(at)
    values: dict[str, Any] = {
        **parameters,
        "brand": plan.brand_id,
        "campaign": plan.campaign_id,
        "at": at,
        "since": at.date() - timedelta(days=BUDGET_DAYS),
        "bases": sorted(plan.bases),
        "countries": sorted(plan.countries),
        "sources": sorted(plan.sources),
        "record_days": [plan.days_of(source) for source in sorted(plan.sources)],
        "recognition": plan.recognition,
        "senders": sorted(plan.senders),
        "enquiries": list(ENQUIRIES),
        "kinds": sorted(plan.kinds),
        "channels": list(plan.channels),
        "identifiers": list(plan.identifiers),
        "counted": [state.value for state in COUNTED],
        "born_before": at.year - plan.minimum_age,
        "age_may_be_unknown": plan.age_may_be_unknown,
        "per_week": plan.per_week,
        "in_all": plan.in_all,
        "spacing": timedelta(hours=plan.spacing_hours),
        "zones": list(zones),
        # unnest() flattens arrays of arrays, so the times travel as text.
        "local_times": [",".join(map(str, times)) for times in zones.values()],
    }
    joins, cases = [], []
    for number, (use, channel) in enumerate(plan.needs):
        values[f"use_{number}"], values[f"channel_{number}"] = use, channel
        joins.append(_CONSENT_JOIN.format(n=number))
    held = range(len(plan.needs))
    for state in ("objected", "withdrawn", "refused"):
        cases.append((state, _any(f"c{n}.state = '{state}'" for n in held)))
    cases.append(("expired", _any(_EXPIRED.format(n=n) for n in held)))
    cases.append(("no_basis", _any(_NO_BASIS.format(n=n) for n in held) if plan.needs else "true"))
    before = "".join(f"        WHEN {test} THEN '{code}'\n" for code, test in cases)
    statement = _STATEMENT.format(
        members=members,
        joins="\n    ".join(joins),
        consent=before,
        retargets=_literal(plan.retargets),
        personalises=_literal(plan.personalises),
        infers=_literal(plan.infers),
        heeds_signals=_literal(plan.heeds_signals),
        nobody_named=_literal(not plan.senders),
        asked_lately=_any(_ASKED_LATELY.format(n=n) for n in held) if plan.asks_again else "false",
        # No event is told here: whoever is written to because something happened is decided one by one.
        event_needed=_literal(plan.event_hours is not None),
        unknown_consent=_any(_UNKNOWN_STATE.format(n=n) for n in held),
        closed=_closed(plan),
    )
    return statement, values


def _any(tests: Iterator[str] | Any) -> str:
    return "(" + (" OR ".join(tests) or "false") + ")"


def _literal(value: bool) -> str:
    return "true" if value else "false"


def _closed(plan: Plan) -> str:
    window = plan.closed_hours
    return "NULL::int, NULL::int" if window is None else f"{window.start}, {window.end}"


_CONSENT_JOIN = """LEFT JOIN people_consentstate c{n} ON c{n}.brand_id = %(brand)s AND c{n}.person_id = p.id
        AND c{n}.purpose = %(use_{n})s AND c{n}.channel = %(channel_{n})s"""
_EXPIRED = f"""coalesce(c{{n}}.state = 'expired' OR c{{n}}.state IN ('given', 'renewed') AND (
            c{{n}}.expires_at <= {_NOW} OR c{{n}}.basis IN ('soft_opt_in', 'legitimate_interests')
               AND split_part(p.country, '-', 1) = 'CA'
               AND c{{n}}.happened_at <= {_NOW} - CASE WHEN EXISTS (
                       SELECT 1 FROM people_consentevent e WHERE e.brand_id = %(brand)s AND e.id = c{{n}}.event_id
                          AND e.method = ANY(%(enquiries)s))
                   THEN interval '182 days' ELSE interval '730 days' END), false)"""
_ASKED_LATELY = f"coalesce(c{{n}}.happened_at > {_NOW} - interval '{RE_ASK_DAYS} days', false)"
_NO_BASIS = "coalesce(c{n}.state NOT IN ('given', 'renewed') OR NOT (c{n}.basis = ANY(%(bases)s)), true)"
_UNKNOWN_STATE = "c{n}.state NOT IN ('given', 'renewed', 'refused', 'withdrawn', 'objected', 'expired', 'invalidated')"
_NOT_TEXTS = """(jsonb_typeof({column}) <> 'array'
                 OR jsonb_path_exists({column}, 'strict $[*] ? (@.type() != "string")'))"""
# How long it takes, at the longest, until both windows are over at each time of day that it may be.
_WAIT = """
            SELECT max(CASE WHEN (starts < ends AND t.local >= starts AND t.local < ends)
                              OR (starts >= ends AND (t.local >= starts OR t.local < ends))
                       THEN 1 + (ends - t.local - 1 + 86400) %% 86400 END)
            FROM unnest(coalesce(zt.times, zc.times)) AS t(local),
                 (VALUES ({closed}), (q.starts, q.ends)) AS windows(starts, ends)
            WHERE starts IS NOT NULL"""

_STATEMENT = f"""
WITH members AS MATERIALIZED ({{members}}),
zones AS MATERIALIZED (
    SELECT name, string_to_array(times, ',')::int[] AS times
    FROM unnest(%(zones)s::text[], %(local_times)s::text[]) AS given(name, times)
),
addresses AS (
    SELECT i.person_id, bool_or(s.id IS NOT NULL) AS suppressed,
           coalesce(array_agg(i.kind::text) FILTER (WHERE i.sealed IS NOT NULL), '{{{{}}}}') AS kinds
    FROM people_identifier i
    LEFT JOIN people_suppression s ON s.brand_id = %(brand)s AND s.kind = i.kind AND s.pseudonym = i.pseudonym
    WHERE i.brand_id = %(brand)s AND i.person_id IN (TABLE members)
    GROUP BY i.person_id
),
records AS (
    SELECT r.person_id, bool_or(d.state = 'active') AS in_open, bool_or(r.visibility <> 'public') AS hidden,
           bool_or(d.state = 'active' AND r.observed_at + l.days * interval '1 day' > {_NOW}) AS fresh,
           bool_or(d.state = 'active' AND r.observed_at + l.days * interval '1 day' > {_NOW}
                   AND r.recognised_by IN ('', %(recognition)s)) AS recognised
    FROM people_sourcerecord r
    JOIN sources_datasource d ON d.brand_id = %(brand)s AND d.id = r.source_id
    JOIN unnest(%(sources)s::text[], %(record_days)s::int[]) AS l(key, days) ON l.key = d.key
    WHERE r.brand_id = %(brand)s AND r.person_id IN (TABLE members)
    GROUP BY r.person_id
),
unclear AS (
    SELECT DISTINCT latest.person_id FROM (
        SELECT DISTINCT ON (g.person_id, g.kind) g.person_id, g.reliable
        FROM people_signal g
        WHERE g.brand_id = %(brand)s AND g.person_id IN (TABLE members)
        ORDER BY g.person_id, g.kind, g.seen_at DESC, g.id DESC
    ) latest
    WHERE latest.reliable IS NOT TRUE
),
week AS (
    SELECT m.person_id, sum(m.messages) AS messages
    FROM delivery_messagecounter m
    WHERE m.brand_id = %(brand)s AND m.day > %(since)s AND m.person_id IN (TABLE members)
    GROUP BY m.person_id
),
sent AS (
    SELECT i.person_id, max(i.decided_at) AS last_at,
           count(*) FILTER (WHERE v.campaign_id = %(campaign)s) AS of_campaign
    FROM delivery_intent i
    JOIN delivery_release e ON e.brand_id = %(brand)s AND e.id = i.release_id
    JOIN audits_case k ON k.brand_id = %(brand)s AND k.id = e.case_id
    JOIN campaigns_campaignversion v ON v.brand_id = %(brand)s AND v.id = k.version_id
    WHERE i.brand_id = %(brand)s AND i.state = ANY(%(counted)s) AND i.person_id IN (TABLE members)
    GROUP BY i.person_id
),
decided AS (
    SELECT p.id, w.wait, sent.last_at,
        CASE
        WHEN p.state = 'erased' THEN 'erased'
        WHEN p.state <> 'active' THEN 'restricted'
        WHEN a.suppressed THEN 'suppressed'
{{consent}}        WHEN p.birth_year >= %(born_before)s
             OR p.birth_year IS NULL AND NOT %(age_may_be_unknown)s THEN 'minor'
        WHEN p.country = '' OR NOT (p.country = ANY(%(countries)s)
             OR split_part(p.country, '-', 1) = ANY(%(countries)s)) THEN 'country'
        WHEN NOT coalesce(r.in_open, false) THEN 'source_closed'
        WHEN jsonb_typeof(s.kinds_refused) = 'array' AND s.kinds_refused ?| %(kinds)s THEN 'kind_not_shared'
        WHEN r.hidden THEN 'visibility'
        WHEN s.brand_muted THEN 'brand_muted'
        WHEN jsonb_typeof(s.senders_muted) = 'array' AND (s.senders_muted ?| %(senders)s::text[]
             OR {{nobody_named}} AND s.senders_muted <> '[]') THEN 'sender_muted'
        WHEN jsonb_typeof(s.channels_off) = 'array' AND s.channels_off ?| %(channels)s THEN 'channel_off'
        WHEN s.paused_until > {_NOW} THEN 'paused'
        WHEN {{retargets}} AND s.no_retargeting THEN 'no_retargeting'
        WHEN {{personalises}} AND s.no_personalisation THEN 'no_personalisation'
        WHEN {{infers}} AND s.no_inference THEN 'no_inference'
        WHEN {{heeds_signals}} AND u.person_id IS NOT NULL THEN 'signal'
        WHEN {{asked_lately}} THEN 're_ask'
        WHEN NOT coalesce(r.fresh, false) THEN 'stale_source'
        WHEN {{event_needed}} THEN 'stale_event'
        WHEN NOT coalesce(r.recognised, false) THEN 'recognition'
        WHEN NOT coalesce(a.kinds @> %(identifiers)s::text[], false) THEN 'unreachable'
        WHEN coalesce(week.messages, 0) >= least(%(per_week)s, s.messages_per_week)
             OR coalesce(sent.of_campaign, 0) >= %(in_all)s::bigint THEN 'budget'
        WHEN w.wait > 0 THEN 'quiet_hours'
        WHEN sent.last_at + %(spacing)s > {_NOW} THEN 'spacing'
        WHEN g.id IS NULL OR {{unknown_consent}} OR {_NOT_TEXTS.format(column="s.kinds_refused")}
             OR {_NOT_TEXTS.format(column="s.channels_off")} OR {_NOT_TEXTS.format(column="s.senders_muted")}
             OR coalesce(zt.times, zc.times) IS NULL AND (q.starts IS NOT NULL OR ({{closed}}) IS NOT NULL) THEN 'error'
        ELSE 'cleared'
        END AS reason
    FROM people_person p
    LEFT JOIN people_persongate g ON g.brand_id = %(brand)s AND g.person_id = p.id
    LEFT JOIN people_privacysettings s ON s.brand_id = %(brand)s AND s.person_id = p.id
    LEFT JOIN addresses a ON a.person_id = p.id
    LEFT JOIN records r ON r.person_id = p.id
    LEFT JOIN unclear u ON u.person_id = p.id
    LEFT JOIN week ON week.person_id = p.id
    LEFT JOIN sent ON sent.person_id = p.id
    {{joins}}
    LEFT JOIN zones zt ON zt.name = p.time_zone
    LEFT JOIN zones zc ON zc.name = 'country:' || split_part(p.country, '-', 1)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN s.quiet_from IS NOT NULL OR s.quiet_until IS NOT NULL
                    THEN extract(epoch FROM coalesce(s.quiet_from, '00:00'))::int END AS starts,
               CASE WHEN s.quiet_from IS NOT NULL OR s.quiet_until IS NOT NULL
                    THEN extract(epoch FROM coalesce(s.quiet_until, '00:00'))::int END AS ends
    ) q
    CROSS JOIN LATERAL (
        SELECT CASE WHEN q.starts IS NOT NULL OR ({{closed}}) IS NOT NULL THEN ({_WAIT}) END AS wait
        OFFSET 0  -- worked out once, not once for each place that reads it
    ) w
    WHERE p.brand_id = %(brand)s AND p.id IN (TABLE members)
)
SELECT id, reason,
       CASE reason WHEN 'quiet_hours' THEN {_NOW} + wait * interval '1 second'
                   WHEN 'spacing' THEN last_at + %(spacing)s END
FROM decided
"""
