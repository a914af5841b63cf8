"""The decision state on disk: one folder per brand, held by one writer, replaced as a whole or not at all.

A folder holds the rows of all people (`base`), newer rows of some (`delta`), and `state.json`, which names both, says
what their numbers stand for and up to which position they are current. What it does not name does not count. Everything
carries a MAC under a key of the brand: what is damaged, altered or another brand's is not read.
"""

import fcntl
import hashlib
import hmac
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from delivery.clearance.bulk.words import SCHEMA, Words
from kernel.ids import new_id

MANIFEST, LOCK, READERS = "state.json", "lock", "readers"
WAIT_SECONDS = 600.0
"""How long a writer waits for another."""


class Unusable(Exception):
    """The state is missing, damaged, altered, or of another version: it is built anew."""


class Busy(Exception):
    """Another process has been writing this brand's state for longer than anybody waits."""


@dataclass(frozen=True)
class Part:
    """One file of rows."""

    path: Path
    rows: int
    mac: str


@dataclass(frozen=True)
class State:
    """A brand's state as it stands on disk.

    Everything that transactions before `position` changed is in it (see kernel.positions). `server` names the database
    it was read from; `people` is the number after the highest.
    """

    position: int
    server: str
    words: Words
    base: Part
    delta: Part | None
    people: int


class Folder:
    """The folder of one brand's state."""

    def __init__(self, brand_id: UUID) -> None:
        self.brand_id = brand_id
        self.path = Path(settings.DECISION_STATE_DIR) / str(brand_id)
        self._key = hmac.digest(settings.KEK, b"decision state of " + brand_id.bytes, hashlib.sha256)

    @contextmanager
    def reading(self) -> Iterator[State]:
        """Give the state that holds now; its files stay until the block ends. Raises Unusable, Busy.

        Its rows were looked at: they are as they were written.
        """
        with self._locked(READERS, fcntl.LOCK_SH):
            yield self.load()

    def load(self) -> State:
        """Return the state that holds now. Raises Unusable."""
        try:
            return self._load()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Unusable(f"{type(error).__name__}: {error}") from error

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one who writes, until the block ends or the process does. Raises Busy."""
        with self._locked(LOCK, fcntl.LOCK_EX):
            self._sweep()
            yield

    def new_file(self, kind: str) -> Path:
        """Return where a new file of rows may be written; nobody else reads it before `replace` names it."""
        path = self.path / f"{kind}-{new_id()}.parquet"
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        return path

    def part(self, path: Path, rows: int) -> Part:
        """Return a file that was written to its end and is on the disk for certain."""
        with path.open("rb") as file:
            os.fsync(file.fileno())
        return Part(path, rows, self._mac_of(path))

    def replace(self, state: State) -> None:
        """Make this the state that holds; what it does not name is removed."""
        told = {
            "schema": SCHEMA,
            "brand": str(self.brand_id),
            "position": state.position,
            "server": state.server,
            "people": state.people,
            "words": state.words.to_json(),
            "base": self._told(state.base),
            "delta": self._told(state.delta) if state.delta else None,
        }
        text = json.dumps(told, ensure_ascii=False).encode()
        made = self.path / f"{MANIFEST}.new"
        with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(self._mac(text).encode() + b"\n" + text)
            file.flush()
            os.fsync(file.fileno())
        with self._locked(READERS, fcntl.LOCK_EX):
            os.replace(made, self.path / MANIFEST)
            folder = os.open(self.path, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
            self._sweep()

    def remove(self) -> None:
        """Take everything away. Raises Busy."""
        with self.writing(), self._locked(READERS, fcntl.LOCK_EX):
            (self.path / MANIFEST).unlink(missing_ok=True)
            self._sweep()

    def _load(self) -> State:
        mac, _, text = (self.path / MANIFEST).read_bytes().partition(b"\n")
        if not hmac.compare_digest(mac, self._mac(text).encode()):
            raise ValueError("the manifest is not as it was written")
        told = json.loads(text)
        if told["schema"] != SCHEMA or told["brand"] != str(self.brand_id):
            raise ValueError("the state is of another version or brand")
        delta = self._checked(told["delta"]) if told["delta"] else None
        words = Words.from_json(told["words"])
        return State(told["position"], told["server"], words, self._checked(told["base"]), delta, told["people"])

    def _checked(self, told: dict[str, Any]) -> Part:
        part = Part(self.path / Path(told["file"]).name, told["rows"], told["mac"])
        if not hmac.compare_digest(self._mac_of(part.path), part.mac):
            raise ValueError(f"{part.path.name} is not as it was written")
        return part

    def _told(self, part: Part) -> dict[str, Any]:
        return {"file": part.path.name, "rows": part.rows, "mac": part.mac}

    def _mac(self, content: bytes) -> str:
        return hmac.digest(self._key, content, "sha256").hex()

    def _mac_of(self, path: Path) -> str:
        with path.open("rb") as file:
            return self._mac(hashlib.file_digest(file, "sha256").digest())

    @contextmanager
    def _locked(self, name: str, how: int) -> Iterator[None]:
        """Hold a lock that ends with the block, or with the process."""
        for path in (self.path.parent, self.path):
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.chmod(0o700)
        handle = os.open(self.path / name, os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + WAIT_SECONDS
        try:
            while True:
                try:
                    fcntl.flock(handle, how | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise Busy(str(self.path)) from None
                    time.sleep(0.05)
            yield
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        """Remove what nothing names: left by whoever died writing, or replaced."""
        named = {LOCK, READERS, MANIFEST}
        try:
            told = json.loads((self.path / MANIFEST).read_bytes().partition(b"\n")[2])
            named |= {told[part]["file"] for part in ("base", "delta") if told[part]}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        for path in self.path.iterdir():
            if path.name not in named and path.is_file():
                path.unlink(missing_ok=True)
