"""`python -m bench.clearance.once STATE RESULT`: decide once in a process of its own, print its peak memory (MB)."""

import re
import sys
from pathlib import Path

from bench.clearance import synthetic


def decide(state: Path, result: Path) -> None:
    """Decide about everybody of a state and write the reasons as Parquet."""
    from delivery.clearance.bulk.engine import duckdb
    from delivery.clearance.bulk.expression import decision

    result.unlink(missing_ok=True)
    with duckdb() as engine:
        engine.write(decision(engine.rows(state), synthetic.asked()), result)


def peak_memory() -> int:
    """Return the most memory this program held, in MB. Where getrusage begins is what its parent held."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found is not None, "this system does not tell how much memory a process held"
    return int(found[1]) // 1024


if __name__ == "__main__":
    synthetic.django()
    decide(Path(sys.argv[1]), Path(sys.argv[2]))
    print(peak_memory())
