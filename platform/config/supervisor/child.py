"""A process that the supervisor started: its own process group, its output line by line under its name."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

_BACK_OFF_SECONDS = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_SHORT_LIFE_SECONDS = 10.0
GIVE_UP_AFTER = 4
"""Short lives in a row after which restarting has no point."""


def say(line: str) -> None:
    """Print a line; a terminal that is gone is no reason to stop working."""
    with suppress(OSError, ValueError):
        print(line, flush=True)


@dataclass
class Child:
    """One program of the platform. `on_change(group, alive)` tells the guard which process groups there are."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    on_change: Callable[[int, bool], None]
    process: subprocess.Popen[str] | None = None
    short_lives: int = 0
    last_lines: deque[str] = field(default_factory=lambda: deque(maxlen=20))
    _began: float = 0.0
    _due: float = 0.0
    _reader: threading.Thread | None = None

    def start(self) -> None:
        """Start the program in a process group of its own: a Ctrl-C reaches it through us, once."""
        self._began, self._due = time.monotonic(), 0.0
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            process_group=0,
        )
        self.on_change(self.process.pid, True)
        self._reader = threading.Thread(target=self._read, args=[self.process], daemon=True)
        self._reader.start()

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in filter(str.strip, process.stdout):
            self.last_lines.append(line.rstrip())
            say(f"{self.name:<8}| {line.rstrip()}")

    def tend(self) -> bool:
        """Restart the program if it died, later each time; False once it keeps dying at once."""
        if self._due:
            if time.monotonic() >= self._due:
                self.start()
            return True
        if self.process is None or self.process.poll() is None:
            return True
        status = self.process.returncode
        self.clear_group()
        lived = time.monotonic() - self._began
        self.short_lives = self.short_lives + 1 if lived < _SHORT_LIFE_SECONDS else 1
        if self.short_lives >= GIVE_UP_AFTER:
            return False
        pause = _BACK_OFF_SECONDS[min(self.short_lives, len(_BACK_OFF_SECONDS)) - 1]
        say(f"{self.name} ended ({_reason(status)}); it is started again in {pause:.0f} s.")
        self._due = time.monotonic() + pause
        return True

    def ask_to_stop(self) -> None:
        """Send SIGTERM to the program (not to its own children: it stops those in good order)."""
        self._due = 0.0
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def gone(self) -> bool:
        """Whether the program has ended."""
        return self.process is None or self.process.poll() is not None

    def clear_group(self) -> None:
        """Kill whatever is left of the program and of the processes that it started."""
        if self.process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self._reader is not None:
            self._reader.join(timeout=2)
        self.on_change(self.process.pid, False)
        self.process = None


def _reason(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def python(*arguments: str) -> list[str]:
    """The command line that runs Python, this one, with `arguments`."""
    return [sys.executable, *arguments]
