"""The check: what was frozen is measured and judged, and laid before an officer; what cannot be checked is not."""

import pytest
from django.db import OperationalError

from audits import queries, rules_in_use, services
from audits.models import CaseState
from audits.services.submitting import CHECK
from kernel import clock, jobs
from kernel.canonical import fingerprint
from kernel.models import Job, JobState
from people.services import suppress
from tests import factories
from tests.conftest import SYSTEM, acting
from tests.factories import campaign_of, case_in_state, checked, edited, people_with_consent, submitted
from trail.models import Entry


@pytest.fixture
def campaign(northwind, alice):
    return campaign_of(northwind)


@pytest.fixture
def people(campaign):
    return people_with_consent(campaign.brand, 4)


def rules_of(case, outcome):
    return {finding["rule"] for finding in case.verdict["findings"] if finding["outcome"] == outcome}


def test_a_clean_campaign_comes_into_review_clear(campaign, people):
    case = checked(submitted(campaign))
    assert (case.state, case.verdict["verdict"], case.note) == (CaseState.IN_REVIEW, "clear", "")


def test_the_check_is_as_of_the_day_it_is_done(campaign, people, held_clock):
    assert checked(submitted(campaign)).verdict["on"] == "2026-11-21"


def test_the_case_gets_the_fingerprint_of_version_and_packs(campaign, people):
    case = checked(submitted(campaign))
    with acting(campaign.brand):
        bound = {"version": case.version.sha256, "packs": rules_in_use()}
    assert case.sha256 == fingerprint(bound)
    assert case.verdict["packs"] == rules_in_use()


def test_what_was_measured_stands_beside_what_was_declared(campaign, people):
    case = checked(submitted(campaign))
    assert case.measured["audience_size"] == 4
    assert case.measured["with_valid_consent_share"] == 1.0


def test_a_declaration_that_the_records_contradict_is_a_finding(campaign, people):
    """Declared: opted-out people are not included. Measured: one is."""
    with acting(campaign.brand):
        suppress(
            brand_id=campaign.brand_id,
            kind="email",
            value="person0@example.org",
            reason="asked",
            by=SYSTEM,
            at=clock.now(),
        )
    case = checked(submitted(campaign))
    assert case.measured["suppressed"] == 1
    assert "measured.opted-out" in rules_of(case, "judgement")
    assert case.verdict["can"]["verdict"] == "needs_human"


def test_people_without_a_record_of_the_declared_basis_are_a_finding(campaign, people):
    people_with_consent(campaign.brand, 1, state=None, prefix="other")
    case = checked(submitted(campaign))
    assert case.measured["with_valid_consent_share"] == 0.8
    assert "measured.basis" in rules_of(case, "judgement")


def test_only_the_declared_basis_counts_as_a_record(northwind, alice):
    """Consents are no evidence for a campaign that claims legitimate interests."""
    base = factories.document_for(northwind)
    source = base["sources"][0] | {"lawful_basis": "legitimate_interests"}
    campaign = campaign_of(northwind, sources=[source])
    people_with_consent(northwind, 2)
    assert checked(submitted(campaign)).measured["with_valid_consent_share"] == 0.0


def test_the_audience_that_was_frozen_is_measured(northwind, alice):
    where = [{"field": "country", "is": "equals", "value": "DE"}]
    campaign = campaign_of(northwind, audience={"where": where})
    people_with_consent(northwind, 2, country="GB")
    people_with_consent(northwind, 1, country="DE", prefix="german")
    assert checked(submitted(campaign)).measured["audience_size"] == 1


def test_with_several_channels_the_worst_of_each_counts(northwind, alice):
    campaign = campaign_of(northwind, campaign={"channels": ["email", "sms"]})
    people_with_consent(northwind, 2, channel="email")
    assert checked(submitted(campaign)).measured["with_valid_consent_share"] == 0.0


def test_where_nobody_is_in_the_audience_nothing_is_taken_for_granted(campaign):
    case = checked(submitted(campaign))
    assert case.measured == {"audience_size": 0}
    assert "Nobody is in the audience" in case.note
    assert case.verdict["verdict"] == "needs_human"
    assert "measured.basis" in rules_of(case, "unanswered")


def test_without_purpose_or_channel_nothing_is_measured_and_it_says_so(northwind, alice):
    campaign = campaign_of(northwind, campaign={"channels": None})
    people_with_consent(northwind, 2)
    case = checked(submitted(campaign))
    assert (case.measured, case.verdict["verdict"]) == ({}, "needs_human")
    assert "nothing could be measured" in case.note


def test_another_brands_people_are_never_counted(campaign, people, contoso):
    campaign_of(contoso)
    people_with_consent(contoso, 7)
    assert checked(submitted(campaign)).measured["audience_size"] == 4


def test_the_check_tells_how_far_it_is(campaign, people, monkeypatch):
    seen = []
    real = jobs.Run.progress
    monkeypatch.setattr(jobs.Run, "progress", lambda run, **told: (seen.append(told), real(run, **told))[1])
    checked(submitted(campaign))
    assert [told["report"]["step"] for told in seen if "report" in told] == list(services.STEPS)
    with acting(campaign.brand):
        job = Job.objects.get(kind=CHECK)
    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)


def test_progress_is_there_to_be_shown_while_it_is_checked(campaign):
    case = submitted(campaign)
    with acting(campaign.brand):
        assert queries.progress_of(case) == queries.Progress(0, 4, "Waiting for a worker", True)
        Job.objects.filter(kind=CHECK).update(state="running", done=2, report={"step": "judging"})
        assert queries.progress_of(case).doing == "Judging by the rules in force"
    assert queries.progress_of(case_in_state(campaign.brand, CaseState.FAILED, campaign={"key": "other"})) is None


def test_an_engine_that_breaks_fails_the_case_and_never_clears_it(campaign, people, monkeypatch):
    def broken(*_args, **_more):
        raise RecursionError("too deep")

    monkeypatch.setattr("audits.services.checking.judge", broken)
    case = checked(submitted(campaign))
    assert (case.state, case.verdict, case.sha256) == (CaseState.FAILED, {}, "")
    assert "RecursionError" in case.note
    with acting(campaign.brand):
        assert Entry.objects.get(verb="case.check_failed").details["error"] == "RecursionError"


def test_an_audience_that_cannot_be_measured_fails_the_case(campaign, people, monkeypatch):
    def broken(*_args, **_more):
        raise LookupError("no such column")

    monkeypatch.setattr("people.queries.measured", broken)
    assert checked(submitted(campaign)).state == CaseState.FAILED


def test_a_database_that_is_away_leaves_the_case_to_be_checked_later(campaign, people, monkeypatch):
    def away(*_args, **_more):
        raise OperationalError("server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr("people.queries.measured", away)
        case = checked(submitted(campaign))
        assert case.state == CaseState.CHECKING
    with acting(campaign.brand):
        job = Job.objects.get(kind=CHECK)
        Job.objects.update(run_after=clock.now())
    assert job.state == JobState.WAITING
    assert checked(case).state == CaseState.IN_REVIEW


def test_a_database_that_stays_away_fails_the_case_in_the_end(campaign, monkeypatch):
    def away(*_args, **_more):
        raise OperationalError("server closed the connection")

    case = submitted(campaign)
    monkeypatch.setattr("people.queries.measured", away)
    with acting(campaign.brand):
        Job.objects.filter(kind=CHECK).update(attempts=7)
    assert checked(case).state == CaseState.FAILED


def test_a_case_that_was_voided_meanwhile_is_left_alone(campaign, people, alice, monkeypatch):
    case = submitted(campaign)
    real = services.checking.judge

    def edited_meanwhile(*args, **more):
        with acting(campaign.brand, alice) as by:
            edited(campaign, by=by, name="Meanwhile")
        return real(*args, **more)

    monkeypatch.setattr("audits.services.checking.judge", edited_meanwhile)
    assert checked(case).state == CaseState.VOIDED


def test_a_job_that_is_run_twice_checks_once(campaign, people):
    case = checked(submitted(campaign))
    services.check(brand_id=campaign.brand_id, case_id=case.pk, by=SYSTEM, at=clock.now())
    with acting(campaign.brand):
        assert Entry.objects.filter(verb="case.checked").count() == 1


def test_a_worker_that_lost_its_lease_writes_no_verdict(campaign, people):
    case = submitted(campaign)

    def lost():
        raise jobs.LeaseLost("taken over")

    with pytest.raises(jobs.LeaseLost):
        services.check(brand_id=campaign.brand_id, case_id=case.pk, by=SYSTEM, at=clock.now(), hold_job=lost)
    assert factories.fresh(case).state == CaseState.CHECKING


def test_frozen_bytes_that_were_changed_are_not_judged(campaign, people):
    """The application's role cannot change them; whoever could is found out by the fingerprint."""
    case = submitted(campaign)
    with acting(campaign.brand):
        version = case.version
        version.manifest = bytes(version.manifest).replace(b"newsletter", b"winback")
        with pytest.raises(services.TamperedVersion):
            services.checking.read_frozen(version)


def test_the_trail_tells_of_the_check(campaign, people):
    case = checked(submitted(campaign))
    with acting(campaign.brand):
        told = Entry.objects.get(verb="case.checked").details
    assert (told["sha256"], told["can"]) == (case.sha256, "clear")
