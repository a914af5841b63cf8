"""The two database roles, the same on the embedded and on a real server.

The owner role owns the database and migrates. The application role logs in for everything else: it owns nothing, cannot
bypass row-level security, and may only read and write rows.
"""

from collections.abc import Iterable

import psycopg
from psycopg import conninfo, sql

from config.failures import CannotStart

MINIMUM_VERSION = 15
"""The oldest PostgreSQL that is supported and tested (views with security_invoker came with 15)."""

DEFAULT_PRIVILEGES = (
    "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {app}",
)
"""Run by the owner in a database: whatever it creates there later, the application may read and write, no more."""


class ServerTooOld(CannotStart):
    """The server is older than the minimum version."""


class RoleTooStrong(CannotStart):
    """The application role could get round the fences between brands."""


def require_version(connection: psycopg.Connection) -> int:
    """The server's major version. Raises ServerTooOld below MINIMUM_VERSION."""
    major = connection.info.server_version // 10000
    if major < MINIMUM_VERSION:
        raise ServerTooOld(
            f"The database server is PostgreSQL {major}; Lighttouch needs {MINIMUM_VERSION} or newer. "
            "Upgrade it, or unset DATABASE_URL to use the embedded one."
        )
    return major


def require_weak(connection: psycopg.Connection, role: str) -> None:
    """Check that `role` cannot bypass row-level security, directly or as a member. Raises RoleTooStrong."""
    query = """
        SELECT r.rolname FROM pg_roles r
        WHERE pg_has_role(%s, r.oid, 'MEMBER')
          AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolname LIKE 'pg\\_%%'
               OR EXISTS (SELECT FROM pg_database d WHERE d.datdba = r.oid AND d.datname = current_database()))
    """
    strong = [name for (name,) in connection.execute(query, [role])]
    if strong:
        raise RoleTooStrong(
            f"The application role {role} has the rights of {', '.join(strong)} and could see every brand's rows. "
            "Use a role that owns nothing and is a member of nothing: python -m config.prepare_database makes one."
        )


def prepare(*, superuser_url: str, owner_url: str, app_url: str, templates: Iterable[str] = ()) -> None:
    """Create (or bring up to date) both roles and the database, as the three connection URLs name them.

    `templates` are further databases that get the default privileges, so that databases copied from them have them.
    Raises ServerTooOld, RoleTooStrong and psycopg's errors.
    """
    owner, app = conninfo.conninfo_to_dict(owner_url), conninfo.conninfo_to_dict(app_url)
    database = str(owner["dbname"])
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        require_version(connection)
        _role(connection, str(owner["user"]), str(owner["password"]), sql.SQL("LOGIN CREATEDB"))
        _role(connection, str(app["user"]), str(app["password"]), sql.SQL("LOGIN"))
        names = {"db": sql.Identifier(database), "owner": sql.Identifier(str(owner["user"]))}
        names["app"] = sql.Identifier(str(app["user"]))
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {db} OWNER {owner}").format(**names))
        connection.execute(sql.SQL("ALTER ROLE {app} SET search_path = public").format(**names))
    for name in (database, *templates):
        with psycopg.connect(conninfo.make_conninfo(owner_url, dbname=name), autocommit=True) as connection:
            for statement in DEFAULT_PRIVILEGES:
                connection.execute(sql.SQL(statement).format(**names))
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {db} FROM PUBLIC").format(**names))
        connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {db} TO {app}").format(**names))
        connection.execute(sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC").format(**names))
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {app}").format(**names))
        require_weak(connection, str(app["user"]))


def _role(connection: psycopg.Connection, name: str, password: str, rights: sql.SQL) -> None:
    exists = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    statement = sql.SQL("{verb} ROLE {name} {rights} PASSWORD {password}").format(
        verb=sql.SQL("ALTER" if exists else "CREATE"),
        name=sql.Identifier(name),
        rights=rights,
        password=sql.Literal(password),
    )
    connection.execute(statement)
