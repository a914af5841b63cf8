"""The demo: an empty database becomes two brands with real cases, their clean twins, stories and people."""

import csv
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command

from audits.preview import judge_draft
from kernel.models import Job
from kernel.tenancy import brand_context
from people.models import Person
from portal.demo import cast, documents, lists, plan, population, queries
from tenants.models import Brand, Integration, Membership, Role, User
from tests.conftest import NOW, with_token

PEOPLE = 2_000
ADDRESS_SPACE = ("@example.com", "@example.net", "@example.org")


@pytest.fixture
def loaded(db, settings, tmp_path, capsys, django_capture_on_commit_callbacks):
    settings.DATA_DIR = tmp_path
    with django_capture_on_commit_callbacks(execute=True):
        call_command("demo", people=PEOPLE)
    said = capsys.readouterr().out
    northwind, contoso = (Brand.objects.get(slug=slug) for slug in ("northwind", "contoso"))
    return northwind, contoso, said


# What the data says -----------------------------------------------------------------------------------------------


def test_there_are_a_dozen_real_cases_each_with_its_source_and_its_twin():
    examples = list(documents.cases())
    real = [one for one in examples if one.background["kind"] == "case"]
    twins = {one.key: one for one in examples if one.background["kind"] == "twin"}
    assert len(real) >= 12
    for one in real:
        told = one.background
        assert told["authority"] and told["sanction"] and told["law"] and told["status"]
        assert told["source"].startswith("https://")
        assert twins[told["twin"]].background["case"] == one.key


@pytest.mark.parametrize("example", list(documents.cases()), ids=lambda one: one.key)
def test_a_case_is_blocked_and_its_twin_is_not(example):
    verdict = judge_draft(example.document | {"brand": {"country": "GB", "sector": "retail"}}, on=NOW.date())
    blocked = verdict["can"]["verdict"] == "blocked"
    assert blocked is (example.background["kind"] == "case"), verdict["findings"]


def test_the_founding_stories_go_from_the_heaviest_touch_to_the_lightest():
    stories = list(documents.stories())
    scores = {one.key: judge_draft(one.document, on=NOW.date())["should"]["score"] for one in stories}
    assert len({one.background["story"] for one in stories}) == 7
    for one in stories:
        lighter = one.background["lighter"]
        assert not lighter or scores[one.key] < scores[lighter]


def test_the_same_people_are_made_every_time():
    def made():
        return list(population.people(seed="x", first_number=1, count=50, countries={"GB": 1, "US": 1}, this_year=2026))

    assert made() == made()


def test_nobody_can_be_reached_at_an_address_of_the_demo():
    told = population.people(seed="x", first_number=1, count=500, countries={"PL": 1, "DE": 1, "FR": 1}, this_year=2026)
    addresses = [one.email for one in told]
    assert len(set(addresses)) == 500
    assert all(address.isascii() and address.endswith(ADDRESS_SPACE) for address in addresses)


def test_minors_are_made_only_where_they_are_asked_for():
    def youngest(minors):
        told = population.people(
            seed="x", first_number=1, count=500, countries={"GB": 1}, this_year=2026, minors=minors
        )
        return max(one.birth_year for one in told)

    assert youngest(0.0) <= 2026 - 18 < youngest(0.5)


@pytest.mark.parametrize("people", [400, 5_000, 100_000])
def test_the_lists_add_up_and_share_nobody(people):
    told = [entry.people for brand in ("northwind", "contoso") for entry in plan.entries(brand, people)]
    assert sum(one.count for one in told) == people
    ranges = sorted((one.first_number, one.first_number + one.count) for one in told if one.count)
    assert all(end <= start for (_start, end), (start, _end) in pairwise(ranges))


def test_a_list_holds_one_line_for_each_thing_said(tmp_path):
    accounts = max((entry.people for entry in plan.entries("northwind", 20_000)), key=lambda one: one.count)
    path = tmp_path / "list.csv"
    lines = lists.write(path, accounts, first=0, count=300, now=NOW)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    said = {row["consent.direct_marketing.email"] for row in rows}
    assert len(rows) == lines > 300 == len({row["email"] for row in rows})
    assert said == {"", "given", "renewed", "refused", "withdrawn", "objected"}
    assert {row["consent.direct_marketing.email.basis"] for row in rows} >= {"consent", "soft_opt_in"}
    assert any(row["consent.direct_marketing.email.until"] for row in rows)


# What the command does at once ------------------------------------------------------------------------------------


def test_the_cast_is_there_at_once(loaded):
    northwind, contoso, _said = loaded
    with brand_context(northwind.pk):
        roles = dict(Membership.objects.values_list("user__email", "role"))
        assert set(Integration.objects.values_list("key", "kind")) == {("receiver", "webhook"), ("files", "csv_file")}
    assert roles == {
        "alice@northwind.example": Role.OWNER,
        "bob@northwind.example": Role.MARKETER,
        "olivia@northwind.example": Role.OFFICER,
    }
    assert (northwind.time_zone, contoso.time_zone) == ("Europe/London", "Europe/Berlin")
    assert northwind.colour != contoso.colour
    assert all(user.check_password(cast.PASSWORD) for user in User.objects.all())


def test_who_may_sign_in_and_with_what_is_said(loaded):
    said = loaded[2]
    assert cast.PASSWORD in said
    assert all(user.email in said for user in User.objects.all())


def test_the_partners_client_works_with_the_secret_that_was_said(loaded):
    from tenants.models import ApiClient

    client = ApiClient.objects.get()
    client.plain_secret = loaded[2].rsplit(" ", 1)[1].strip()
    assert with_token(client).get("/api/v1/campaigns").status_code == 200


def test_the_receiver_learns_whose_signatures_to_expect(loaded):
    path = cast.receiver_secrets()
    assert len(path.read_text().split()) == 2
    assert all(line.startswith("whsec_") for line in path.read_text().split())
    assert path.stat().st_mode & 0o077 == 0


def test_the_work_is_promised_and_its_progress_can_be_asked(loaded):
    for brand in loaded[:2]:
        with brand_context(brand.pk):
            assert queries.progress(brand.pk) is not None
            assert not Person.objects.exists()


def test_it_loads_only_into_an_empty_database(loaded):
    before = Brand.objects.count()
    with pytest.raises(CommandError, match="empty"):
        call_command("demo")
    call_command("demo", if_empty=True)
    assert (Brand.objects.count(), Job.objects.none().count()) == (before, 0)


def test_a_single_brand_is_enough_to_be_in_use(northwind):
    call_command("demo", if_empty=True)
    assert list(Brand.objects.values_list("slug", flat=True)) == ["northwind"]
