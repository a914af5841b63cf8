"""`python -m tests.generated_pages [--check]`: the pages of docs/ that are printed from the code.

Writes them; with `--check` only compares, and names what is out of date. A page joins by a line in PAGES.
"""

import difflib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES: Mapping[str, Sequence[str]] = {
    "docs/rules.md": ("-m", "config.cli", "rules"),
    "docs/states.md": ("manage.py", "states"),
}
"""Page, and the arguments to Python that print it."""


def printed(arguments: Sequence[str]) -> str:
    """The page as the code prints it now."""
    path = os.pathsep.join([str(ROOT / "platform"), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout


def main(check: bool) -> int:
    """Write or compare every page; returns the exit status."""
    stale = 0
    for name, arguments in PAGES.items():
        page, now = ROOT / name, printed(arguments)
        before = page.read_text() if page.exists() else ""
        if not check:
            page.write_text(now)
        elif now != before:
            stale += 1
            sys.stdout.writelines(difflib.unified_diff(before.splitlines(True), now.splitlines(True), name, "printed"))
            print(f"{name} is out of date: run `make fix` and commit it.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
