"""Make, start and stop one PostgreSQL server by its own programs: initdb and pg_ctl."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from config.embedded.place import Place
from config.failures import CannotStart

_MB = 1024 * 1024
_SAY_SO_AFTER_SECONDS = 5.0
_LEFTOVERS_SECONDS = 60.0


class ClusterFailed(CannotStart):
    """The server could not be made, started or stopped; the message holds what it said."""


def initialise(place: Place, password: str) -> None:
    """Make an empty cluster at `place`, whole or not at all. Raises ClusterFailed."""
    fresh = place.pgdata.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    place.own(fresh)
    words = place.pgdata.with_name("postgres.words")
    words.unlink(missing_ok=True)
    with os.fdopen(os.open(words, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password)
    place.own(words)
    options = [
        "--username=postgres",
        f"--pwfile={words}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
    ]
    try:
        _run(place, "initdb", f"--pgdata={fresh}", *options, *_locale(place))
    finally:
        words.unlink()
    with (fresh / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists = 'lighttouch.conf'\n")
    fresh.rename(place.pgdata)


def program_version(place: Place) -> int:
    """The major version of the server's programs."""
    output = _run(place, "postgres", "--version")
    found = re.search(r"\) (\d+)", output)
    if not found:
        raise ClusterFailed(f"{place.bin_dir / 'postgres'} tells no version: {output}")
    return int(found[1])


def running_port(place: Place) -> int | None:
    """The TCP port of the server of this place if it runs and is ready, else None."""
    process = _postmaster(place)
    lines = _pid_file(place)
    if process is None or len(lines) < 8 or lines[7].strip() != "ready":
        return None
    port = int(lines[3])
    with socket.socket() as probe:
        probe.settimeout(2)
        return port if probe.connect_ex(("127.0.0.1", port)) == 0 else None


def start(place: Place, port_file: Path) -> int:
    """Start the server, wait until it is ready (crash recovery takes as long as it takes), return its port.

    The port is the remembered one, or a free one if that is taken. Raises ClusterFailed.
    """
    if _postmaster(place) is None:
        (place.pgdata / "postmaster.pid").unlink(missing_ok=True)
    deadline = time.monotonic() + _LEFTOVERS_SECONDS
    while True:
        port = _choose_port(port_file)
        (place.pgdata / "lighttouch.conf").write_text(_configuration(port))
        said = _pg_ctl_start(place)
        if said is None:
            port_file.write_text(f"{port}\n")
            return port
        # Backends outlive a killed postmaster for a moment; a port can be taken between the choice and the start.
        passing = "pre-existing shared memory" in said or "lock file" in said or "could not bind" in said
        if not passing or time.monotonic() > deadline:
            raise ClusterFailed(f"The embedded PostgreSQL in {place.pgdata} did not start:\n{said}")
        time.sleep(0.5)


def stop(place: Place) -> None:
    """Stop the server: open transactions are rolled back, nothing committed is lost. Raises ClusterFailed."""
    if _postmaster(place) is None:
        return
    try:
        _run(place, "pg_ctl", "stop", "-D", str(place.pgdata), "-m", "fast", "-w", "-t", "120")
    except ClusterFailed:
        if _postmaster(place) is not None:
            _run(place, "pg_ctl", "stop", "-D", str(place.pgdata), "-m", "immediate", "-w", "-t", "60")


def _locale(place: Place) -> list[str]:
    if program_version(place) >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"] if sys.platform == "linux" else ["--locale=C"]


def _run(place: Place, program: str, *arguments: str) -> str:
    command = [str(place.bin_dir / program), *arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **place.run_as()
    )
    said = str(done.stdout)
    if done.returncode:
        raise ClusterFailed(f"{program} failed ({done.returncode}):\n{said.strip()}")
    return said


def _pid_file(place: Place) -> list[str]:
    try:
        return (place.pgdata / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def _postmaster(place: Place) -> int | None:
    """The process id in postmaster.pid if that process really is this cluster's server: ids are used again."""
    lines = _pid_file(place)
    if not lines or not lines[0].isdigit():
        return None
    process = int(lines[0])
    command = _command_line(process)
    return process if str(place.pgdata) in command and "postgres" in command else None


def _command_line(process: int) -> str:
    """The command line of a process, empty if there is none; `ps` is for systems without /proc (macOS)."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    done = subprocess.run(["ps", "-o", "args=", "-p", str(process)], capture_output=True, text=True, check=False)
    return done.stdout


def _choose_port(port_file: Path) -> int:
    remembered = int(port_file.read_text()) if port_file.exists() else 0
    for wanted in (remembered, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ClusterFailed("No TCP port is free on 127.0.0.1.")


def _pg_ctl_start(place: Place) -> str | None:
    """None when the server is ready, else what it said."""
    log = place.pgdata / "start.log"
    log.unlink(missing_ok=True)
    began = time.time()
    command = [
        str(place.bin_dir / "pg_ctl"),
        "start",
        "-D",
        str(place.pgdata),
        "-l",
        str(log),
        "-w",
        "-t",
        "86400",
        "-s",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **place.run_as())
    try:
        status = process.wait(_SAY_SO_AFTER_SECONDS)
    except subprocess.TimeoutExpired:
        print("The database is recovering from a crash; this can take some minutes.", file=sys.stderr)
        status = process.wait()
    return None if status == 0 else _log_tail(place, log, began)


def _log_tail(place: Place, start_log: Path, since: float) -> str:
    logs = [start_log, *(place.pgdata / "log").glob("*.log")]
    fresh = [path for path in logs if path.exists() and path.stat().st_mtime >= since - 1]
    return "\n".join("\n".join(path.read_text(errors="replace").splitlines()[-20:]) for path in fresh)


def _configuration(port: int) -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MB
    shared = min(max(memory // 16, 128), 512)
    return f"""# Written at every start; put settings of your own into postgresql.conf below the include line.
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
max_connections = 100
shared_buffers = {shared}MB
effective_cache_size = {max(memory // 2, 256)}MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 10min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
# Promises rest on these three: what was acknowledged is on the disk.
fsync = on
synchronous_commit = on
full_page_writes = on
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
"""
