"""When make starts us and is killed, nobody is left to press Ctrl-C: end with it (Linux)."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def end_with_make() -> None:
    """Ask the kernel for a SIGTERM when our parent dies, if that parent is make."""
    if "MAKELEVEL" in os.environ and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
