"""The demo once its jobs are done: real cases, stories and people, all through the doors that users have."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from audits.models import Case, CaseState, HousePackVersion
from campaigns import queries as campaigns
from campaigns.models import Campaign
from kernel import clock, jobs
from kernel.models import Job, JobState
from kernel.tenancy import brand_context
from people.models import ConsentEvent, ConsentState, Identifier, Person
from people.services import open_identifier
from portal.demo import documents, queries
from portal.lighttouch import positions
from sources.models import SourceImport
from tenants.models import Brand
from tests import database
from tests.portal.test_demo import ADDRESS_SPACE, PEOPLE

pytestmark = pytest.mark.django_db


def work_off() -> None:
    """Do all jobs of all brands, as the workers would."""
    while due := jobs.sweep():
        for brand_id, job_id in due:
            jobs.run(brand_id, job_id)


@pytest.fixture(scope="module", autouse=True)
def whole(django_db_setup, django_db_blocker, tmp_path_factory):
    """Load the demo once for all tests here, committed as in life; take it out again afterwards."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("demo")
        patch.setattr("django.conf.settings.DATA_DIR", folder)
        patch.setattr("django.conf.settings.MEDIA_ROOT", folder / "files")
        with connection.cursor() as cursor:
            # Nothing here needs to outlive a power cut.
            cursor.execute("SET synchronous_commit = off")
        call_command("demo", people=PEOPLE, verbosity=0)
        work_off()
        yield
        database.empty(connection.settings_dict["NAME"])


@pytest.fixture
def northwind():
    return Brand.objects.get(slug="northwind")


@pytest.fixture
def contoso():
    return Brand.objects.get(slug="contoso")


def verdicts(brand):
    with brand_context(brand.pk):
        cases = Case.objects.filter(brand=brand).select_related("version__campaign")
        return {case.version.campaign.key: case.verdict["verdict"] for case in cases}


def test_a_new_user_sees_blocked_doubtful_and_clear_campaigns(northwind, contoso):
    assert set(verdicts(northwind).values()) == {"blocked", "needs_human", "clear"}
    assert len(verdicts(contoso)) == 3
    for brand in (northwind, contoso):
        with brand_context(brand.pk):
            assert set(Case.objects.values_list("state", flat=True)) == {CaseState.IN_REVIEW}
            assert queries.progress(brand.pk) is None


def test_the_plane_of_law_and_light_touch_has_a_point_in_every_region(northwind):
    with brand_context(northwind.pk):
        tracks = positions.register(northwind.pk).tracks()
    regions = {(track.now.can, track.now.band) for track in tracks if track.now}
    assert len(regions) == 9, regions


def test_the_cases_keep_where_they_come_from(northwind):
    with brand_context(northwind.pk):
        flybe = campaigns.by_key(northwind.pk, "case-ico-flybe-2017")
    assert (flybe.background["authority"], flybe.background["sanction"]) == ("ICO", "GBP 70,000")
    assert json.dumps(flybe.background).count("https://") == 1


def test_in_the_platform_too_a_case_is_blocked_and_its_twin_is_not(northwind):
    found = verdicts(northwind)
    for example in documents.cases():
        assert (found[example.key] == "blocked") is (example.background["kind"] == "case"), example.key


def test_something_waits_that_olivia_can_approve(northwind):
    found = verdicts(northwind)
    assert (found["club-letter"], found["winter-letter"]) == ("clear", "needs_human")
    with brand_context(northwind.pk):
        letter = campaigns.by_key(northwind.pk, "club-letter")
        assert letter.integrations == ["receiver"]
        assert letter.content["subject"] and "{{preferences_url}}" in letter.content["text"]


def test_what_is_measured_contradicts_what_is_declared(northwind):
    with brand_context(northwind.pk):
        case = Case.objects.get(version__campaign__key="everything-must-go")
    assert case.measured["refused"] and case.measured["minors"]
    assert {"measured.opted-out", "measured.minors"} <= {found["rule"] for found in case.verdict["findings"]}


def test_everybody_came_in_through_the_import(northwind, contoso):
    people = 0
    for brand in (northwind, contoso):
        with brand_context(brand.pk):
            people += Person.objects.count()
            imports = SourceImport.objects.all()
            assert sum(one.counts["people_new"] for one in imports) == Person.objects.count()
            assert sum(one.counts["rows_left_out"] + one.counts["values_left_out"] for one in imports) == 0
            address = Identifier.objects.filter(kind="email").select_related("person").first()
            assert address is not None and open_identifier(address).endswith(ADDRESS_SPACE)
    assert people == PEOPLE


def test_people_have_histories_of_every_kind(northwind):
    with brand_context(northwind.pk):
        said = set(ConsentEvent.objects.values_list("state", flat=True))
        assert said == {"given", "renewed", "refused", "withdrawn", "objected"}
        assert ConsentState.objects.filter(state="given", expires_at__lt=clock.now()).exists()
        assert ConsentState.objects.filter(basis="soft_opt_in", state="given").exists()


def test_after_a_crash_the_job_goes_on_and_does_nothing_twice(northwind):
    with brand_context(northwind.pk):
        before = (Campaign.objects.count(), Person.objects.count(), ConsentEvent.objects.count(), Case.objects.count())
        Job.objects.filter(kind=queries.KIND).update(state=JobState.WAITING)
    work_off()
    with brand_context(northwind.pk):
        assert before == (
            Campaign.objects.count(), Person.objects.count(), ConsentEvent.objects.count(), Case.objects.count()
        )  # fmt: skip


def test_one_brands_demo_is_not_seen_by_the_other(contoso):
    with brand_context(contoso.pk):
        assert not Campaign.objects.filter(key__startswith="case-").exists()


def test_a_rule_of_the_house_waits_on_the_officers_desk(northwind):
    with brand_context(northwind.pk):
        version = HousePackVersion.objects.select_related("written_by").get()
    assert (version.state, version.fault, version.written_by.name) == ("draft", {}, "Olivia Shah")
