"""`python -m config.prepare_database`: make a real PostgreSQL server ready for Lighttouch.

Reads three URLs from the environment and is safe to run again:

  DATABASE_SUPERUSER_URL  a role that may create roles and databases; used here only, never by the platform
  DATABASE_OWNER_URL      the role that will own the database and migrate (created if missing)
  DATABASE_URL            the role the application logs in as (created if missing); owns nothing

Afterwards start the platform with DATABASE_OWNER_URL and DATABASE_URL set; nothing embedded is started then.
"""

import os
import sys

import psycopg

from config import roles

_NAMES = ("DATABASE_SUPERUSER_URL", "DATABASE_OWNER_URL", "DATABASE_URL")


def main() -> int:
    """Run from the command line; returns the exit status."""
    missing = [name for name in _NAMES if not os.environ.get(name)]
    if missing:
        print(f"Not set: {', '.join(missing)}\n\n{__doc__}", file=sys.stderr)
        return 2
    superuser, owner, app = (os.environ[name] for name in _NAMES)
    try:
        roles.prepare(superuser_url=superuser, owner_url=owner, app_url=app)
    except (roles.ServerTooOld, roles.RoleTooStrong, psycopg.Error) as error:
        print(f"The database could not be prepared: {error}", file=sys.stderr)
        return 1
    print("The database is ready. Next: python manage.py migrate")
    return 0


if __name__ == "__main__":
    sys.exit(main())
