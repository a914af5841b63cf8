"""A pytest plugin: with LIGHTTOUCH_REQUIRE_ALL=1 a skipped test is a failure, and its reason is told.

Without the variable, as on a stranger's machine, skips stay skips; they are listed with their reasons at the end.
"""

import os
from typing import NoReturn

import pytest


def required() -> bool:
    """Whether nothing may be missing in this run."""
    return os.environ.get("LIGHTTOUCH_REQUIRE_ALL") == "1"


def missing(what: str) -> NoReturn:
    """Skip the running test for want of `what`; fail it where nothing may be missing."""
    if required():
        pytest.fail(f"Required here, and missing: {what}", pytrace=False)
    pytest.skip(f"SKIPPED for want of {what}")


def _skips(config: pytest.Config) -> list[pytest.TestReport]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", [])) if reporter else []


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped something although nothing may be missing."""
    if required() and _skips(session.config) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was skipped, loudly."""
    skips = _skips(terminalreporter.config)
    if skips:
        terminalreporter.section("SKIPPED TESTS", sep="!", red=required())
    for report in skips:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.write_line(f"{report.nodeid}: {reason}")
    if skips and required():
        terminalreporter.write_line("LIGHTTOUCH_REQUIRE_ALL=1: skipped tests fail the run.", red=True)
