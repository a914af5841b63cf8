"""The programs of the platform and their command lines."""

import os
from collections.abc import Mapping
from pathlib import Path

from config import project
from config.supervisor.child import python

RECEIVER_PORT = int(os.environ.get("LIGHTTOUCH_RECEIVER_PORT", "8100"))


def web(host: str, port: int) -> list[str]:
    """The web server: granian, two processes of four threads (`WEB_WORKERS`, `WEB_THREADS`)."""
    return python(
        *("-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", os.environ.get("WEB_WORKERS", "2"), "--blocking-threads", os.environ.get("WEB_THREADS", "4")),
        *("--log-level", "warning", "--no-access-log", "--respawn-failed-workers", "--workers-kill-timeout", "5"),
        "config.wsgi:application",
    )


def worker() -> list[str]:
    """The Celery worker (`WORKER_PROCESSES`, default 2). It alone needs no neighbours: no gossip, no mingling."""
    return python(
        # As root it warns of itself at length; whoever runs this as root knows.
        *("-W", "ignore:You're running the worker"),
        *("-m", "celery", "--quiet", "-A", "config.celery", "worker", "--loglevel", "WARNING"),
        *("--concurrency", os.environ.get("WORKER_PROCESSES", "2")),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    )


def clock(data_dir: Path) -> list[str]:
    """Celery's beat, which rings the bell for work that is due."""
    return python(
        *("-m", "celery", "--quiet", "-A", "config.celery", "beat", "--loglevel", "WARNING"),
        *("--schedule", str(data_dir / "beat"), "--pidfile", ""),
    )


def prepare() -> list[str]:
    """Bring schema and static files up to date, as the owner role."""
    return python("-m", "config.prepare")


def demo() -> list[str] | None:
    """Load the demo into an empty database, as a background job; None when there is no demo or it is not wanted."""
    if os.environ.get("LIGHTTOUCH_DEMO") == "0" or not list(project.ROOT.glob("*/management/commands/demo.py")):
        return None
    return python(str(project.ROOT / "manage.py"), "demo", "--if-empty")


def receiver(data_dir: Path) -> list[str]:
    """The receiver on this machine that shows what the demo's webhooks bring."""
    return python(
        *("-m", "config.receiver", "--port", str(RECEIVER_PORT), "--secrets", str(data_dir / "receiver.secrets")),
    )


def environment(*, owner: bool) -> Mapping[str, str]:
    """What a program sees. Only those that work on the schema learn how to log in as its owner."""
    values = dict(os.environ)
    values["PYTHONPATH"] = os.pathsep.join([str(project.ROOT / "platform"), str(project.ROOT)])
    values["PYTHONUNBUFFERED"] = "1"
    if demo():
        # The demo delivers to its receiver on this machine, which nothing outgoing may reach otherwise.
        values.setdefault("LIGHTTOUCH_EGRESS_ALLOW", f"127.0.0.1:{RECEIVER_PORT}")
    if not owner:
        values.pop("DATABASE_OWNER_URL", None)
    return values
