"""One cluster per data folder: the calls that the rest of the platform uses."""

import os
from dataclasses import dataclass
from pathlib import Path

from config import locks, roles, secret_store
from config.embedded import keeper, lease, server
from config.embedded.place import Place, find
from config.embedded.server import ClusterFailed

DATABASE = "lighttouch"
OWNER = "lighttouch_owner"
APP = "lighttouch_app"


@dataclass(frozen=True)
class Cluster:
    """A running server: where its data lies, and the port on 127.0.0.1 on which it answers."""

    data_dir: Path
    pgdata: Path
    port: int
    version: int


def prepare_folder(data_dir: Path) -> Path:
    """Create the data folder: private, except that the server's account may walk through when root runs us."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if data_dir.stat().st_uid == os.geteuid():
        data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return data_dir


def ensure_running(data_dir: Path, *, bin_dir: Path | None = None) -> Cluster:
    """Make the cluster if there is none, start it if it does not run, and use it until this process ends.

    `bin_dir` names other server programs than the wheel's (also: LIGHTTOUCH_PG_BIN). Crash recovery is waited for, as
    long as it takes. Raises ClusterFailed, secret_store.SecretsLost and what `config.embedded.place.find` raises.
    """
    prepare_folder(data_dir)
    lease.hold(data_dir)
    with locks.exclusive(data_dir / "postgres.lock"):
        place = find(data_dir, bin_dir)
        passwords = secret_store.load(data_dir)
        if not place.pgdata.exists():
            server.initialise(place, passwords["EMBEDDED_POSTGRES_PASSWORD"])
        version = _matching_version(place)
        port = server.running_port(place) or server.start(place, data_dir / "postgres.port")
        cluster = Cluster(data_dir, place.pgdata, port, version)
        _provide_roles(cluster, passwords)
        keeper.ensure(data_dir)
    return cluster


def stop(data_dir: Path, *, unless_used: bool = False) -> bool:
    """Stop the cluster of `data_dir` and give up this process's lease; False if it was left running for others.

    With `unless_used` the server stays up while any other process holds a lease. Raises ClusterFailed.
    """
    if not data_dir.exists():
        return True
    lease.release(data_dir)
    with locks.exclusive(data_dir / "postgres.lock"):
        if unless_used:
            try:
                with locks.exclusive(lease.file_to_lock(data_dir), wait=False):
                    server.stop(find(data_dir))
            except locks.Held:
                return False
        else:
            server.stop(find(data_dir))
        keeper.dismiss(data_dir)
    return True


def is_running(data_dir: Path) -> bool:
    """Whether the cluster of `data_dir` answers now."""
    return data_dir.exists() and server.running_port(find(data_dir)) is not None


def env(data_dir: Path) -> dict[str, str]:
    """The environment that settings read, for a running cluster: the two URLs and the platform's secrets."""
    secrets = secret_store.load(data_dir)
    port = int((data_dir / "postgres.port").read_text())
    return {
        "DATABASE_URL": _url(APP, secrets["EMBEDDED_APP_PASSWORD"], port, DATABASE),
        "DATABASE_OWNER_URL": _url(OWNER, secrets["EMBEDDED_OWNER_PASSWORD"], port, DATABASE),
        **secret_store.platform(data_dir),
    }


def _url(role: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{role}:{password}@127.0.0.1:{port}/{database}"


def _matching_version(place: Place) -> int:
    data, programs = int((place.pgdata / "PG_VERSION").read_text()), server.program_version(place)
    if data != programs:
        raise ClusterFailed(
            f"The data in {place.pgdata} was written by PostgreSQL {data}; the installed programs are {programs}. "
            f"Set LIGHTTOUCH_PG_BIN to the programs of {data}, or upgrade the data with pg_upgrade."
        )
    return data


def _provide_roles(cluster: Cluster, passwords: dict[str, str]) -> None:
    done = cluster.data_dir / "postgres.roles"
    if done.exists():
        return
    urls = env(cluster.data_dir)
    superuser = _url("postgres", passwords["EMBEDDED_POSTGRES_PASSWORD"], cluster.port, "postgres")
    # template1 too: a test database is copied from it and must give the application the same rights.
    roles.prepare(
        superuser_url=superuser,
        owner_url=urls["DATABASE_OWNER_URL"],
        app_url=urls["DATABASE_URL"],
        templates=["template1"],
    )
    done.touch()
