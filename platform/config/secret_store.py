"""The installation's secrets, made once at the first start and kept in `<data>/secrets.env` (mode 0600).

Whatever stands in the process environment wins over the file (see `config.environment`). Losing the file of an
installation that has data would make that data unreadable, so it is never made anew beside an existing database.
"""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from config import locks
from config.failures import CannotStart


class SecretsLost(CannotStart):
    """A database exists, but the secrets that open it are gone."""


class SecretsUnreadable(CannotStart):
    """The secrets file belongs to somebody else."""


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _password() -> str:
    return secrets.token_urlsafe(24)


PLATFORM: Mapping[str, Callable[[], str]] = {
    "LIGHTTOUCH_SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "LIGHTTOUCH_KEK": _key,
    "LIGHTTOUCH_TENANCY_KEY": _key,
    "LIGHTTOUCH_LINK_KEY": _key,
}
"""What the platform itself needs: Django's key, and base64 of 32 bytes each for envelopes, tenancy and signed links."""

RETIRED_LINK_KEYS = "LIGHTTOUCH_LINK_KEYS_BEFORE"
"""Keys that links were sealed with before, oldest first: `YYYY-MM-DD=base64`, the day it was taken out of use."""

DATABASE: Mapping[str, Callable[[], str]] = {
    "EMBEDDED_POSTGRES_PASSWORD": _password,
    "EMBEDDED_OWNER_PASSWORD": _password,
    "EMBEDDED_APP_PASSWORD": _password,
}
"""Passwords of the embedded PostgreSQL: its superuser, the owner role and the application role."""


def load(data_dir: Path) -> dict[str, str]:
    """Every secret by name; those not there yet are made and kept. Raises SecretsLost, SecretsUnreadable."""
    path = data_dir / "secrets.env"
    wanted = {**PLATFORM, **DATABASE}
    found = _read(path)
    if wanted.keys() <= found.keys():
        return found
    with locks.exclusive(data_dir / "secrets.lock"):
        found = _read(path)
        if not found and any((data_dir / name).exists() for name in ("postgres", "postgres.port")):
            raise SecretsLost(
                f"{path} is missing although a database exists in {data_dir}. Restore the file from your backup; "
                f"to begin anew with an empty database, delete {data_dir}."
            )
        found |= {name: make() for name, make in wanted.items() if name not in found}
        _write(path, found)
    return found


def platform(data_dir: Path) -> dict[str, str]:
    """What the platform itself reads of them, by the name of the variable. Raises as `load` does."""
    return {name: value for name, value in load(data_dir).items() if name in PLATFORM or name == RETIRED_LINK_KEYS}


def rotate_link_key(data_dir: Path, *, on: date) -> None:
    """Put a new link key into the file; the one before it is kept as retired `on` that day. Raises as `load` does."""
    load(data_dir)
    path = data_dir / "secrets.env"
    with locks.exclusive(data_dir / "secrets.lock"):
        _write(path, rotated(_read(path), on=on))


def rotated(values: Mapping[str, str], *, on: date) -> dict[str, str]:
    """Return the same secrets with a new link key and the one before it among the retired."""
    retired = [*values.get(RETIRED_LINK_KEYS, "").split(), f"{on.isoformat()}={values['LIGHTTOUCH_LINK_KEY']}"]
    return {**values, "LIGHTTOUCH_LINK_KEY": _key(), RETIRED_LINK_KEYS: " ".join(retired)}


def _read(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise SecretsUnreadable(
            f"{path} belongs to another user. Run as the user who started Lighttouch first, or choose another folder "
            "with LIGHTTOUCH_DATA_DIR."
        ) from error
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _write(path: Path, values: Mapping[str, str]) -> None:
    """Replace the file whole: a crash leaves the old one or the new one, never half of one."""
    fresh = path.with_suffix(".new")
    text = "# Secrets of this installation. Keep a copy apart from the database backups.\n"
    text += "".join(f"{name}={value}\n" for name, value in values.items())
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
