"""Is the port free, and if not, whose is it?"""

import socket
from pathlib import Path

from config.failures import CannotStart


class PortTaken(CannotStart):
    """Another program listens on the port."""


def require_free(host: str, port: int) -> None:
    """Raise PortTaken, naming the program and the remedy, when `port` cannot be listened on."""
    if not is_free(host, port):
        owner = holder(port)
        raise PortTaken(
            f"Port {port} is taken by {owner or 'another program'}. Stop that program, or choose another port: "
            f"make run PORT={_next_free(host, port)}"
        )


def is_free(host: str, port: int) -> bool:
    """Whether one could listen on host and port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def holder(port: int) -> str | None:
    """Name and process id of the program that listens on `port`, where the system tells us (Linux)."""
    inodes = _listening_inodes(port)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            names = {str(entry.readlink()) for entry in (process / "fd").iterdir()}
            if inodes & names:
                return f"{(process / 'comm').read_text().strip()} (process {process.name})"
        except OSError:
            continue
    return None


def _listening_inodes(port: int) -> set[str]:
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for fields in map(str.split, lines):
            listens = fields[3] == "0A"
            if listens and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _next_free(host: str, port: int) -> int:
    return next((other for other in range(port + 1, min(port + 200, 65536)) if is_free(host, other)), port + 1)
