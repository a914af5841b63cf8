"""The keeper: stops the server when the last process that used it is gone, even if that one was killed.

It waits for the lease file to be free, gives newcomers some time, and stops the server under the start lock.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from config import locks, project
from config.embedded import lease, server
from config.embedded.place import find


def grace_seconds() -> float:
    """How long an unused server stays up, so that one command after another need not start it again."""
    return float(os.environ.get("LIGHTTOUCH_PG_GRACE_SECONDS", "60"))


def ensure(data_dir: Path) -> None:
    """Start the keeper of `data_dir` unless there is one."""
    try:
        with locks.exclusive(data_dir / "keeper.lock", wait=False):
            pass
    except locks.Held:
        return
    # Through a shell that ends at once, so that the keeper is nobody's child and no terminal's process.
    detach = 'log="$1"; shift; "$@" </dev/null >"$log" 2>&1 &'
    command = [sys.executable, "-m", "config.embedded", "keep"]
    environment = {**os.environ, "PYTHONPATH": str(project.ROOT / "platform"), "LIGHTTOUCH_DATA_DIR": str(data_dir)}
    subprocess.run(
        ["/bin/sh", "-c", detach, "keeper", str(data_dir / "keeper.log"), *command],
        start_new_session=True,
        env=environment,
        cwd="/",
        check=True,
    )


def dismiss(data_dir: Path) -> None:
    """End the keeper of `data_dir`, if there is one: the server is stopped already."""
    note = data_dir / "keeper.lock"
    try:
        with locks.exclusive(note, wait=False):
            return
    except locks.Held:
        process = note.read_text()
    if process:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(int(process), signal.SIGTERM)


def watch(data_dir: Path) -> None:
    """Wait for the last lease to go, then stop the server; returns at once if another keeper watches."""
    try:
        with locks.exclusive(data_dir / "keeper.lock", wait=False) as descriptor:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, str(os.getpid()).encode())
            while not _stop_if_unused(data_dir):
                pass
    except locks.Held:
        return


def _stop_if_unused(data_dir: Path) -> bool:
    lease.wait_until_unused(data_dir)
    time.sleep(grace_seconds())
    if not data_dir.exists():
        return True
    with locks.exclusive(data_dir / "postgres.lock"):
        try:
            with locks.exclusive(lease.file_to_lock(data_dir), wait=False):
                server.stop(find(data_dir))
        except locks.Held:
            return False
    return True
