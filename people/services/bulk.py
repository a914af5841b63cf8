"""Statements over thousands of rows: columns travel as binary arrays, bound by the server."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def execute(statement: str, parameters: Sequence[Any], *, fetch: bool = True) -> list[tuple[Any, ...]]:
    """Run one statement in the running transaction and return its rows. Raises django.db errors like any query.

    Django's cursor writes every value into the statement's text: for arrays of thousands that costs more than the rest.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if fetch else []
