"""The fence between brands stands on the oldest supported PostgreSQL as on the embedded one.

The whole kernel's tests on the database run again in a process of their own, on a cluster of PostgreSQL 15.
"""

import subprocess
import sys
from pathlib import Path

from config import embedded, project
from tests.runtime.conftest import connect, environment

FENCE = ["tests/kernel/test_catalogue.py", "tests/kernel/test_fence.py", "tests/kernel/test_every_table.py"]


def test_migrations_and_the_fence_hold_on_postgresql_15(folder: Path, postgres15: Path) -> None:
    embedded.ensure_running(folder, bin_dir=postgres15)
    with connect(folder) as app:
        assert app.info.server_version // 10000 == 15
    values = environment(folder, LIGHTTOUCH_PG_BIN=str(postgres15))
    command = [sys.executable, "-m", "pytest", "-q", *FENCE]
    done = subprocess.run(command, cwd=project.ROOT, env=values, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout[-4000:] + done.stderr[-2000:]
