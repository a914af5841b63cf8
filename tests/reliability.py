"""`python -m tests.reliability REPORT PAGE`: append what a run of the long tests found to docs/reliability.md.

REPORT is pytest's JUnit file. A test tells figures with `record_property(name, value)`; they stand in its row.
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

HEAD = """# Reliability

What the long tests found (`make test-long`): runs appended as they were made, failures included.
"""


def rows(report: Path) -> list[str]:
    """One table row for each test case of the report."""
    found = []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        outcome = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
        figures = ", ".join(f"{one.get('name')} {one.get('value')}" for one in case.iter("property"))
        name = f"{case.get('name')}".removeprefix("test_").replace("_", " ")
        found.append(f"| {name} | {outcome} | {figures} | {float(case.get('time', '0')):.0f} s |")
    return found


def section(report: Path, now: datetime) -> str:
    """The section for one run: when, on what, and its table."""
    table = "\n".join(rows(report)) or "| no long test was found | | | |"
    machine = f"{os.cpu_count()} processors, Python {platform.python_version()}, {platform.system()}"
    run = f"Commit {_commit()}, seed {os.environ.get('SEED', 'not set')}. {machine}."
    return (
        f"\n## {now:%Y-%m-%d %H:%M} UTC\n\n{run}\n\n| test | outcome | figures | time |\n|---|---|---|---|\n{table}\n"
    )


def _commit() -> str:
    """The commit that was tested, marked when the tree was not clean."""
    told = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


def main(report: Path, page: Path) -> int:
    """Append a section to the page; returns the exit status."""
    if not report.exists():
        print(f"{report} is missing: the long tests did not run.", file=sys.stderr)
        return 1
    before = page.read_text() if page.exists() else HEAD
    page.write_text(before + section(report, datetime.now(UTC)))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
