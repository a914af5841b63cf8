"""Where this checkout lies and where it keeps its data."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The top folder of the checkout: the one with manage.py."""


def data_dir() -> Path:
    """The folder for everything that is not code: `LIGHTTOUCH_DATA_DIR`, or `.data` in the checkout."""
    chosen = os.environ.get("LIGHTTOUCH_DATA_DIR")
    return Path(chosen).resolve() if chosen else ROOT / ".data"
