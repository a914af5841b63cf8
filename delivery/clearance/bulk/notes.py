"""The notes of who changed, as the bulk engine reads and forgets them. All of it needs the brand's context."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from kernel import clock
from kernel.ids import new_id

FORGET_AFTER = timedelta(days=30)
"""Who kept a copy and has not been seen for so long no longer holds up the forgetting of notes."""
CHANGED = """
SELECT DISTINCT person_id FROM people_personchange WHERE brand_id = %(brand)s AND transaction >= %(position)s::xid8
"""
"""Everybody whom a transaction from a position on changed; parameters: brand, position (as text)."""


def changed_among(brand_id: UUID, position: int, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of these people whom a transaction from the position on changed."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"brand": brand_id, "position": str(position), "ids": list(ids)}
        cursor.execute(f"{CHANGED} AND person_id = ANY(%(ids)s::uuid[])", values)
        return {person_id for (person_id,) in cursor.fetchall()}


def count_changed(brand_id: UUID, position: int) -> int:
    """Return how many people transactions from the position on changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({CHANGED}) c", {"brand": brand_id, "position": str(position)})
        return int(cursor.fetchone()[0])


def position_now() -> tuple[int, str]:
    """Return the position before which every transaction has ended, and a name of the database that says so."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITION)
        position, server = cursor.fetchone()
    return int(position), str(server)


def position_of(brand_id: UUID, follower: str) -> int | None:
    """Return up to where a follower has read, None where it is not known (any more)."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, [brand_id, follower])
        row = cursor.fetchone()
    return int(row[0]) if row else None


def follow(brand_id: UUID, follower: str, position: int, people: int) -> None:
    """Note up to where a follower has read, and how many people its copy holds."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOW, [new_id(), brand_id, follower, str(position), people, clock.now()])


def forget(brand_id: UUID) -> int:
    """Remove the notes that nobody who keeps a copy waits for. Returns how many."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"brand": brand_id, "before": clock.now() - FORGET_AFTER}
        cursor.execute("DELETE FROM people_changefollower WHERE brand_id = %(brand)s AND seen_at < %(before)s", values)
        cursor.execute(_FORGET, values)
        return int(cursor.rowcount)


_POSITION = """
SELECT pg_snapshot_xmin(pg_current_snapshot())::text, (SELECT system_identifier FROM pg_control_system())
       || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
"""
_FOLLOWED = "SELECT position::text FROM people_changefollower WHERE brand_id = %s AND name = %s"
_FOLLOW = """
INSERT INTO people_changefollower AS held (id, brand_id, name, position, people, seen_at)
VALUES (%s, %s, %s, %s::xid8, %s, %s)
ON CONFLICT (brand_id, name) DO UPDATE
   SET position = EXCLUDED.position, people = EXCLUDED.people, seen_at = EXCLUDED.seen_at
"""
# Who begins to follow reads everything first, at a position of his own: without a follower nobody waits for a note.
_FORGET = """
DELETE FROM people_personchange WHERE brand_id = %(brand)s AND transaction < coalesce(
    (SELECT position FROM people_changefollower WHERE brand_id = %(brand)s ORDER BY position LIMIT 1),
    pg_snapshot_xmin(pg_current_snapshot()))
"""
