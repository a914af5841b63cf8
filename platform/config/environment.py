"""Fill the process environment with what settings need, so that every door (manage.py, WSGI, Celery, pytest) is alike.

What is set from outside wins. Without `DATABASE_URL` the embedded PostgreSQL is started and used.
"""

import os

from config import embedded, project, secret_store


def load() -> None:
    """Set `DATABASE_URL`, `DATABASE_OWNER_URL` and the `LIGHTTOUCH_*` keys unless they are set; safe to call again.

    Raises what `config.embedded.ensure_running` and `config.secret_store.load` raise.
    """
    if "DATABASE_URL" in os.environ and os.environ.keys() >= secret_store.PLATFORM.keys():
        return
    folder = embedded.prepare_folder(project.data_dir())
    if "DATABASE_URL" in os.environ:
        values = secret_store.platform(folder)
    else:
        embedded.ensure_running(folder)
        values = embedded.env(folder)
    for name, value in values.items():
        os.environ.setdefault(name, value)
