"""Real clusters and real processes, each in a folder of its own."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from config import embedded, project
from tests import completeness

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "LIGHTTOUCH_"))}
Start = Callable[..., subprocess.CompletedProcess[str]]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a process that works on the data folder `folder` and on nothing else of ours."""
    path = os.pathsep.join([str(project.ROOT / "platform"), str(project.ROOT)])
    return {**CLEAN, "PYTHONPATH": path, "LIGHTTOUCH_DATA_DIR": str(folder), "LIGHTTOUCH_PG_GRACE_SECONDS": "0", **more}


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty data folder that every account of the machine can enter (pytest's own temporary folders are private)."""
    top = Path(tempfile.mkdtemp(prefix="lighttouch-test-", dir="/var/tmp"))
    top.chmod(0o755)
    yield top / "data"
    embedded.stop(top / "data")
    elsewhere = top / "data" / "postgres.place"
    if elsewhere.exists():
        shutil.rmtree(Path(elsewhere.read_text().strip()).parent)
    shutil.rmtree(top)


@pytest.fixture
def python(folder: Path) -> Start:
    """Run Python code in a process of its own on the data folder: `python("-c", code, NAME=value)`."""

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, env=environment(folder, **more), capture_output=True, text=True, timeout=120, check=False
        )

    return run


@pytest.fixture
def postgres15() -> Path:
    """The folder of the programs of PostgreSQL 15, the oldest that is supported."""
    programs = Path(os.environ.get("LIGHTTOUCH_TEST_PG_BIN", "/usr/lib/postgresql/15/bin"))
    if not (programs / "postgres").exists():
        completeness.missing("PostgreSQL 15 (apt-get install postgresql-15, or set LIGHTTOUCH_TEST_PG_BIN)")
    return programs


def connect(folder: Path, role: str = "app", database: str = "lighttouch") -> psycopg.Connection:
    """A connection to the running cluster of `folder` as the application ("app") or as the owner."""
    url = embedded.env(folder)["DATABASE_URL" if role == "app" else "DATABASE_OWNER_URL"]
    return psycopg.connect(conninfo.make_conninfo(url, dbname=database), autocommit=True)
