"""A worker that dies at any point loses nothing and doubles nothing: whoever takes over goes on where it stopped."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection

from delivery import gate
from delivery.integrations.csv_file.transport import CsvFile
from delivery.integrations.webhook.transport import Webhook
from delivery.models import Intent, ReleaseState
from kernel import clock, jobs
from people.models import PersonGate
from tests.conftest import acting
from tests.delivery import house
from tests.delivery.integrations.stage import addresses_in

PEOPLE = 6


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs, nothing of it is caught."""


def dies(function, *, before, at_call):
    """Return the function as a worker would run it that is killed at its n-th call, before or after doing it."""
    calls = []

    def run(*args, **kwargs):
        calls.append(1)
        if len(calls) == at_call and before:
            raise Killed
        result = function(*args, **kwargs)
        if len(calls) == at_call and not before:
            raise Killed
        return result

    return run


CUTS = {
    "before the intent": (gate, "pass_or_withhold", True),
    "after the intent": ("hand_over", "hand_over", True),
    "before a message leaves": ("leave", "leave", True),
    "after it left": ("leave", "leave", False),
    "after all left, before it is recorded": ("hand_over", "hand_over", False),
    "before it is recorded": (gate, "settle", True),
}
LEAVES = {Webhook: (Webhook, "_post"), CsvFile: ("delivery.integrations.csv_file.transport", "_place")}


def cut(monkeypatch, kind, where):
    from importlib import import_module

    owner, name, before = CUTS[where]
    if owner == "hand_over":
        owner = kind
    if owner == "leave":
        owner, name = LEAVES[kind]
        owner = import_module(owner) if isinstance(owner, str) else owner
    # The settling that a run begins with is not the one that is meant.
    at_call = 3 if name in ("settle", "_post") else 2
    monkeypatch.setattr(owner, name, dies(getattr(owner, name), before=before, at_call=at_call))


def killed_then_taken_over(brand, release, monkeypatch, kind, where):
    monkeypatch.setattr(kind, "batch_size", 2)
    with monkeypatch.context() as patch:
        cut(patch, kind, where)
        with pytest.raises(Killed):
            house.work(brand)
    later = clock.now() + timedelta(seconds=django_settings.JOB_LEASE_SECONDS + 1)
    with clock.held(later):
        house.work(brand)
    return house.fresh(release)


@pytest.mark.django_db
@pytest.mark.parametrize("where", CUTS)
def test_a_webhook_gets_each_message_once_in_effect(northwind, settings, monkeypatch, where):
    case = house.approved(northwind, people=PEOPLE)
    with house.hook(northwind, settings) as (hook, other):
        release = house.gone(case, hook)
        release = killed_then_taken_over(northwind, release, monkeypatch, Webhook, where)
        arrived = Counter(one.body["data"]["to"]["email"] for one in other.messages())
    assert arrived == {f"spring-{n}@example.org": 1 for n in range(PEOPLE)}
    ended_well(northwind, release)


@pytest.mark.django_db
@pytest.mark.parametrize("where", CUTS)
def test_nobody_stands_in_two_files(northwind, settings, monkeypatch, tmp_path, where):
    settings.DATA_DIR = tmp_path
    case = house.approved(northwind, people=PEOPLE)
    release = house.gone(case, house.csv_file(northwind))
    release = killed_then_taken_over(northwind, release, monkeypatch, CsvFile, where)
    assert sorted(addresses_in(tmp_path)) == [f"spring-{n}@example.org" for n in range(PEOPLE)]
    ended_well(northwind, release)


def ended_well(brand, release):
    assert (release.state, release.counts["handed_over"]) == (ReleaseState.DONE, PEOPLE)
    assert release.counts["in_flight"] == release.counts.get("waiting", 0) == 0
    with acting(brand):
        assert set(PersonGate.objects.values_list("in_flight", flat=True)) == {0}
        assert set(Intent.objects.values_list("state", flat=True)) == {"handed_over"}


WORKER = """
import sys, time, uuid, django
django.setup()
from delivery.integrations.csv_file import transport
from delivery.models import Release
from kernel import jobs
from kernel.tenancy import brand_context
brand, release = map(uuid.UUID, sys.argv[1:3])
if sys.argv[3] == "slow":
    transport.CsvFile.batch_size = 4
    place = transport._place
    transport._place = lambda *args: (time.sleep(0.05), place(*args))
while True:
    jobs.run_due(brand)
    with brand_context(brand):
        if Release.objects.get(pk=release).state == "done":
            break
    time.sleep(0.1)
"""


def worker(brand, release, settings):
    database = connection.settings_dict
    where = "{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(
        **{name: quote(str(database[name]), safe="") for name in ("USER", "PASSWORD", "HOST", "PORT", "NAME")}
    )
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{where}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LIGHTTOUCH_JOB_LEASE_SECONDS": "3",
        "LIGHTTOUCH_EGRESS_ALLOW": ",".join(settings.EGRESS_ALLOW),
        "LIGHTTOUCH_DATA_DIR": str(settings.DATA_DIR),
        "PYTHONPATH": os.pathsep.join([str(settings.ROOT / "platform"), str(settings.ROOT)]),
    }
    command = [sys.executable, "-c", WORKER, str(brand.pk), str(release.pk), "slow"]
    return subprocess.Popen(command, env=environment, cwd=settings.ROOT)


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        time.sleep(0.02)


def kill_and_let_another_finish(brand, release, settings, begun):
    first = worker(brand, release, settings)
    try:
        wait_for(begun)
    finally:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
    second = worker(brand, release, settings)
    try:
        assert second.wait(timeout=90) == 0
    finally:
        second.kill()
        second.wait()


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_killed_with_9_is_followed_by_another_and_nobody_gets_it_twice(northwind, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    case = house.approved(northwind, people=40)
    with house.hook(northwind, settings) as (hook, other):
        other.delay = 0.02
        release = house.gone(case, hook)
        kill_and_let_another_finish(northwind, release, settings, lambda: len(other.messages()) >= 25)
        assert Counter(one.body["data"]["to"]["email"] for one in other.messages()) == {
            f"spring-{n}@example.org": 1 for n in range(40)
        }
    assert house.fresh(release).counts["handed_over"] == 40


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_killed_while_it_writes_files_leaves_nobody_out_and_nobody_twice(northwind, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    case = house.approved(northwind, people=40)
    release = house.gone(case, house.csv_file(northwind))
    kill_and_let_another_finish(northwind, release, settings, lambda: len(addresses_in(tmp_path)) >= 12)
    assert sorted(addresses_in(tmp_path)) == sorted(f"spring-{n}@example.org" for n in range(40))
    assert house.fresh(release).counts["handed_over"] == 40


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_writes_nothing_more(northwind, settings, monkeypatch):
    """It was only held up: while its message was leaving, another took the job over and settled it."""
    case = house.approved(northwind, people=PEOPLE)
    monkeypatch.setattr(Webhook, "batch_size", 2)
    post, taken = Webhook._post, []

    def held_up(self, batch, message):
        result = post(self, batch, message)
        if not taken:
            taken.append(1)
            with clock.held(clock.now() + timedelta(seconds=django_settings.JOB_LEASE_SECONDS + 1)):
                jobs.run_due(northwind.pk)
        return result

    monkeypatch.setattr(Webhook, "_post", held_up)
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        assert len(other.messages()) == PEOPLE
    ended_well(northwind, release)
