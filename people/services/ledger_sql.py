"""The statements of the ledger: events in, states kept, in one go."""

from people.ledger import SPREADING, weight
from people.purposes import table, with_all_below

_SPREADING = ", ".join(f"'{state.value}'" for state in SPREADING)

# What an event says of its own cell, and, where it takes something away, of every cell below it. The strongest word
# of this statement is then compared with what is held; a row that is weaker or equal leaves it as it is.
_KEEP = f"""
spread AS (
    SELECT e.*, f.child AS use, c.channel AS on_channel
      FROM new e JOIN flow f ON f.parent = e.purpose JOIN channels c ON e.channel IN ('any', c.channel)
     WHERE e.state IN ({_SPREADING})
    UNION ALL
    SELECT e.*, e.purpose, e.channel FROM new e WHERE e.state NOT IN ({_SPREADING})
),
strongest AS (
    SELECT DISTINCT ON (s.person_id, s.use, s.on_channel) s.*
      FROM spread s ORDER BY s.person_id, s.use, s.on_channel, {weight("s")} DESC
),
kept AS (
    INSERT INTO people_consentstate AS held
           (id, brand_id, person_id, purpose, channel, state, basis, happened_at, expires_at, event_id)
    SELECT (left(s.id::text, 19) || right(gen_random_uuid()::text, 17))::uuid,
           s.brand_id, s.person_id, s.use, s.on_channel, s.state, s.basis, s.happened_at, s.expires_at, s.id
      FROM strongest s ORDER BY s.person_id, s.use, s.on_channel
    ON CONFLICT (brand_id, person_id, purpose, channel) DO UPDATE
       SET state = EXCLUDED.state, basis = EXCLUDED.basis, happened_at = EXCLUDED.happened_at,
           expires_at = EXCLUDED.expires_at, event_id = EXCLUDED.event_id
     WHERE {weight("EXCLUDED")} > {weight("held")}
)
"""

_TREE = """
WITH flow AS (SELECT * FROM unnest(%b::text[], %b::text[]) AS f(parent, child)),
channels AS (SELECT unnest(%b::text[]) AS channel),
"""

_EVENT = "id, brand_id, person_id, purpose, channel, state, basis, happened_at, expires_at"

RECORD = f"""{_TREE}
given AS (
    SELECT %s::uuid AS brand_id, t.* FROM unnest(
        %b::uuid[], %b::uuid[], %b::text[], %b::text[], %b::text[], %b::text[], %b::timestamptz[], %b::timestamptz[],
        %b::text[], %b::text[], %b::text[], %b::uuid[], %b::text[], %b::text[]
    ) AS t (id, person_id, purpose, channel, state, basis, happened_at, expires_at,
            notice_version, wording, method, source_id, evidence, idempotency_key)
),
new AS (
    INSERT INTO people_consentevent
           ({_EVENT}, notice_version, wording, method, source_id, evidence, idempotency_key)
    SELECT {_EVENT}, notice_version, wording, method, source_id, evidence::jsonb, idempotency_key FROM given
    ON CONFLICT (brand_id, idempotency_key) DO NOTHING
    RETURNING {_EVENT}, idempotency_key
),
{_KEEP}
SELECT person_id, state, idempotency_key, id FROM new
"""

PROJECT_ONE = f"""{_TREE}
new AS (SELECT {_EVENT} FROM people_consentevent WHERE brand_id = %s AND person_id = %s),
{_KEEP}
SELECT count(*) FROM new
"""


def tree_arrays() -> list[list[str]]:
    """Return the first parameters of both statements: parents, children (a use is its own child), channels."""
    pairs = [(use, below) for use in table().uses for below in with_all_below(use)]
    return [[parent for parent, _child in pairs], [child for _parent, child in pairs], [*table().channels, "any"]]
