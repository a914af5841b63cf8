"""One row of each of two brands in every fenced table that pg_catalog knows: a new table joins by itself."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql

from tests import database

VALUES: dict[str, Any] = {
    "uuid": lambda: uuid4(),
    "text": lambda: uuid4().hex[:8],
    "varchar": lambda: uuid4().hex[:2],
    "jsonb": lambda: "{}",
    "bytea": lambda: uuid4().bytes,
    "timestamptz": lambda: "2026-11-21T12:00:00Z",
    "date": lambda: "2026-11-21",
    "time": lambda: "12:00",
    "bool": lambda: False,
    "int2": lambda: 1,
    "int4": lambda: 1,
    "int8": lambda: 1,
    "float8": lambda: 1.0,
}


@dataclass(frozen=True)
class Table:
    """A fenced table: its columns (name, type, required), its key and what its columns refer to."""

    name: str
    columns: tuple[tuple[str, str, bool], ...]
    key: str
    references: dict[str, str]


def fenced_tables(admin: "psycopg.Connection[Any]") -> list[Table]:
    """Return every table with forced row-level security, referred-to tables first."""
    names = [
        name
        for (name,) in admin.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relforcerowsecurity "
            "AND relnamespace = 'public'::regnamespace ORDER BY relname"
        )
    ]
    found = {name: _describe(admin, name) for name in names}
    ordered: list[Table] = []
    while found:
        ready = [t for t in found.values() if not (set(t.references.values()) - {t.name}) & found.keys()]
        assert ready, f"tables refer to each other in a circle: {sorted(found)}"
        for table in ready:
            ordered.append(found.pop(table.name))
    return ordered


def seed(admin: "psycopg.Connection[Any]", tables: list[Table], brand_id: UUID, user_id: UUID) -> dict[str, Any]:
    """Put one row of the brand into every table, whatever their triggers say. Returns table → key of the row."""
    rows: dict[str, Any] = {"tenants_brand": brand_id, "tenants_user": user_id}
    permission = admin.execute("SELECT id FROM auth_permission LIMIT 1").fetchone()
    rows["auth_permission"] = permission[0] if permission else None
    with admin.transaction():
        for table in tables:
            name = sql.Identifier(table.name)
            admin.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY").format(name))
            rows[table.name] = _insert(admin, table, brand_id, rows)
            admin.execute("SET CONSTRAINTS ALL IMMEDIATE")
            admin.execute("SET CONSTRAINTS ALL DEFERRED")
            admin.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY").format(name))
    return rows


def new_row(table: Table, brand_id: UUID, rows: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a row of the brand that could stand in the table."""
    values: dict[str, Any] = {}
    for column, kind, required in table.columns:
        if column == "brand_id":
            values[column] = brand_id
        elif column in table.references and (required or table.references[column] in rows):
            values[column] = rows.get(table.references[column])
        elif required:
            values[column] = VALUES[kind]()
    return values


def _insert(admin: "psycopg.Connection[Any]", table: Table, brand_id: UUID, rows: dict[str, Any]) -> Any:
    values = new_row(table, brand_id, rows)
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.Identifier(column) for column in values),
        sql.SQL(", ").join(sql.Placeholder() for _ in values),
        sql.Identifier(table.key),
    )
    made = admin.execute(statement, list(values.values())).fetchone()
    assert made is not None
    return made[0]


def _describe(admin: "psycopg.Connection[Any]", name: str) -> Table:
    columns = admin.execute(
        "SELECT a.attname, t.typname, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' FROM pg_attribute a "
        "JOIN pg_type t ON t.oid = a.atttypid WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped",
        [name],
    ).fetchall()
    key = admin.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] "
        "WHERE i.indrelid = %s::regclass AND i.indisprimary",
        [name],
    ).fetchone()
    references = admin.execute(
        "SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[array_length(c.conkey, 1)] "
        "WHERE c.conrelid = %s::regclass AND c.contype = 'f'",
        [name],
    ).fetchall()
    assert key is not None, f"{name} has no primary key"
    return Table(name, tuple(columns), key[0], dict(references))


def as_owner(name: str) -> "psycopg.Connection[Any]":
    """Connect as the owner of the schema."""
    return database.owner_connection(name)
