"""Published test vectors that lie beside the project, where they do; nothing of them is copied into it."""

import json
import sys
from pathlib import Path

from tests.completeness import missing

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "vectors"


def load(name: str):
    """One file of vectors; skips the running test loudly where it is not here."""
    path = FOLDER / name
    if not path.exists():
        missing(f"../shared/vectors/{name}")
    return json.loads(path.read_text(encoding="utf-8"))


def say(*words) -> None:
    """Print a count that a reader of the run wants to see."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
