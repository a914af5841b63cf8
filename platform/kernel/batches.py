"""Statements over many rows at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def over_many_rows() -> Iterator[None]:
    """Let the planner join in bulk for the statements of this block; needs a running transaction.

    Rows that were loaded a moment ago are not in the statistics yet. The planner then takes a million for a handful and
    goes through them by nested loops: ten thousand people took minutes instead of a tenth of a second.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('enable_nestloop', 'off', true)")
        yield
        cursor.execute("SELECT set_config('enable_nestloop', 'on', true)")
