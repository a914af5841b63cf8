"""An officer writes a house pack, looks what it would change, and switches it: proved, seen, and on the trail."""

import pytest

from audits import services
from audits.house.faults import PackFault
from audits.models import CaseState, DryRun, HousePack, HousePackVersion, PackState
from audits.states import NotInThisState
from kernel import clock
from kernel.errors import NotPermitted
from tests import factories
from tests.audits.house import (
    QUIET,
    STRICTER,
    fresh,
    looked_at,
    results,
    switch_off,
    switch_on,
    switched_on,
    text,
    written,
)
from tests.conftest import acting
from trail.models import Entry

pytestmark = pytest.mark.django_db
UNPROVED = QUIET.replace('"09:00-22:00"', '"09:00-18:00"')


def test_an_officer_writes_a_pack_and_each_change_is_the_next_version(northwind, olivia):
    first = written(northwind)
    second = written(northwind, text(title="Nothing late"))
    assert (first.number, second.number) == (1, 2)
    assert first.pack_id == second.pack_id
    assert fresh(first).text == QUIET and fresh(first).state == PackState.DRAFT


def test_the_same_text_again_is_the_version_that_there_is(northwind, olivia):
    assert written(northwind).pk == written(northwind, QUIET.replace("\n", "\r\n")).pk


def test_nobody_but_an_officer_writes_looks_or_switches(northwind, alice, bob, olivia):
    version = looked_at(written(northwind))
    for user in (alice, bob):
        with acting(northwind, user) as by:
            for write in (
                lambda by=by: services.write_pack(brand=northwind, text=STRICTER, by=by, at=clock.now()),
                lambda by=by: services.start_dry_run(version=version, by=by, at=clock.now()),
                lambda by=by: services.switch_on(version=version, sha256=version.sha256, by=by, at=clock.now()),
                lambda by=by: services.switch_off(version=version, by=by, at=clock.now()),
            ):
                with pytest.raises(NotPermitted):
                    write()


def test_a_text_that_cannot_be_read_is_not_kept(northwind, olivia):
    with acting(northwind, olivia) as by, pytest.raises(PackFault):
        services.write_pack(brand=northwind, text="pack: [", by=by, at=clock.now())
    with acting(northwind):
        assert not HousePack.objects.exists()


def test_a_pack_that_its_examples_do_not_prove_is_kept_with_its_fault_and_never_goes_on(northwind, olivia):
    version = written(northwind, UNPROVED)
    assert version.fault["line"] == 6
    with acting(northwind, olivia) as by:
        with pytest.raises(PackFault):
            services.start_dry_run(version=version, by=by, at=clock.now())
        DryRun.objects.create(
            brand=northwind, version=version, rules={}, started_by=olivia, started_at=clock.now(), done_at=clock.now()
        )
    with pytest.raises(PackFault):
        switch_on(version)


def test_the_code_of_a_pack_stays(northwind, olivia):
    version = written(northwind)
    with acting(northwind, olivia) as by, pytest.raises(services.AnotherCode):
        services.write_pack(brand=northwind, text=text(pack="house-other"), by=by, at=clock.now(), pack=version.pack)


def test_nothing_goes_on_before_somebody_has_seen_a_dry_run(northwind, olivia):
    with pytest.raises(services.DryRunMissing):
        switch_on(written(northwind))


def test_nor_after_a_dry_run_under_other_rules(northwind, olivia):
    version = looked_at(written(northwind))
    other = text(pack="house-other", id="house.other")
    switched_on(northwind, other)
    with pytest.raises(services.DryRunMissing, match="Other rules"):
        switch_on(version)
    switch_on(looked_at(version))


def test_what_is_switched_on_is_the_text_that_was_seen(northwind, olivia):
    version = looked_at(written(northwind))
    with acting(northwind, olivia) as by, pytest.raises(services.SeenAnotherText):
        services.switch_on(version=version, sha256="0" * 64, by=by, at=clock.now())


def test_the_dry_run_names_the_cases_that_would_not_stand_and_why_and_changes_none(northwind, alice, olivia):
    strict = factories.case_in_state(northwind, CaseState.APPROVED)
    quiet = factories.case_in_state(
        northwind, CaseState.APPROVED, campaign={"key": "rare", "name": "Rare", "timing": {"per_week": 0.5}}
    )
    found = {one["case"]: one for one in results(looked_at(written(northwind, STRICTER)))}
    assert [one["title"] for one in found[str(strict.pk)]["new"]] == ["Once in two weeks"]
    assert (found[str(strict.pk)]["before"], found[str(strict.pk)]["after"]) == ("clear", "blocked")
    assert found[str(quiet.pk)] | {"new": []} == found[str(quiet.pk)]
    assert {factories.fresh(one).state for one in (strict, quiet)} == {CaseState.APPROVED}


def test_a_version_takes_the_place_of_the_one_that_is_on(northwind, olivia):
    first = switched_on(northwind)
    second = switched_on(northwind, text(title="Nothing late"))
    assert (fresh(first).state, second.state) == (PackState.REPLACED, PackState.ON)
    with pytest.raises(NotInThisState):
        switch_off(fresh(first))


def test_an_older_version_can_come_back(northwind, olivia):
    first = switched_on(northwind)
    switched_on(northwind, text(title="Nothing late"))
    switch_on(looked_at(first))
    with acting(northwind):
        assert [one.number for one in HousePackVersion.objects.filter(state=PackState.ON)] == [1]


def test_the_trail_shows_who_switched_what_on_and_off(northwind, olivia):
    version = switched_on(northwind)
    switch_off(version)
    with acting(northwind):
        entries = list(Entry.objects.filter(subject_kind="house_pack").order_by("pk"))
    assert [one.verb.partition(".")[2] for one in entries] == ["written", "dry_run", "switched_on", "switched_off"]
    assert {one.actor_id for one in entries} == {olivia.pk}
    assert entries[2].details["sha256"] == version.sha256


def test_a_dry_run_killed_in_the_middle_is_done_by_the_next_worker(northwind, olivia, monkeypatch):
    factories.case_in_state(northwind, CaseState.APPROVED)
    with monkeypatch.context() as patch:
        patch.setattr("audits.house.looking._result", lambda *_: 1 / 0)
        version = looked_at(written(northwind, STRICTER))
    from datetime import timedelta

    from kernel.jobs import run_due

    with clock.held(clock.now() + timedelta(minutes=5)):
        run_due(northwind.pk)
    assert [one["affected"] for one in results(version)] == [True]
