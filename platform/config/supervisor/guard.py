"""The guard: stops the supervisor's processes when the supervisor itself was killed and could not.

It reads from a pipe which process groups there are (`+pid`, `-pid`). The pipe ends when the supervisor ends; whatever
is still listed then is asked to stop and, after some seconds, killed. An orderly stop leaves an empty list.
"""

import os
import signal
import sys
import time
from pathlib import Path

_PATIENCE_SECONDS = 8.0


def main() -> int:
    """Read the pipe on standard input to its end, then clear up; returns the exit status."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        (groups.add if line[0] == "+" else groups.discard)(group)
    if groups:
        _clear(groups)
        _stop_database()
    return 0


def _clear(groups: set[int]) -> None:
    _signal_all(groups, signal.SIGTERM)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline and _signal_all(groups, 0):
        time.sleep(0.1)
    _signal_all(groups, signal.SIGKILL)


def _signal_all(groups: set[int], number: int) -> bool:
    """Send `number` to every group; whether any group still has a process."""
    alive = False
    for group in groups:
        try:
            os.killpg(group, number)
            alive = True
        except (ProcessLookupError, PermissionError):
            continue
    return alive


def _stop_database() -> None:
    folder = os.environ.get("LIGHTTOUCH_GUARDED_DATABASE")
    if folder:
        from config import embedded

        embedded.stop(Path(folder), unless_used=True)


if __name__ == "__main__":
    sys.exit(main())
