#!/usr/bin/env python3
"""Django's command line for Lighttouch; without DATABASE_URL it sees to it that the embedded PostgreSQL runs."""

import importlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))

OWNER_COMMANDS = {"migrate", "makemigrations", "showmigrations", "sqlmigrate"}
"""Commands that work on the schema and so log in as the role that owns it; all others as the application."""


def main() -> None:
    """Run the command that the command line names."""
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed for this Python: run `make setup`, then use .venv/bin/python manage.py")
    from config import environment
    from config.failures import CannotStart

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ.setdefault("LIGHTTOUCH_DB_ROLE", "owner")
    try:
        environment.load()
    except CannotStart as error:
        sys.exit(str(error))
    # What a command promises rings the worker's bell: the bell must know the broker.
    importlib.import_module("config.celery")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
