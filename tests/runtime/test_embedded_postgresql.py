"""The embedded PostgreSQL: there when needed, whole after a crash, gone when nobody uses it."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from config import embedded, roles, secret_store
from config.embedded import place
from tests.runtime.conftest import Start, connect, environment

USE_IT = "import sys; from config import environment; environment.load(); print('used', flush=True); sys.stdin.read()"


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def user_of(folder: Path, **more: str) -> subprocess.Popen[str]:
    """A process that uses the cluster until its standard input is closed."""
    command = [sys.executable, "-c", USE_IT]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env=environment(folder, **more), stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None and process.stdout.readline() == "used\n"
    return process


def wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_the_first_start_makes_a_cluster_and_the_second_finds_it_running(folder: Path) -> None:
    first = embedded.ensure_running(folder)
    second = embedded.ensure_running(folder)
    assert (first.version, first.port) == (18, second.port)


def test_the_same_roles_and_database_stand_on_postgresql_15(folder: Path, postgres15: Path) -> None:
    assert embedded.ensure_running(folder, bin_dir=postgres15).version == 15
    with connect(folder) as app:
        assert roles.require_version(app) == 15
        roles.require_weak(app, "lighttouch_app")


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"])
def test_what_was_acknowledged_is_on_the_disk(folder: Path, setting: str) -> None:
    embedded.ensure_running(folder)
    with connect(folder) as app:
        assert app.execute(f"SHOW {setting}").fetchone() == ("on",)


@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE kept", "DROP TABLE kept", "CREATE TABLE public.mine ()", "CREATE SCHEMA mine", "CREATE ROLE me"],
)
def test_the_application_role_may_not(folder: Path, statement: str) -> None:
    embedded.ensure_running(folder)
    with connect(folder, "owner") as owner, connect(folder) as app:
        owner.execute("CREATE TABLE kept (id bigint GENERATED ALWAYS AS IDENTITY, n int)")
        app.execute("INSERT INTO kept (n) VALUES (1)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)


def test_a_database_made_by_the_owner_gives_the_application_the_same_rights(folder: Path) -> None:
    embedded.ensure_running(folder)
    with connect(folder, "owner") as owner:
        owner.execute("CREATE DATABASE test_copy")
    with connect(folder, "owner", "test_copy") as owner, connect(folder, "app", "test_copy") as app:
        owner.execute("CREATE TABLE kept (n int)")
        app.execute("INSERT INTO kept VALUES (1)")


def test_a_stronger_role_is_refused_as_application_role(folder: Path) -> None:
    embedded.ensure_running(folder)
    with connect(folder, "owner") as owner, pytest.raises(roles.RoleTooStrong, match="lighttouch_owner"):
        roles.require_weak(owner, "lighttouch_owner")


def test_a_server_that_is_too_old_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.ensure_running(folder)
    monkeypatch.setattr(roles, "MINIMUM_VERSION", 99)
    with connect(folder) as app, pytest.raises(roles.ServerTooOld, match="is PostgreSQL 18; Lighttouch needs 99"):
        roles.require_version(app)


def test_what_was_committed_survives_a_kill(folder: Path) -> None:
    embedded.ensure_running(folder)
    with connect(folder, "owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
    os.kill(postmaster(folder), signal.SIGKILL)
    embedded.ensure_running(folder)
    with connect(folder) as app:
        assert app.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(folder: Path) -> None:
    embedded.ensure_running(folder)
    lines = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
    embedded.stop(folder)
    stranger = subprocess.Popen(["sleep", "60"], **place.find(folder).run_as())
    (folder / "postgres" / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]))
    embedded.ensure_running(folder)
    assert embedded.is_running(folder) and stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_taken_port_is_left_alone(folder: Path) -> None:
    port = embedded.ensure_running(folder).port
    embedded.stop(folder)
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        assert embedded.ensure_running(folder).port != port
        connect(folder).close()


def test_an_initialisation_that_was_cut_off_is_begun_again(folder: Path) -> None:
    embedded.prepare_folder(folder)
    (folder / "postgres.new" / "base").mkdir(parents=True)
    assert embedded.ensure_running(folder).version == 18


def test_processes_that_start_at_the_same_time_share_one_cluster(folder: Path) -> None:
    users = [
        subprocess.Popen(
            [sys.executable, "-m", "config.embedded", "start"],
            env=environment(folder, LIGHTTOUCH_PG_GRACE_SECONDS="5"),
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = {user.communicate(timeout=60)[0] for user in users}
    assert len(said) == 1 and "PostgreSQL 18 answers" in said.pop()


def test_the_server_stops_when_its_last_user_is_killed(folder: Path) -> None:
    first, second = user_of(folder), user_of(folder)
    first.kill()
    first.wait()
    time.sleep(1)
    assert embedded.is_running(folder)
    second.kill()
    second.wait()
    wait_for(lambda: not embedded.is_running(folder))


def test_a_stop_that_spares_others_leaves_the_server_to_them(folder: Path) -> None:
    other = user_of(folder)
    assert not embedded.stop(folder, unless_used=True)
    assert embedded.is_running(folder)
    other.communicate("")
    wait_for(lambda: not embedded.is_running(folder))


def test_the_secrets_are_made_once_and_only_their_owner_may_read_them(folder: Path) -> None:
    embedded.prepare_folder(folder)
    assert secret_store.load(folder) == secret_store.load(folder)
    assert stat.S_IMODE((folder / "secrets.env").stat().st_mode) == 0o600


def test_lost_secrets_are_never_replaced_beside_data(folder: Path) -> None:
    embedded.ensure_running(folder)
    (folder / "secrets.env").unlink()
    with pytest.raises(secret_store.SecretsLost, match="Restore the file from your backup"):
        embedded.ensure_running(folder)


def test_a_database_url_from_outside_starts_nothing(folder: Path, python: Start) -> None:
    code = "import os; from config import environment; environment.load(); print(len(os.environ['LIGHTTOUCH_KEK']))"
    done = python("-c", code, DATABASE_URL="postgresql://app:secret@db.example.org/lighttouch")
    assert (done.returncode, done.stdout) == (0, "44\n"), done.stderr
    assert not (folder / "postgres").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server under another account")
def test_in_a_private_folder_the_data_lie_elsewhere_and_it_is_said(folder: Path, python: Start) -> None:
    folder.mkdir(parents=True)
    folder.parent.chmod(0o700)
    done = python("-m", "config.embedded", "start")
    assert "cannot enter" in done.stderr and "/var/lib/lighttouch/" in done.stdout
    again = python("-m", "config.embedded", "start")
    assert again.stdout == done.stdout and again.stderr == ""
