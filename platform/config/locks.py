"""Locks between processes of one machine, as files: the kernel frees them when their holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Held(Exception):
    """Another process holds the lock."""


def open_lock(path: Path) -> int:
    """Open (create) the lock file and return its descriptor; children started by exec do not inherit it."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


@contextmanager
def exclusive(path: Path, *, wait: bool = True) -> Iterator[int]:
    """Hold the lock `path` alone for the length of the block; yields its descriptor.

    Raises `Held` when another process holds it and `wait` is false.
    """
    descriptor = open_lock(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Held(str(path)) from error
        yield descriptor
    finally:
        os.close(descriptor)
