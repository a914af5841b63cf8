"""The whole check counts what ran: a failed test, a skipped test or no test at all fails it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import project

COUNT = project.ROOT / ".ci" / "count"
SUITE = "import pytest\n\ndef test_runs():\n    assert {passes}\n\n{skip}def test_other():\n    pass\n"


def run_suite(folder: Path, *, passes: bool = True, skip: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a suite of two tests with the plugin, as `make test` does; the report is folder/report.xml."""
    (folder / "test_it.py").write_text(SUITE.format(passes=passes, skip=skip))
    (folder / "pytest.ini").write_text("[pytest]\n")
    path = os.pathsep.join([str(project.ROOT / "platform"), str(project.ROOT)])
    values = {name: value for name, value in os.environ.items() if name not in ("LIGHTTOUCH_REQUIRE_ALL", "CI")}
    options = ["-p", "tests.completeness", "-p", "no:django", "-p", "no:cacheprovider", "--junit-xml=report.xml"]
    command = [sys.executable, "-m", "pytest", *options]
    return subprocess.run(
        command, cwd=folder, env={**values, "PYTHONPATH": path, **more}, capture_output=True, text=True, check=False
    )


def count(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(COUNT), str(folder / "report.xml")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_all_ran_and_passed(tmp_path: Path) -> None:
    assert run_suite(tmp_path).returncode == 0
    assert count(tmp_path).returncode == 0
    assert count(tmp_path).stdout == "2 tests ran: 2 passed, 0 failed; 0 skipped.\n"


def test_a_broken_test_fails_the_check(tmp_path: Path) -> None:
    assert run_suite(tmp_path, passes=False).returncode == 1
    assert count(tmp_path).returncode == 1 and "1 failed" in count(tmp_path).stdout


def test_where_nothing_may_be_missing_a_skip_fails_and_tells_why(tmp_path: Path) -> None:
    done = run_suite(tmp_path, skip='@pytest.mark.skip(reason="no browser here")\n', LIGHTTOUCH_REQUIRE_ALL="1")
    assert done.returncode == 1 and "no browser here" in done.stdout
    assert count(tmp_path).returncode == 1


def test_on_a_strangers_machine_a_skip_is_told_and_the_rest_passes(tmp_path: Path) -> None:
    done = run_suite(tmp_path, skip='@pytest.mark.skip(reason="no browser here")\n')
    assert done.returncode == 0 and "no browser here" in done.stdout


@pytest.mark.parametrize(
    "report", [None, "<testsuites><testsuite tests='0' failures='0' errors='0' skipped='0'/></testsuites>"]
)
def test_no_test_at_all_fails_the_check(tmp_path: Path, report: str | None) -> None:
    if report:
        (tmp_path / "report.xml").write_text(report)
    assert count(tmp_path).returncode == 1
