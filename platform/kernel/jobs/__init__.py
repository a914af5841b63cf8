"""Work as rows: `enqueue` promises it, a `handler` knows how, `run` does it, `sweep` finds what was forgotten."""

from kernel.jobs.registry import brands_come_from, handler
from kernel.jobs.run import LeaseLost, Run, run, run_due, sweep
from kernel.jobs.services import enqueue, retry

__all__ = ["LeaseLost", "Run", "brands_come_from", "enqueue", "handler", "retry", "run", "run_due", "sweep"]
