"""`python -m bench [MODULE…] [--raw]`: run the measurements of all modules of this folder, or of those named."""

import importlib
import pkgutil
import sys

import bench
from bench import harness


def main(arguments: list[str]) -> int:
    """Measure, print the table; returns the exit status."""
    wanted = {argument for argument in arguments if not argument.startswith("-")}
    results = []
    for found in pkgutil.iter_modules(bench.__path__):
        if found.name in ("__main__", "harness") or (wanted and found.name not in wanted):
            continue
        for comparison in importlib.import_module(f"bench.{found.name}").comparisons():
            print(f"measuring: {comparison.name}", file=sys.stderr)
            results.append(harness.measure(comparison))
            if "--raw" in arguments:
                print(f"{comparison.name}: ours {results[-1].ours}, against {results[-1].against}", file=sys.stderr)
    print(harness.table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
