"""Bringing people in from a file: looked at first, columns changed, problems listed, then for real."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kernel.jobs import run_due
from people.models import Person
from sources.models import SourceImport
from sources.queries import by_keys
from tests import factories
from tests.conftest import acting, signed_in
from tests.portal.forms import fields_of

pytestmark = pytest.mark.django_db
CSV = "Email,Country,First name,Newsletter,Newsletter date\nann@example.org,GB,Ann,yes,2026-01-02\nbroken,GB,Bo,yes,2026-01-02\n"


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def source(northwind):
    campaign = factories.campaign_of(northwind)
    with acting(northwind):
        return by_keys(northwind.pk, campaign.sources)["main"]


def upload(browser, source, text=CSV):
    file = SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")
    answer = browser.post(reverse("admin:source_import", args=[source.pk]), {"file": file})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def people(brand):
    with acting(brand):
        return Person.objects.count()


def test_a_file_is_looked_at_first_and_nothing_is_kept(alice, northwind, source):
    browser = signed_in(alice)
    page = upload(browser, source)
    assert "being looked at" in browser.get(page).text
    run_due(northwind.pk)
    shown = browser.get(page)
    assert dict(shown.context["figures"])["People who are new"] == 1
    assert people(northwind) == 0


def test_rows_left_out_are_listed_with_line_and_reason(alice, northwind, source):
    browser = signed_in(alice)
    page = upload(browser, source)
    run_due(northwind.pk)
    problems = list(browser.get(page).context["problems"])
    assert [(one.line, one.column) for one in problems] == [(3, "Email")]
    assert problems[0].reason in browser.get(page).text


def test_columns_are_suggested_and_can_be_changed(alice, northwind, source):
    browser = signed_in(alice)
    page = upload(browser, source)
    run_due(northwind.pk)
    fields = fields_of(browser.get(page).text, action=page.replace("change", "again"))
    assert fields == {}
    with acting(northwind):
        row = SourceImport.objects.get()
    columns = {f"column.{number}": target for number, target in enumerate(row.mapping.values())}
    again = browser.post(reverse("admin:import_again", args=[row.pk]), columns | {"column.1": "", "how": "look"})
    with acting(northwind):
        made = SourceImport.objects.get(pk=again.headers["Location"].split("/")[-3])
    assert (made.mapping["Country"], made.dry_run) == ("", True)


def test_and_then_the_people_are_brought_in(alice, northwind, source):
    browser = signed_in(alice)
    page = upload(browser, source)
    run_due(northwind.pk)
    answer = browser.post(page.replace("change", "again"), {"how": "real"})
    run_due(northwind.pk)
    assert people(northwind) == 1
    assert "only looked at" not in browser.get(answer.headers["Location"]).text


def test_a_file_in_which_nobody_can_be_told_says_so_and_can_be_mended(alice, northwind, source):
    browser = signed_in(alice)
    page = upload(browser, source, "Who,Where\n17,GB\n")
    assert "taken for the customer number" in browser.get(page).text


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x03", b"\xff\xfe\x00"])
def test_what_is_no_table_is_refused_in_words(alice, source, content):
    file = SimpleUploadedFile("people.csv", content)
    answer = signed_in(alice).post(reverse("admin:source_import", args=[source.pk]), {"file": file}, follow=True)
    assert answer.status_code == 200 and "lt-card" in answer.text
    assert "people.csv</span>" not in answer.text


def test_only_the_team_imports_people(olivia, source):
    assert signed_in(olivia).get(reverse("admin:source_import", args=[source.pk])).status_code == 403
