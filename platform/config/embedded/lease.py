"""Who uses the cluster: a shared file lock per process, freed by the operating system when the process is gone."""

import fcntl
import os
from pathlib import Path

from config import locks

_held: dict[Path, int] = {}


def _file(data_dir: Path) -> Path:
    return data_dir / "postgres.lease"


def hold(data_dir: Path) -> None:
    """Use the cluster until this process (and whatever it forks) ends or `release` is called."""
    if data_dir not in _held:
        descriptor = locks.open_lock(_file(data_dir))
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[data_dir] = descriptor


def release(data_dir: Path) -> None:
    """Use the cluster no longer."""
    descriptor = _held.pop(data_dir, None)
    if descriptor is not None:
        os.close(descriptor)


def wait_until_unused(data_dir: Path) -> None:
    """Return when no process holds a lease."""
    with locks.exclusive(_file(data_dir)):
        pass


def file_to_lock(data_dir: Path) -> Path:
    """The file whose exclusive lock means: nobody uses the cluster, and nobody begins to."""
    return _file(data_dir)
