"""Bringing people in from a file: looked at first, row by row with reasons, again without effect, on after a crash."""

import io
from pathlib import Path

import pytest

from kernel import clock, jobs
from kernel.errors import NotPermitted
from kernel.jobs.run import Run
from kernel.models import Job
from kernel.tenancy import brand_context
from people.imports import job
from people.imports.columns import UnusableMapping
from people.imports.reading import UnreadableFile
from people.imports.services import FileGone, repeat_import, start_import
from people.models import ConsentEvent, ConsentState, Identifier, Person, SourceRecord
from sources.models import ImportProblem, SourceImport
from tests.conftest import SYSTEM
from tests.people.conftest import make_person, make_source, say
from trail.models import Entry

HEADER = "email,phone,country,born,newsletter,opted in on\n"
COLUMNS = {
    "email": "email", "phone": "phone", "country": "country", "born": "birth_year",
    "newsletter": "consent.direct_marketing.email", "opted in on": "consent.direct_marketing.email.at",
}  # fmt: skip
GOOD = (
    "ann@example.org,020 7946 0018,GB,1970,yes,2026-03-01\n"
    "ben@example.org,,FR,2000-02-03,no,\n"
    "cleo@example.org,,,,,\n"
)  # fmt: skip


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def club(at_northwind):
    return make_source(at_northwind, "club")


def bring(source, text, *, dry_run=False, mapping=None, run=True, by=SYSTEM):
    data = text if isinstance(text, bytes) else text.encode()
    row = start_import(
        source=source, file=io.BytesIO(data), mapping=mapping or COLUMNS, dry_run=dry_run, by=by, at=clock.now()
    )
    return finish(row) if run else row


def finish(row):
    jobs.run(row.brand_id, Job.objects.get(key=str(row.pk)).pk)
    row.refresh_from_db()
    return row


def rows_in_database():
    return [model.objects.count() for model in (Person, Identifier, SourceRecord, ConsentEvent, ConsentState)]


def state_of(email, purpose="direct_marketing", channel="email"):
    from people import services

    person = services.find_person(Person.objects.first().brand_id, "email", email)
    found = ConsentState.objects.filter(person=person, purpose=purpose, channel=channel)
    return found.values_list("state", flat=True).first()


def test_people_come_in_with_what_the_file_says_of_them(club):
    row = bring(club, HEADER + GOOD)
    assert row.state == "done"
    assert (row.counts["rows"], row.counts["people_new"], row.counts["consents_new"]) == (3, 3, 2)
    ann = Person.objects.get(number=0)
    assert (ann.country, ann.birth_year, ann.identifiers.count()) == ("GB", 1970, 2)
    assert (state_of("ann@example.org"), state_of("ben@example.org")) == ("given", "refused")
    assert state_of("cleo@example.org") is None


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(club):
    text = HEADER + GOOD + "ann@example.org,,,,yes,2026-03-01\n"
    looked = bring(club, text, dry_run=True)
    assert rows_in_database() == [0, 0, 0, 0, 0]
    done = finish(repeat_import(of=looked, dry_run=False, by=SYSTEM, at=clock.now()))
    told = ("rows", "people_new", "people_known", "consents_new", "consents_known", "rows_left_out")
    assert {key: looked.counts[key] for key in told} == {key: done.counts[key] for key in told}
    assert (done.counts["people_new"], done.counts["people_known"], done.counts["consents_known"]) == (3, 1, 1)


def test_a_dry_run_knows_who_and_what_is_known_already(club):
    bring(club, HEADER + GOOD)
    looked = bring(club, HEADER + GOOD, dry_run=True)
    assert (looked.counts["people_new"], looked.counts["people_known"]) == (0, 3)
    assert (looked.counts["consents_new"], looked.counts["consents_known"]) == (0, 2)


def test_a_dry_runs_sample_names_nobody(club):
    looked = bring(club, HEADER + GOOD, dry_run=True)
    assert looked.counts["sample"][0]["identifiers"]["email"] == "a…@example.org"
    assert "ann@" not in str(looked.counts)


def test_the_same_file_again_changes_nothing(club):
    bring(club, HEADER + GOOD)
    before = rows_in_database(), list(SourceRecord.objects.order_by("pk").values())
    again = bring(club, HEADER + GOOD)
    assert (rows_in_database(), list(SourceRecord.objects.order_by("pk").values())) == before
    assert (again.counts["people_known"], again.counts["consents_known"]) == (3, 2)


def test_rows_that_name_nobody_are_left_out_with_line_and_reason(club):
    row = bring(club, HEADER + "not an address,,GB,,,\n,,,,,\nann@example.org,,GB,,,\nx@example.org,GB\n")
    problems = list(ImportProblem.objects.order_by("line").values_list("line", "column"))
    assert problems == [(2, "email"), (5, "")]
    assert (row.counts["rows"], row.counts["people_new"], row.counts["rows_left_out"]) == (3, 1, 2)
    assert sum(row.counts["rows_left_out_by_reason"].values()) == 2


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ("ann@example.org,020,Narnia,,,", "country"),
        ("ann@example.org,12,,,,", "phone"),
        ("ann@example.org,,,soon,,", "born"),
        ("ann@example.org,,,,perhaps,2026-03-01", "newsletter"),
        ("ann@example.org,,,,yes,", "opted in on"),
        ("ann@example.org,,,,yes,03/04/2026", "opted in on"),
        ("ann@example.org,,,,yes,2036-03-01", "opted in on"),
    ],
)
def test_a_value_that_cannot_be_used_is_left_out_and_the_rest_of_the_row_kept(club, values, column):
    row = bring(club, HEADER + values + "\n")
    assert column in ImportProblem.objects.values_list("column", flat=True)
    assert Person.objects.count() == 1 and row.counts["values_left_out"] >= 1
    assert not ConsentState.objects.exists()


def test_a_refusal_needs_no_date_and_read_again_it_is_known(club):
    bring(club, HEADER + "ann@example.org,,,,no,\n")
    again = bring(club, HEADER + "ann@example.org,,,,no,\n\n")
    assert (again.counts["consents_new"], again.counts["consents_known"]) == (0, 1)
    assert state_of("ann@example.org") == "refused"


def test_a_withdrawal_of_the_same_day_beats_the_consent_of_that_day(club):
    text = HEADER + "ann@example.org,,,,yes,2026-03-01T15:00:00Z\nann@example.org,,,,withdrawn,2026-03-01\n"
    bring(club, text)
    assert state_of("ann@example.org") == "withdrawn"


def test_an_old_file_read_late_does_not_bring_back_what_was_withdrawn(club, at_northwind):
    ann = make_person(at_northwind, "ann@example.org")
    say(ann, "withdrawn", at=clock.now())
    bring(club, HEADER + "ann@example.org,,,,yes,2026-03-01\n")
    assert state_of("ann@example.org") == "withdrawn"


def test_dates_with_slashes_are_read_as_the_file_says(club):
    mapping = {"columns": COLUMNS, "defaults": {"date_order": "dmy"}}
    bring(club, HEADER + "ann@example.org,,,,yes,03/04/2026\n", mapping=mapping)
    assert ConsentState.objects.get().happened_at.month == 4


def test_how_a_consent_was_given_and_until_when_is_kept(club):
    columns = {"email": "email", "yes": "consent.profiling.email", "on": "consent.profiling.email.at",
               "until": "consent.profiling.email.until", "how": "consent.profiling.email.method"}  # fmt: skip
    mapping = {"columns": columns, "defaults": {"consent.profiling.email.wording": "We may learn what you like."}}
    bring(club, "email,yes,on,until,how\nann@example.org,ja,01.03.2026,2027-03-01,double_opt_in\n", mapping=mapping)
    event = ConsentEvent.objects.get()
    assert (event.method, event.wording) == ("double_opt_in", "We may learn what you like.")
    assert event.expires_at.year == 2027 and event.evidence["line"] == 2 and event.source == club


def test_a_row_of_two_people_is_left_out_but_its_refusal_is_heard_for_both(club, at_northwind):
    ann = make_person(at_northwind, "ann@example.org")
    ben = make_person(at_northwind, "ben@example.org", identifiers={"phone": "+442079460018"})
    text = HEADER + "ann@example.org,+442079460018,FR,,no,\nann@example.org,+442079460018,,,yes,2026-05-01\n"
    row = bring(club, text)
    assert row.counts["rows_left_out"] == 2 and not Person.objects.filter(country="FR").exists()
    assert {s.person_id for s in ConsentState.objects.filter(state="refused")} == {ann.pk, ben.pk}
    assert not ConsentEvent.objects.filter(state="given").exists()


def test_somebody_who_was_erased_is_not_brought_back(club, at_northwind):
    from people import services

    services.erase(person=make_person(at_northwind, "ann@example.org"), by=SYSTEM, at=clock.now())
    for dry_run in (True, False):
        row = bring(club, HEADER + "ann@example.org,,GB,,yes,2026-03-01\n", dry_run=dry_run)
        assert row.counts["rows_left_out_by_reason"] == {"this person asked to be erased": 1}
    assert not Identifier.objects.exists()


def test_a_record_of_unknown_age_is_old_never_fresh(club):
    columns = {"email": "email", "seen": "observed_at"}
    bring(club, "email,seen\nann@example.org,whenever\nben@example.org,\n", mapping=columns)
    assert {r.observed_at.year for r in SourceRecord.objects.all()} == {1970}


def test_a_visibility_that_cannot_be_read_is_private(club):
    columns = {"email": "email", "who sees it": "visibility"}
    bring(club, "email,who sees it\nann@example.org,friends of friends\nben@example.org,public\n", mapping=columns)
    assert sorted(SourceRecord.objects.values_list("visibility", flat=True)) == ["private", "public"]


def test_the_list_of_problems_is_bounded_and_the_counts_are_not(club, monkeypatch):
    monkeypatch.setattr(job, "PROBLEMS_LISTED", 3)
    row = bring(club, HEADER + "nobody,,,,,\n" * 10)
    assert ImportProblem.objects.count() == 3 and row.counts["rows_left_out"] == 10


def test_a_killed_import_goes_on_where_it_stopped_and_does_nothing_twice(club, monkeypatch):
    monkeypatch.setattr(job, "CHUNK", 10)
    text = HEADER + "".join(f"p{n}@example.org,,GB,,yes,2026-03-01\n" for n in range(35))
    row = bring(club, text, run=False)
    whole, calls = job._Work._chunk, []

    def dies_at_the_third(self, chunk, done):
        calls.append(done)
        if len(calls) == 3:
            raise KeyboardInterrupt
        whole(self, chunk, done)

    monkeypatch.setattr(job._Work, "_chunk", dies_at_the_third)
    found = Job.objects.get(key=str(row.pk))
    with pytest.raises(KeyboardInterrupt):
        jobs.run(row.brand_id, found.pk)
    assert Person.objects.count() == 20
    Job.objects.filter(pk=found.pk).update(leased_until=clock.now())
    jobs.run(row.brand_id, found.pk)
    row.refresh_from_db()
    assert (row.state, row.counts["rows"], row.counts["people_new"], calls[3:]) == ("done", 35, 35, [30, 35])
    assert ConsentEvent.objects.count() == 35


def test_whoever_lost_the_lease_writes_nothing_more(club):
    row = bring(club, HEADER + GOOD, run=False)
    found = Job.objects.get(key=str(row.pk))
    Job.objects.filter(pk=found.pk).update(state="running", attempts=2)
    with pytest.raises(jobs.LeaseLost):
        job.read_in(Run(row.brand_id, found.pk, 1, found.payload))
    assert not Person.objects.exists()


def test_progress_is_told_while_it_runs(club):
    row = bring(club, HEADER + GOOD)
    found = Job.objects.get(key=str(row.pk))
    assert (found.state, found.done, found.total, found.report["people_new"]) == ("done", 3, 3, 3)


def test_a_file_that_breaks_off_says_where(club):
    row = bring(club, HEADER + GOOD + 'dan@example.org,"open\n' + "x" * 200_000)
    assert row.state == "failed" and "line 5" in row.counts["error"]


@pytest.mark.parametrize(("text", "error"), [("", UnreadableFile), ("name,age\nx,1\n", UnusableMapping)])
def test_a_file_that_does_not_fit_is_refused_at_once_and_not_kept(club, tmp_path, text, error):
    with pytest.raises(error):
        bring(club, text)
    assert not SourceImport.objects.exists() and not list(tmp_path.rglob("*.csv"))


def test_a_file_that_was_read_in_is_not_kept(club, tmp_path, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = bring(club, HEADER + GOOD)
    assert not row.file and not list(tmp_path.rglob("*.csv"))
    with pytest.raises(FileGone):
        repeat_import(of=row, dry_run=False, by=SYSTEM, at=clock.now())


def test_a_looked_at_file_is_kept_for_the_real_reading(club):
    assert Path(bring(club, HEADER + GOOD, dry_run=True).file.path).exists()


def test_the_trail_tells_of_the_import_without_naming_anybody(club):
    bring(club, HEADER + GOOD)
    verbs = list(Entry.objects.filter(subject_kind="import").order_by("id").values_list("verb", flat=True))
    assert verbs == ["import.started", "people.imported", "import.done"]
    assert not any("@" in str(entry.details) for entry in Entry.objects.all())


def test_a_reader_may_not_bring_people_in(club, northwind):
    from kernel.actors import Actor
    from tenants.models import Role
    from tests.conftest import make_member

    with pytest.raises(NotPermitted):
        bring(club, HEADER + GOOD, by=Actor.user(make_member(northwind, "Vera", Role.VIEWER)))


def test_formulas_in_a_file_are_only_text(club):
    columns = {"email": "email", "name": "field.name"}
    bring(club, 'email,name\nann@example.org,"=HYPERLINK(""http://evil"")"\n', mapping=columns)
    assert Person.objects.get().fields == {"name": '=HYPERLINK("http://evil")'}


def test_another_brand_sees_nothing_of_an_import(northwind, contoso):
    with brand_context(northwind.pk):
        bring(make_source(northwind, "club"), HEADER + GOOD)
    with brand_context(contoso.pk):
        assert not SourceImport.objects.exists() and not Person.objects.exists()


def test_an_import_that_is_done_is_not_done_again(club):
    row = bring(club, HEADER + GOOD)
    found = Job.objects.get(key=str(row.pk))
    Job.objects.filter(pk=found.pk).update(state="waiting")
    finish(row)
    assert (row.state, row.counts["rows"]) == ("done", 3)
