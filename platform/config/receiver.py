"""A receiver of signed webhooks for trying things out: it shows on a plain page what arrives here.

    python -m config.receiver [--port 8100] [--secrets FILE] [--journal FILE]

It listens on this machine alone. It checks every message as a customer's system should (Standard Webhooks 1.0.0),
keeps the ids it has seen, and answers a repeat with 200 without counting it again. The secrets file has one `whsec_…`
per line and is read again when it changes; `--journal` writes one JSON line per message that counts.
"""

import argparse
import html
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from delivery.integrations.webhook import signing
from kernel import clock

LARGEST = 1_000_000
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message that counts. `began` is CLOCK_MONOTONIC when its request began, the same for all on this machine."""

    id: str
    path: str
    body: dict[str, Any]
    began: float


@dataclass(slots=True)
class Tally:
    """What came and was not counted."""

    repeats: int = 0
    refused: int = 0
    seen: dict[str, Arrived] = field(default_factory=dict)


class Receiver:
    """What one receiver knows. `status` is what it answers to a good message: another than 200 plays a broken one."""

    def __init__(self, *, secrets: Sequence[str], status: int, file: Path | None, journal: Path | None) -> None:
        self.status, self.delay = status, 0.0
        self.port = 0
        self._secrets, self._file, self._read_at = list(secrets), file, 0.0
        self._journal = journal
        self._lock, self._tally = threading.Lock(), Tally()

    @property
    def url(self) -> str:
        """Where messages may be posted; any path below it does too."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def repeats(self) -> int:
        """How many messages came again under an id that was known."""
        return self._tally.repeats

    @property
    def refused(self) -> int:
        """How many messages came without a signature that fits."""
        return self._tally.refused

    def messages(self) -> list[Arrived]:
        """Return what arrived, each id once, in order."""
        with self._lock:
            return list(self._tally.seen.values())

    def take(self, path: str, headers: Mapping[str, str], body: bytes, began: float) -> int:
        """Check one message and keep it. Returns the HTTP status to answer with."""
        try:
            message_id = self._verified(headers, body)
            told = json.loads(body)
        except (signing.NotVerified, ValueError):
            self._tally.refused += 1
            return 401
        if self.status != 200:
            return self.status
        with self._lock:
            if message_id in self._tally.seen:
                self._tally.repeats += 1
                return 200
            arrived = Arrived(message_id, path, told, began)
            self._tally.seen[message_id] = arrived
            if self._journal is not None:
                with self._journal.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({"id": message_id, "began": began, "body": told}) + "\n")
        return 200

    def page(self) -> bytes:
        """Return the page that shows what arrived, the newest first."""
        messages = self.messages()
        rows = "".join(
            f"<tr><td>{len(messages) - place}</td><td>{html.escape(one.path)}</td>"
            f"<td>{html.escape(', '.join(map(str, _data(one).get('to', {}).values())))}</td>"
            f"<td>{html.escape(str(_data(one).get('campaign', '')))}</td>"
            f"<td>{html.escape(str(_data(one).get('content', {}).get('subject', '')))}</td></tr>"
            for place, one in enumerate(reversed(messages[-SHOWN:]))
        )
        return PAGE.format(count=len(messages), repeats=self.repeats, refused=self.refused, rows=rows).encode()

    def _verified(self, headers: Mapping[str, str], body: bytes) -> str:
        problem: Exception = signing.NotVerified("no secret is known here")
        for secret in self._known_secrets():
            try:
                return signing.verify(headers, body, secret=secret, at=clock.now())
            except (signing.NotVerified, signing.BadSecret) as error:
                problem = error
        raise signing.NotVerified(str(problem))

    def _known_secrets(self) -> list[str]:
        if self._file is not None:
            with suppress(OSError):
                changed = self._file.stat().st_mtime
                if changed != self._read_at:
                    self._secrets, self._read_at = self._file.read_text(encoding="utf-8").split(), changed
        return self._secrets


class Handler(BaseHTTPRequestHandler):
    """HTTP for one receiver."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    receiver: ClassVar[Receiver]

    def do_POST(self) -> None:
        """Take one message."""
        began = time.monotonic()
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 < length <= LARGEST:
            self._answer(413, b"", "text/plain")
            return
        body = self.rfile.read(length)
        time.sleep(self.receiver.delay)
        self._answer(self.receiver.take(self.path, dict(self.headers), body, began), b"", "text/plain")

    def do_GET(self) -> None:
        """Show what arrived."""
        self._answer(200, self.receiver.page(), "text/html; charset=utf-8")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the page says it."""

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        # Who hung up before the answer is nothing to shout about.
        with suppress(ConnectionError):
            self.end_headers()
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """A server whose threads never outlive it."""

    daemon_threads = True
    request_queue_size = 128


@contextmanager
def running(
    *,
    port: int,
    secrets: Sequence[str],
    status: int = 200,
    file: Path | None = None,
    journal: Path | None = None,
) -> Iterator[Receiver]:
    """Run a receiver on this machine until the block ends; port 0 takes a free one."""
    receiver = Receiver(secrets=secrets, status=status, file=file, journal=journal)
    server = Server(("127.0.0.1", port), type("BoundHandler", (Handler,), {"receiver": receiver}))
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main() -> int:
    """Run until interrupted."""
    parser = argparse.ArgumentParser(prog="config.receiver", description="Shows what webhooks bring to this machine.")
    parser.add_argument("--port", type=int, default=8100)
    parser.add_argument("--secrets", type=Path, help="a file with one secret per line")
    parser.add_argument("--journal", type=Path, help="a file that gets one line per message")
    given = parser.parse_args()
    with running(port=given.port, secrets=[], file=given.secrets, journal=given.journal) as receiver:
        print(f"Messages may be posted to {receiver.url}; open it in a browser to see them.", flush=True)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


def _data(one: Arrived) -> dict[str, Any]:
    data = one.body.get("data")
    return data if isinstance(data, dict) else {}


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2"><title>What arrived</title>
<style>body{{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}
td,th{{text-align:left;padding:.3rem 1rem .3rem 0;border-bottom:1px solid #ddd}}</style></head>
<body><h1>What arrived</h1><p><strong>{count}</strong> messages, {repeats} repeats that were not counted,
{refused} without a signature that fits.</p>
<table><thead><tr><th>No.</th><th>Path</th><th>To</th><th>Campaign</th><th>Subject</th></tr></thead>
<tbody>{rows}</tbody></table></body></html>
"""

if __name__ == "__main__":
    raise SystemExit(main())
