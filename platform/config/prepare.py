"""`python -m config.prepare`: bring schema and static files up to date; quick when they are. Runs as the owner role."""

import hashlib
import os
import sys
from pathlib import Path

import django


def main() -> int:
    """Migrate if a migration is missing, collect static files if one changed; returns the exit status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LIGHTTOUCH_DB_ROLE", "owner")
    django.setup()
    _check_server()
    _migrate()
    _collect_static()
    return 0


def _check_server() -> None:
    from django.db import connection

    from config import roles

    connection.ensure_connection()
    roles.require_version(connection.connection)


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        print(f"Bringing the database up to date: {len(plan)} steps.", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def _collect_static() -> None:
    from django.conf import settings
    from django.core.management import call_command

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    current = _static_fingerprint()
    if not stamp.exists() or stamp.read_text() != current:
        print("Collecting static files.", flush=True)
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(current)


def _static_fingerprint() -> str:
    """A digest over name, size and time of every static file of every app, and over how they are stored."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            about = Path(storage.path(name)).stat()
            digest.update(f"{name} {about.st_size} {about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main())
