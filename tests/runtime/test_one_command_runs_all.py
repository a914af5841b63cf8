"""`make run`: one command, one thing. It serves, it stops as a whole, it says what is in its way."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from config import embedded
from tests.runtime.conftest import environment

FIRST_PAGE_SECONDS, SECOND_PAGE_SECONDS = 60, 10
pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for orphans in /proc")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def business() -> float:
    """How many times over the processors are asked for: 1 on a machine that has them free for us."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Running:
    """A supervisor in a session of its own, as a terminal would run it."""

    def __init__(self, folder: Path, *before: str, **more: str) -> None:
        self.folder, self.port, self.began = folder, free_port(), time.monotonic()
        self.log = folder.parent / "said.txt"
        values = environment(folder, **{"PORT": str(self.port), "LIGHTTOUCH_DEMO": "0", **more})
        with self.log.open("w") as said:
            self.process = subprocess.Popen(
                [*before, sys.executable, "-m", "config.supervisor"],
                env=values,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_for(self, text: str, seconds: float = 180) -> float:
        """Wait until it said `text`; returns the seconds since the start."""
        while text not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() - self.began < seconds, self.said()
            time.sleep(0.05)
        return time.monotonic() - self.began

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5)
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def press_ctrl_c(self) -> int:
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(30)


def processes_of(folder: Path, word: str = "") -> list[int]:
    """Every process that works on `folder` (by environment or arguments), with `word` among its arguments."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            arguments = (process / "cmdline").read_bytes().decode(errors="replace")
            about = arguments + (process / "environ").read_bytes().decode(errors="replace")
            alive = not re.search(r"^State:\s+Z", (process / "status").read_text(), re.MULTILINE)
            if alive and str(folder) in about and word in arguments:
                found.append(int(process.name))
    return sorted(found)


def nothing_is_left(folder: Path, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while processes_of(folder):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """A data folder on which the platform ran once; what that first time took is in `first.txt` beside it."""
    top = Path(tempfile.mkdtemp(prefix="lighttouch-run-", dir="/var/tmp"))
    top.chmod(0o755)
    running = Running(top / "data")
    try:
        seconds = running.wait_for("Lighttouch is at")
        (top / "first.txt").write_text(f"{seconds}")
        running.press_ctrl_c()
        yield top / "data"
    finally:
        for process in processes_of(top / "data"):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        embedded.stop(top / "data")
        shutil.rmtree(top)


@pytest.fixture
def running(installed: Path) -> Iterator[Running]:
    """The platform, serving."""
    platform = Running(installed)
    platform.wait_for("Lighttouch is at")
    while not processes_of(installed, "config.celery\0beat"):
        time.sleep(0.1)
    yield platform
    with suppress(ProcessLookupError):
        os.killpg(platform.process.pid, signal.SIGINT)
    platform.process.wait(30)
    assert nothing_is_left(installed)


def test_a_page_is_served_within_a_minute_the_first_time_and_within_ten_seconds_the_next(installed: Path) -> None:
    assert float((installed.parent / "first.txt").read_text()) < FIRST_PAGE_SECONDS * business()
    seconds = []
    while not seconds or (seconds[-1] > SECOND_PAGE_SECONDS * business() and len(seconds) < 3):
        again = Running(installed)
        seconds.append(again.wait_for("Lighttouch is at"))
        assert again.answers()
        again.press_ctrl_c()
    assert seconds[-1] < SECOND_PAGE_SECONDS * business(), seconds


def test_one_ctrl_c_stops_everything(running: Running) -> None:
    assert running.answers()
    assert len(processes_of(running.folder)) > 6
    assert running.press_ctrl_c() == 0
    assert nothing_is_left(running.folder, seconds=3)


def test_being_told_to_terminate_is_the_same(running: Running) -> None:
    running.process.terminate()
    assert running.process.wait(30) == 0
    assert nothing_is_left(running.folder, seconds=3)


def test_a_killed_supervisor_leaves_no_orphan_and_no_lock(running: Running, installed: Path) -> None:
    running.process.kill()
    running.process.wait()
    assert nothing_is_left(installed)
    again = Running(installed)
    again.wait_for("Lighttouch is at")
    assert again.press_ctrl_c() == 0


def test_a_killed_make_takes_the_platform_along(installed: Path) -> None:
    under_make = Running(installed, "/bin/sh", "-c", '"$@"; exit $?', "make", MAKELEVEL="1")
    under_make.wait_for("Lighttouch is at")
    under_make.process.kill()
    under_make.process.wait()
    assert nothing_is_left(installed)


def test_a_killed_guard_is_replaced(running: Running) -> None:
    first = processes_of(running.folder, "config.supervisor.guard")
    os.kill(first[0], signal.SIGKILL)
    time.sleep(1.5)
    assert processes_of(running.folder, "config.supervisor.guard") not in ([], first)
    running.process.kill()
    running.process.wait()
    assert nothing_is_left(running.folder)


@pytest.mark.parametrize(
    "program", ["granian", "config.celery\0worker", "config.celery\0beat"], ids=["web", "worker", "clock"]
)
def test_a_program_that_dies_is_reported_and_started_again(running: Running, program: str) -> None:
    before = processes_of(running.folder, program)
    os.kill(before[0], signal.SIGKILL)
    running.wait_for("ended (killed by SIGKILL); it is started again")
    deadline = time.monotonic() + 120
    while not (now := set(processes_of(running.folder, program))) or now & set(before) or not running.answers():
        assert time.monotonic() < deadline, running.said()
        time.sleep(0.2)


def test_a_program_that_cannot_live_stops_everything_with_a_message(installed: Path) -> None:
    broken = Running(installed, CELERY_BROKER_URL="nonsense://")
    assert broken.process.wait(90) == 1
    assert "keeps ending as soon as it is started" in broken.said()
    assert nothing_is_left(installed)


def test_a_taken_port_is_named_with_its_holder_and_a_remedy(installed: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = Running(installed, PORT=str(port))
        assert refused.process.wait(30) == 1
    assert f"Port {port} is taken by" in refused.said() and f"process {os.getpid()}" in refused.said()
    assert re.search(r"make run PORT=\d+", refused.said()) and "Traceback" not in refused.said()


def test_a_second_start_on_the_same_data_is_refused_and_the_first_goes_on(running: Running, installed: Path) -> None:
    said = running.said()
    second = Running(installed)
    assert second.process.wait(30) == 1
    assert f"already runs on {installed}" in second.said() and f"process {running.process.pid}" in second.said()
    assert "Lighttouch is at" in said and running.answers()


def test_ctrl_c_while_it_starts_leaves_nothing(installed: Path) -> None:
    starting = Running(installed)
    time.sleep(1.5)
    assert starting.press_ctrl_c() in (0, 130)
    assert nothing_is_left(installed, seconds=3)


def test_only_the_preparation_learns_the_owners_password(running: Running) -> None:
    for process in processes_of(running.folder, "granian") + processes_of(running.folder, "celery"):
        assert b"DATABASE_OWNER_URL" not in Path(f"/proc/{process}/environ").read_bytes()
