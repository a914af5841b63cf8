"""Start everything in order, tend it, stop it."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from config import embedded, environment, locks, project
from config.failures import CannotStart
from config.supervisor import port, programs
from config.supervisor.child import Child, python, say

_STOP_SECONDS = 15.0
_TICK_SECONDS = 0.1


class Failed(CannotStart):
    """The platform cannot run; the message says why and what to do."""


class AlreadyRunning(Failed):
    """Another supervisor runs on the same data folder."""


class Supervisor:
    """One running platform on one data folder."""

    def __init__(self, host: str, web_port: int) -> None:
        self.host, self.port = host, web_port
        self.data_dir = embedded.prepare_folder(project.data_dir())
        self.children: list[Child] = []
        self.stopping = False
        self._impatient = False
        self._interruptible = False
        self._embedded = "DATABASE_URL" not in os.environ
        self._guard: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Serve until a signal says stop. Raises Failed, port.PortTaken and what starting the database raises."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        lock = self.data_dir / "run.lock"
        try:
            with locks.exclusive(lock, wait=False) as descriptor:
                port.require_free(self.host, self.port)
                os.ftruncate(descriptor, 0)
                os.write(descriptor, f"{os.getpid()} http://{self.host}:{self.port}\n".encode())
                self._serve()
        except locks.Held as error:
            raise AlreadyRunning(_already_running(lock)) from error

    def _serve(self) -> None:
        began = time.monotonic()
        try:
            self._start_database()
            self._start_guard()
            self._once("prepare", programs.prepare(), owner=True)
            if not self.stopping:
                self._start("web", programs.web(self.host, self.port))
                self._wait_until_served()
                seconds = time.monotonic() - began
                say(f"\nLighttouch is at http://localhost:{self.port} ({seconds:.0f} s). Ctrl-C stops it.")
                if "LIGHTTOUCH_MAIL_URL" not in os.environ:
                    say(f"Links to the preference centre are mailed into {self.data_dir / 'mail'}.")
                # After the page: unfinished work would compete with it for the processors.
                self._start("worker", programs.worker())
                self._start("clock", programs.clock(self.data_dir))
                self._start_receiver()
                self._load_demo()
            while not self.stopping:
                self._tend()
        except KeyboardInterrupt:
            pass
        finally:
            self.stopping, self._interruptible = True, False
            self._stop()

    def _on_signal(self, *_: object) -> None:
        self._impatient = self.stopping
        self.stopping = True
        if self._interruptible:
            raise KeyboardInterrupt

    def _start_database(self) -> None:
        os.environ.setdefault("LIGHTTOUCH_PUBLIC_URL", f"http://localhost:{self.port}")
        self._interruptible = True
        environment.load()
        self._interruptible = False
        if "DATABASE_OWNER_URL" not in os.environ:
            raise Failed(
                "DATABASE_URL is set, DATABASE_OWNER_URL is not, and only the owner may migrate: set both. "
                "`python -m config.prepare_database` tells how."
            )

    def _load_demo(self) -> None:
        """Load the demo if the database is empty; what it said (how to sign in) is told again at every later start."""
        command, note = programs.demo(), self.data_dir / "demo.txt"
        if command is None:
            return
        lines = self._once("demo", command, owner=False)
        if lines:
            note.touch(mode=0o600)
            note.write_text("\n".join(lines))
        elif note.exists():
            say(note.read_text())

    def _start_guard(self) -> None:
        values = dict(programs.environment(owner=False))
        if self._embedded:
            values["LIGHTTOUCH_GUARDED_DATABASE"] = str(self.data_dir)
        command = python("-m", "config.supervisor.guard")
        self._guard = subprocess.Popen(
            command, stdin=subprocess.PIPE, env=values, text=True, cwd="/", start_new_session=True
        )

    def _tell_guard(self, group: int, alive: bool) -> None:
        assert self._guard is not None and self._guard.stdin is not None
        try:
            self._guard.stdin.write(f"{'+' if alive else '-'}{group}\n")
            self._guard.stdin.flush()
        except BrokenPipeError:
            if self.stopping:
                return
            self._start_guard()
            for child in self.children:
                if child.process is not None:
                    self._tell_guard(child.process.pid, True)

    def _start_receiver(self) -> None:
        """Start the demo's receiver where its port is free; the platform never falls with it."""
        if programs.demo() is None:
            return
        if port.is_free("127.0.0.1", programs.RECEIVER_PORT):
            self._start("receiver", programs.receiver(self.data_dir))
        else:
            say(f"Port {programs.RECEIVER_PORT} is taken: the demo's receiver is not started.")

    def _start(self, name: str, command: Sequence[str], *, owner: bool = False) -> Child:
        child = Child(name, command, programs.environment(owner=owner), self._tell_guard)
        self.children.append(child)
        child.start()
        return child

    def _once(self, name: str, command: Sequence[str], *, owner: bool) -> list[str]:
        """Run a program to its end and return its last lines. Raises Failed when it fails."""
        child = self._start(name, command, owner=owner)
        while not child.gone() and not self.stopping:
            self._pause()
        if self.stopping:
            return []
        self.children.remove(child)
        status = child.process.returncode if child.process else 0
        child.clear_group()
        if status:
            raise Failed(f"{name} failed; its last lines are above.")
        return list(child.last_lines)

    def _pause(self) -> None:
        for child in self.children:
            if child.name in ("web", "worker", "clock"):
                self._keep(child)
        time.sleep(_TICK_SECONDS)

    def _keep(self, child: Child) -> None:
        if not child.tend():
            raise Failed(f"{child.name} keeps ending as soon as it is started; its last lines are above.")

    def _tend(self) -> None:
        self._pause()
        if self._guard is not None and self._guard.poll() is not None:
            self._start_guard()
            for child in self.children:
                if child.process is not None:
                    self._tell_guard(child.process.pid, True)

    def _wait_until_served(self) -> None:
        address = f"http://{self.host}:{self.port}/"
        while not self.stopping:
            self._pause()
            try:
                with urllib.request.urlopen(address, timeout=20):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                continue

    def _stop(self) -> None:
        if self.children:
            say("\nStopping.")
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        while not all(child.gone() for child in self.children) and time.monotonic() < deadline and not self._impatient:
            time.sleep(_TICK_SECONDS)
        for child in self.children:
            child.clear_group()
        if self._guard is not None and self._guard.stdin is not None:
            self._guard.stdin.close()
            self._guard.wait()
        if self._embedded:
            embedded.stop(self.data_dir, unless_used=True)


def _already_running(lock: Path) -> str:
    process, _, address = lock.read_text().strip().partition(" ")
    if not process:
        return f"Lighttouch is being started by another process on {lock.parent}."
    return (
        f"Lighttouch already runs on {lock.parent}: {address}, process {process}. Stop it first (Ctrl-C there, or "
        f"`kill {process}`), or run a second one with LIGHTTOUCH_DATA_DIR=<another folder> and another PORT."
    )


def main() -> int:
    """Run from the command line; returns the exit status."""
    from config.supervisor.parent import end_with_make

    end_with_make()
    try:
        Supervisor(os.environ.get("HOST", "127.0.0.1"), int(os.environ.get("PORT", "8000"))).run()
    except KeyboardInterrupt:
        return 130
    except CannotStart as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0
