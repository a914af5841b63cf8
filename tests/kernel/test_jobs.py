"""Jobs: promised with what wanted them, done under a lease, tried again, never lost and never held by two."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from kernel import clock, jobs
from kernel.jobs import registry
from kernel.jobs.run import BACKOFF, MAX_ATTEMPTS
from kernel.models import Job, JobState
from kernel.tasks import ring, sweep
from kernel.tenancy import brand_context
from tests.conftest import NOW, acting

KIND = "test.work"


@pytest.fixture
def does(monkeypatch):
    """Say what jobs of the test's kind do; it is told the run."""

    def say(function):
        monkeypatch.setitem(registry._handlers, KIND, function)

    say(lambda run: None)
    return say


def promised(brand, key="one", **times):
    with brand_context(brand.pk):
        return jobs.enqueue(brand_id=brand.pk, kind=KIND, key=key, payload={"a": 1}, at=clock.now(), **times)


def now_is(job):
    with brand_context(job.brand_id):
        return Job.objects.get(pk=job.pk)


def later(seconds):
    return clock.held(clock.now() + timedelta(seconds=seconds))


@pytest.mark.django_db
def test_a_job_is_done_once(northwind, does):
    seen = []
    does(seen.append)
    job = promised(northwind)
    assert jobs.run(northwind.pk, job.pk) is True
    assert jobs.run(northwind.pk, job.pk) is False
    assert [(run.attempt, run.payload) for run in seen] == [(1, {"a": 1})]
    done = now_is(job)
    assert (done.state, done.leased_until) == (JobState.DONE, None) and done.finished_at


@pytest.mark.django_db
def test_what_was_rolled_back_was_never_promised(northwind, does):
    with acting(northwind), pytest.raises(RuntimeError), transaction.atomic():
        promised(northwind)
        raise RuntimeError
    assert jobs.run_due(northwind.pk) == 0


@pytest.mark.django_db
def test_the_same_kind_and_key_is_the_same_job(northwind, does):
    first, again, other = promised(northwind), promised(northwind), promised(northwind, "two")
    assert first.pk == again.pk != other.pk
    assert jobs.run_due(northwind.pk) == 2


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_after_the_commit_and_only_for_what_is_due(northwind, does, monkeypatch):
    rung = []
    monkeypatch.setattr(ring, "delay", lambda *args: rung.append(args))
    with brand_context(northwind.pk):
        job = promised(northwind)
        promised(northwind, "later", run_after=clock.now() + timedelta(hours=1))
        assert rung == []
    assert rung == [(str(northwind.pk), str(job.pk))]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_loses_nothing(northwind, does, monkeypatch):
    def away(*_):
        raise ConnectionError

    monkeypatch.setattr(ring, "delay", away)
    job = promised(northwind)
    assert jobs.sweep() == [(northwind.pk, job.pk)]


@pytest.mark.django_db
def test_the_sweep_rings_for_every_brand_and_for_each_brand_in_its_own_context(northwind, contoso, does, monkeypatch):
    rung = []
    monkeypatch.setattr(ring, "delay", lambda *args: rung.append(args))
    expected = {(str(brand.pk), str(promised(brand).pk)) for brand in (northwind, contoso)}
    rung.clear()
    assert sweep() == 2 and set(rung) == expected


@pytest.mark.django_db
def test_a_job_for_later_waits_for_its_time(northwind, does, held_clock):
    job = promised(northwind, run_after=NOW + timedelta(seconds=10))
    assert jobs.run(northwind.pk, job.pk) is False
    with later(10):
        assert jobs.run(northwind.pk, job.pk) is True


@pytest.mark.django_db
def test_a_failure_is_told_and_tried_again_after_a_longer_wait_each_time(northwind, does, held_clock):
    does(lambda run: 1 / 0)
    job, waited = promised(northwind), []
    at = NOW
    for _ in range(3):
        with clock.held(at):
            assert jobs.run(northwind.pk, job.pk)
        failed = now_is(job)
        assert (failed.state, failed.error) == (JobState.WAITING, "ZeroDivisionError: division by zero")
        waited.append(failed.run_after - at)
        at = failed.run_after
    assert waited == [BACKOFF, BACKOFF * 2, BACKOFF * 4]


@pytest.mark.django_db
def test_after_its_last_attempt_it_has_failed_and_somebody_may_give_it_another_round(northwind, does):
    does(lambda run: 1 / 0)
    job = promised(northwind)
    with brand_context(northwind.pk):
        Job.objects.update(attempts=MAX_ATTEMPTS - 1)
    jobs.run(northwind.pk, job.pk)
    assert now_is(job).state == JobState.FAILED
    does(lambda run: None)
    with brand_context(northwind.pk):
        jobs.retry(job=now_is(job), at=clock.now())
    assert jobs.run(northwind.pk, job.pk) and now_is(job).state == JobState.DONE and now_is(job).error == ""


@pytest.mark.django_db
def test_another_round_does_not_give_the_job_back_to_who_lost_it_in_the_first(northwind, does, settings):
    runs = []
    does(runs.append)
    job = promised(northwind)
    jobs.run(northwind.pk, job.pk)
    with brand_context(northwind.pk):
        Job.objects.update(state=JobState.FAILED)
        jobs.retry(job=now_is(job), at=clock.now())
    does(lambda run: runs.append(run) or _refused(runs[0]))
    jobs.run(northwind.pk, job.pk)
    assert now_is(job).state == JobState.DONE and runs[1].attempt > MAX_ATTEMPTS


def _refused(run):
    with brand_context(run.brand_id), pytest.raises(jobs.LeaseLost):
        run.hold()


@pytest.mark.django_db
def test_what_nobody_knows_how_to_do_fails_at_once_and_says_so(northwind):
    job = promised(northwind)
    jobs.run(northwind.pk, job.pk)
    assert now_is(job).state == JobState.FAILED and "UnknownKind" in now_is(job).error


@pytest.mark.django_db
def test_a_leased_job_is_nobody_elses_until_the_lease_is_over(northwind, does, settings):
    job = promised(northwind)
    inside = []
    does(lambda run: inside.append(jobs.run(northwind.pk, job.pk)))
    jobs.run(northwind.pk, job.pk)
    assert inside == [False]


@pytest.mark.django_db
def test_who_died_is_followed_after_the_lease(northwind, does, settings):
    class Killed(BaseException):
        pass

    def die(run):
        raise Killed

    does(die)
    job = promised(northwind)
    with pytest.raises(Killed):
        jobs.run(northwind.pk, job.pk)
    does(lambda run: None)
    assert jobs.run(northwind.pk, job.pk) is False and (northwind.pk, job.pk) not in jobs.sweep()
    with later(settings.JOB_LEASE_SECONDS + 1):
        assert (northwind.pk, job.pk) in jobs.sweep()
        assert jobs.run(northwind.pk, job.pk) is True
    assert (now_is(job).state, now_is(job).attempts) == (JobState.DONE, 2)


@pytest.mark.django_db
def test_progress_is_seen_and_keeps_the_lease(northwind, does, settings):
    def work(run):
        with later(settings.JOB_LEASE_SECONDS - 1):
            run.progress(done=3, total=10, report={"step": "reading"})
        with later(settings.JOB_LEASE_SECONDS + 5):
            assert jobs.run(northwind.pk, job.pk) is False
        seen.append(now_is(job))

    seen = []
    does(work)
    job = promised(northwind)
    jobs.run(northwind.pk, job.pk)
    assert [(one.done, one.total, one.report) for one in seen] == [(3, 10, {"step": "reading"})]
    assert now_is(job).state == JobState.DONE


@pytest.mark.django_db
def test_who_was_taken_over_can_neither_tell_progress_nor_hold_nor_end_it(northwind, does, settings):
    def held_up(run):
        does(lambda other: None)
        with later(settings.JOB_LEASE_SECONDS + 1):
            assert jobs.run(northwind.pk, job.pk) is True
        for write in (lambda: run.progress(done=99), run.hold, lambda: run.end(state=JobState.FAILED, error="late")):
            with brand_context(northwind.pk), pytest.raises(jobs.LeaseLost):
                write()
        raise ValueError("and whatever it comes to is not recorded")

    does(held_up)
    job = promised(northwind)
    jobs.run(northwind.pk, job.pk)
    assert (now_is(job).state, now_is(job).error, now_is(job).done) == (JobState.DONE, "", 0)


@pytest.mark.django_db
def test_another_brands_job_is_not_there(northwind, contoso, does):
    job = promised(northwind)
    assert jobs.run(contoso.pk, job.pk) is False
    assert jobs.run_due(contoso.pk) == 0


@pytest.mark.django_db
def test_one_kind_has_one_handler():
    with pytest.raises(ValueError, match="two handlers"):
        for _ in range(2):
            jobs.handler("test.twice")(lambda run: None)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_exactly_one_gets_each_job(northwind, does):
    seen, lock = [], threading.Lock()

    def work(run):
        with lock:
            seen.append(run.job_id)

    does(work)
    wanted = [promised(northwind, str(number)).pk for number in range(20)]
    start = threading.Barrier(4)

    def worker():
        start.wait()
        for job_id in wanted:
            jobs.run(northwind.pk, job_id)
        connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == sorted(wanted)
