"""The decision state: a copy of what decides, kept current, fenced by brand, and of no use once it is damaged."""

import json
import threading
import time
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from django.db import connection

from delivery.clearance.bulk import engine, files, keeping, notes
from delivery.clearance.bulk import words as w
from delivery.clearance.sql import decide_all
from kernel import clock, jobs
from kernel.models import Job
from people import services as people_services
from people.models import NumberCounter, Person, PersonChange
from tests.conftest import SYSTEM, acting
from tests.delivery.crowd import NEEDS, NOW, Somebody, world, write
from tests.delivery.test_clearance_two_ways import EACH_ALONE, MEMBERS, plan_for

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DECISION_STATE_DIR = tmp_path / "decisions"
    return settings.DECISION_STATE_DIR


@pytest.fixture
def here(northwind):
    """One person for each reason, with an open, an unknown and a muting brand around them."""
    with acting(northwind):
        made = world(northwind)
        write(made, [Somebody(**about) for about, _ in EACH_ALONE.values()])
    return made


def refreshed(brand):
    """The state after every transaction that had begun has ended; other databases of the server count, too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        begun = int(cursor.fetchone()[0])
    until = time.monotonic() + 20
    while (state := keeping.refresh(brand.pk)).position < begun:
        assert time.monotonic() < until, "a transaction does not end"
        time.sleep(0.05)
    return state


def by_sql(plan, at=NOW):
    ids = dict(Person.objects.values_list("pk", "number"))
    told = decide_all(plan, MEMBERS, {"ids": list(ids)}, at)
    return {ids[row.person_id]: (row.reason, row.until) for row in told}


def in_bulk(plan, at=NOW):
    """What is said of everybody: by the bulk engine, and by the database of those whom it does not speak for."""
    decided, told = engine.decide_brand(plan, at), by_sql(plan, at)
    changed = notes.changed_among(plan.brand_id, decided.position, list(Person.objects.values_list("pk", flat=True)))
    stale = set(Person.objects.filter(pk__in=changed).values_list("number", flat=True))
    return {number: (number not in stale and decided.of(number)) or told[number] for number in told}, stale


def test_it_is_built_and_says_what_the_database_says(northwind, here):
    refreshed(northwind)
    with acting(northwind):
        plan = plan_for(northwind, here)
        told, stale = in_bulk(plan)
        assert told == by_sql(plan) and not stale
        assert {reason for reason, _ in told.values()} > {"cleared", "objected", "quiet_hours", "spacing", "error"}


def changes(northwind, here):
    """One change of each kind to somebody who was cleared; most of them by the services that make them."""
    by, at = {"by": SYSTEM}, {"at": clock.now()}
    people = [person for person in Person.objects.order_by("number") if person.state == "active"]
    event = {"brand_id": northwind.pk, "purpose": NEEDS[0][0], "channel": "email", "happened_at": clock.now()}
    people_services.withdraw(person=people[0], idempotency_key="w", **event, **by, **at)
    people_services.save_settings(person=people[1], values={"brand_muted": True}, **by, **at)
    people_services.set_restricted(person=people[2], restricted=True, **by, **at)
    people_services.erase(person=people[3], **by, **at)
    people_services.suppress_identifier(identifier=people[4].identifiers.first(), reason="x", **by, **at)
    people[5].records.update(visibility="private")
    people[6].identifiers.all().delete()
    Person.objects.filter(pk=people[7].pk).update(country="BR")
    people_services.record_consent(person=people[8], state="given", idempotency_key="g", **event, **by, **at)
    return {person.number for person in people[:9]}


def test_what_changed_is_decided_by_the_database_until_the_copy_has_it(northwind, here):
    refreshed(northwind)
    with acting(northwind):
        touched = changes(northwind, here)
    with acting(northwind):
        plan, at = plan_for(northwind, here), clock.now() + timedelta(seconds=1)
        told, stale = in_bulk(plan, at)
        assert told == by_sql(plan, at) and stale == touched
    refreshed(northwind)
    with acting(northwind):
        told, stale = in_bulk(plan, at)
        assert told == by_sql(plan, at) and not stale


def test_the_result_is_written_with_its_position(northwind, here, tmp_path):
    state = refreshed(northwind)
    with acting(northwind):
        changes(northwind, here)
        plan, at = plan_for(northwind, here), clock.now()
        assert engine.write_decisions(plan, at, tmp_path / "result.parquet") == state.position
        rows = pq.read_table(tmp_path / "result.parquet").to_pylist()
        told = by_sql(plan, at)
    assert {row["number"]: row["reason"] for row in rows} == {number: reason for number, (reason, _) in told.items()}
    assert {row["position"] for row in rows} == {state.position}
    assert sorted(row["number"] for row in rows) == sorted(told)


NOTED = {
    "people_person": "language = 'de'",
    "people_identifier": "sealed = NULL",
    "people_sourcerecord": "visibility = 'private'",
    "people_consentstate": "state = 'withdrawn'",
    "people_privacysettings": "brand_muted = true",
    "people_signal": "reliable = true",
    "delivery_intent": "state = 'withheld'",
    "delivery_messagecounter": "messages = 9",
}


@pytest.mark.parametrize("table", NOTED)
def test_whoever_changes_a_table_by_hand_leaves_a_note(northwind, here, table):
    with acting(northwind), connection.cursor() as cursor:
        position, _ = notes.position_now()
        cursor.execute(f"UPDATE {table} SET {NOTED[table]}")
        column = "id" if table == "people_person" else "person_id"
        cursor.execute(f"SELECT DISTINCT {column} FROM {table}")
        meant = {person for (person,) in cursor.fetchall()}
    with acting(northwind):
        assert notes.changed_among(northwind.pk, position, list(meant)) == meant != set()


def test_what_is_committed_late_is_not_passed_over(northwind, here):
    """A transaction that began before the copy was made and ends after it: its person is the database's to decide."""
    wrote, copied = threading.Event(), threading.Event()

    def late():
        with acting(northwind):
            Person.objects.filter(number=0).update(country="BR")
            wrote.set()
            copied.wait(30)
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert wrote.wait(30)
    keeping.refresh(northwind.pk)
    copied.set()
    thread.join()
    with acting(northwind):
        plan = plan_for(northwind, here)
        told, stale = in_bulk(plan)
        assert stale == {0} and told[0] == ("country", None)
    refreshed(northwind)
    with acting(northwind):
        assert in_bulk(plan)[0][0] == ("country", None)


def spoil(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


DAMAGE = {
    "a bit of its rows": lambda folder, state: spoil(state.base.path),
    "a bit of what it says of them": lambda folder, state: spoil(folder.path / files.MANIFEST),
    "its rows": lambda folder, state: state.base.path.unlink(),
    "all of it": lambda folder, state: folder.remove(),
    "its version": lambda folder, state: setattr(files, "SCHEMA", 2),
}


@pytest.mark.parametrize("lost", DAMAGE)
def test_what_is_damaged_is_not_read_but_built_anew(northwind, here, monkeypatch, lost):
    monkeypatch.setattr(files, "SCHEMA", 1)
    state, kept = refreshed(northwind), files.Folder(northwind.pk)
    DAMAGE[lost](kept, state)
    with pytest.raises(files.Unusable):
        kept.load()
    refreshed(northwind)
    with acting(northwind):
        plan = plan_for(northwind, here)
        assert in_bulk(plan)[0] == by_sql(plan)


def test_a_state_whose_notes_may_be_gone_is_built_anew(northwind, here):
    first = refreshed(northwind)
    with acting(northwind), connection.cursor() as cursor:
        assert notes.forget(northwind.pk) > 0 and not PersonChange.objects.exists()
        cursor.execute("DELETE FROM people_changefollower")
    second = refreshed(northwind)
    assert second.base.path != first.base.path


def test_notes_stay_until_every_follower_has_read_them(northwind, here):
    refreshed(northwind)
    with acting(northwind):
        Person.objects.filter(number=0).update(country="BR")
    with acting(northwind):
        notes.forget(northwind.pk)
        assert [note.person_id for note in PersonChange.objects.all()] == [Person.objects.get(number=0).pk]


def test_a_writer_that_dies_leaves_the_state_as_it_was(northwind, here, monkeypatch):
    state, kept = refreshed(northwind), files.Folder(northwind.pk)
    with acting(northwind):
        Person.objects.filter(number=0).update(country="BR")
    monkeypatch.setattr(files.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("killed")))
    with pytest.raises(OSError, match="killed"):
        keeping.refresh(northwind.pk)
    monkeypatch.undo()
    assert kept.load() == state
    with kept.writing():
        left = {path.name for path in kept.path.iterdir()}
    assert left == {state.base.path.name, files.MANIFEST, files.LOCK, files.READERS}


def differing(plan):
    """Of whom the two ways of deciding say different things, with both; and of whom the copy does not speak."""
    (told, stale), other = in_bulk(plan), by_sql(plan)
    return {number: (said, other[number]) for number, said in told.items() if said != other[number]}, stale


def test_many_changes_are_worked_into_the_base(northwind, here, monkeypatch):
    monkeypatch.setattr(keeping, "ROWS", 4)
    monkeypatch.setattr(keeping, "SHARE_OF_CHANGED", 1.0)
    refreshed(northwind)
    for part in range(4):
        more_changes(northwind, here, part)
        state = refreshed(northwind)
        with acting(northwind):
            plan = plan_for(northwind, here, needs=(("sharing", "post"),) if part % 2 else NEEDS[:1])
            assert differing(plan) == ({}, set())
    assert state.people == len(EACH_ALONE) + 8 and state.delta is None


def more_changes(brand, here, part):
    """Some move, and two come in: one of them with consent to what nobody was asked before."""
    with acting(brand):
        Person.objects.filter(number__gte=part * 7, number__lt=part * 7 + 7).update(country="BR")
        shared = {("sharing", "post"): ("given", "consent", None, 0, "")}
        write(here, [Somebody(country="US"), Somebody(consents=shared)])


def test_a_transaction_that_never_ends_makes_nothing_wrong(northwind, here, monkeypatch):
    """The position stands still while it runs: what comes after is read again each time, and decided by the database."""
    monkeypatch.setattr(keeping, "SHARE_OF_CHANGED", 9.0)
    begun, over = threading.Event(), threading.Event()

    def linger():
        with acting(northwind):
            Person.objects.filter(number=len(EACH_ALONE) - 1).update(language="de")
            begun.set()
            over.wait(60)
        connection.close()

    thread = threading.Thread(target=linger)
    thread.start()
    try:
        assert begun.wait(30)
        for part in range(4):
            monkeypatch.setattr(keeping, "ROWS", 4 if part % 2 else 1000)
            keeping.refresh(northwind.pk)
            more_changes(northwind, here, part)
            with acting(northwind):
                plan = plan_for(northwind, here, needs=(("sharing", "post"),) if part % 2 else NEEDS[:1])
                assert differing(plan)[0] == {}
    finally:
        over.set()
        thread.join()


def test_an_erased_person_leaves_the_disk_with_the_next_job(northwind, here):
    first = refreshed(northwind)
    with acting(northwind):
        ann = Person.objects.filter(state="active").first()
        people_services.erase(person=ann, by=SYSTEM, at=clock.now())
        job = Job.objects.get(kind="delivery.refresh_state")
        assert job.run_after <= clock.now() + timedelta(minutes=2)
        Job.objects.update(run_after=clock.now())
    assert jobs.run(northwind.pk, job.pk) and not first.base.path.exists()
    state = files.Folder(northwind.pk).load()
    row = pq.read_table(state.base.path).to_pylist()[ann.number]
    assert state.delta is None and row["standing"] == w.ERASED and row["reach"] == 0 and row["born"] == w.UNKNOWN


def test_it_holds_no_identifier_and_is_nobody_elses_to_read(northwind, here, folder):
    with acting(northwind):
        NumberCounter.objects.create(brand=northwind, next=len(EACH_ALONE))
        ann, _ = people_services.upsert_person(
            brand_id=northwind.pk, identifiers={"email": "canary@example.org"}, fields={"first_name": "Canary"},
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        secret = [b"canary", b"Canary", str(ann.pk).encode(), ann.pk.bytes]
        secret += [bytes(one.pseudonym) for one in ann.identifiers.all()]
    refreshed(northwind)
    for path in folder.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0 or path.name == "name", path
        if path.is_file():
            assert not any(word in path.read_bytes() for word in secret), path


def test_a_brands_folder_holds_that_brand_alone(northwind, contoso, here):
    with acting(contoso):
        write(world(contoso), [Somebody(), Somebody()])
    ours, theirs = refreshed(northwind), keeping.refresh(contoso.pk)
    assert ours.base.rows == len(EACH_ALONE) and theirs.base.rows == 2
    kept, other = files.Folder(northwind.pk), files.Folder(contoso.pk)
    for path in kept.path.iterdir():
        path.unlink()
    for path in other.path.iterdir():
        (kept.path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(files.Unusable):
        kept.load()


def test_a_state_of_another_database_is_not_believed(northwind, here):
    state, kept = refreshed(northwind), files.Folder(northwind.pk)
    kept.replace(keeping.replace(state, server="another"))
    assert refreshed(northwind).base.path != state.base.path
    assert json.loads((kept.path / files.MANIFEST).read_bytes().partition(b"\n")[2])["server"] == state.server
