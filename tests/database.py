"""The tests' database: made and migrated by the owner, used as the application's role, never as anything more."""

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql
from psycopg.errors import DuplicateDatabase, InsufficientPrivilege

ROOT = Path(__file__).resolve().parents[1]
KEEP = {"django_migrations", "django_content_type", "auth_permission", "kernel_context_key"}


def owner() -> dict[str, str]:
    """Return host, port, user and password of the role that owns the schema."""
    url = urlsplit(os.environ["DATABASE_OWNER_URL"])
    return {
        "host": unquote(url.hostname or ""),
        "port": str(url.port or 5432),
        "user": unquote(url.username or ""),
        "password": unquote(url.password or ""),
    }


def owner_connection(name: str) -> "psycopg.Connection[Any]":
    """Connect as the owner, each statement its own transaction."""
    return psycopg.connect(dbname=name, autocommit=True, **owner())  # type: ignore[arg-type]


def prepare(name: str) -> None:
    """Make the database `name`, migrated and empty. What the migrations make is kept as a template for the next run."""
    template = f"lighttouch_template_{_migrations_hash()}"
    with owner_connection("postgres") as admin:
        if not _exists(admin, template):
            making = f"{template}_{os.getpid()}"
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
            _migrate(making)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            try:
                admin.execute(rename.format(sql.Identifier(making), sql.Identifier(template)))
            except DuplicateDatabase:
                # Another run made the same one meanwhile.
                admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(making)))
        drop(name)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    _point_at(name)


def drop(name: str) -> None:
    """Drop the database, whoever is still connected."""
    with owner_connection("postgres") as admin:
        try:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        except InsufficientPrivilege:
            # The server's own vacuum is at work in it: without force it is asked to stop, and waited for.
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def empty(name: str) -> None:
    """Take every row out, as the owner: the application's role may not truncate."""
    with owner_connection(name) as admin:
        tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = [sql.Identifier(table) for (table,) in tables if table not in KEEP]
        admin.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(names)))


def _exists(admin: "psycopg.Connection[Any]", name: str) -> bool:
    return admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _migrate(name: str) -> None:
    default, role = connections["default"], owner()
    default.close()
    before = dict(default.settings_dict)
    default.settings_dict.update(NAME=name, USER=role["user"], PASSWORD=role["password"])
    try:
        call_command("migrate", verbosity=0)
    finally:
        default.close()
        default.settings_dict.update(before)


def _point_at(name: str) -> None:
    default = connections["default"]
    default.close()
    default.settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def _migrations_hash() -> str:
    digest = hashlib.sha256(settings.TENANCY_KEY + settings.APP_ROLE.encode())
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("platform/*/migrations/*.py")]):
        digest.update(path.read_bytes())
    for path in sorted(
        [
            *ROOT.glob("platform/kernel/tenancy/*.py"),
            *ROOT.glob("*/guards.py"),
            *ROOT.glob("*/*/guards.py"),
            *ROOT.glob("*/states.py"),
        ]
    ):
        digest.update(path.read_bytes())
    digest.update((ROOT / "requirements.txt").read_bytes())
    return digest.hexdigest()[:16]
