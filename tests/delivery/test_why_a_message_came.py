"""Each message carries why its person gets it: true of her own rows, from the source and never the logic."""

import csv
import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from delivery.models import Intent
from kernel import clock
from people import links
from people.explanation import languages, table, written
from people.models import ConsentState, Person, SourceRecord
from people.services import record_consent, upsert_person
from sources.queries import by_keys
from tests import factories
from tests.conftest import SYSTEM, acting, with_token
from tests.delivery import house
from tests.registrations import exemplary

pytestmark = pytest.mark.django_db

CROWD = 60
MEANS = {"main": "checkout", "fair": "event", "quiz": "competition"}


def sources():
    (usual,) = exemplary()["sources"]
    return [{**usual, "key": key, "name": f"The {key} list", "collected_by": how} for key, how in MEANS.items()]


def crowd(brand):
    """People of all languages and time zones, each in one or two sources, each agreed on a day of her own."""
    dice = random.Random(4)
    with acting(brand):
        known = by_keys(brand.pk, MEANS)
        for number in range(CROWD):
            tongue = dice.choice([*languages(), "pt", ""])
            zone = dice.choice(["Europe/London", "Pacific/Auckland", "America/Los_Angeles", ""])
            told = {"country": "GB", "birth_year": 1980, "language": tongue, "time_zone": zone}
            lists = dice.sample(list(MEANS), dice.choice([1, 1, 2]))
            for key in lists:
                person, _new = upsert_person(
                    brand_id=brand.pk, identifiers={"email": f"p{number}@example.org"}, attributes=told,
                    source=known[key], observed_at=clock.now() - timedelta(hours=dice.randrange(9000)), by=SYSTEM,
                    at=clock.now() + timedelta(seconds=number),
                )  # fmt: skip
            when = clock.now() - timedelta(hours=dice.randrange(1, 4000))
            record_consent(
                brand_id=brand.pk, person=person, purpose="direct_marketing", channel="email", happened_at=when,
                state=dice.choice(["given", "given", "given", "withdrawn"]), source=known[dice.choice(lists)], by=SYSTEM,
                at=clock.now(), idempotency_key=str(number),
            )  # fmt: skip


def expected(person, brand):
    """What must stand in her sentence, read from her own rows and nothing else."""
    zone = ZoneInfo(person.time_zone or brand.time_zone)
    consent = ConsentState.objects.get(person=person, purpose="direct_marketing", channel="email")
    record = SourceRecord.objects.select_related("source").get(person=person, source=consent.event.source)
    tongue = person.language if person.language in languages() else "en"
    agreed = written(consent.happened_at.astimezone(zone).date(), tongue)
    clauses = table()[tongue]
    return clauses["sentence"].format(
        basis=clauses["basis"]["consent"].format(since=agreed),
        known=clauses["known"][MEANS[record.source.key]],
        source=record.source.name,
        observed=written(record.observed_at.astimezone(zone).date(), tongue),
    )


def test_it_is_true_of_everybody_who_is_cleared(northwind, settings):
    made = factories.campaign_of(northwind, sources=sources(), campaign={**house.ANY_TIME, "sources": list(MEANS)})
    crowd(northwind)
    case = factories.checked(factories.submitted(made))
    case = factories.decided(case, factories.DecisionKind.APPROVE)
    assert case.measured["unexplained"] == 0
    with house.hook(northwind, settings) as (hook, other):
        release = house.delivered(case, hook)
        told = {one.id: one.body["data"]["explanation"] for one in other.messages()}
    with acting(northwind):
        intents = Intent.objects.filter(release=release, state="handed_over").select_related("person")
        right = {str(intent.pk): expected(intent.person, northwind) for intent in intents}
    assert len(right) > CROWD / 2
    assert told == right
    for said in right.values():
        assert sum(f"The {key} list" in said for key in MEANS) == 1
        assert "campaign" not in said.lower() and "segment" not in said.lower()


def test_it_is_a_column_of_the_file(northwind, settings, tmp_path):
    settings.DATA_DIR = tmp_path
    case = house.approved(northwind, people=2)
    house.delivered(case, house.csv_file(northwind))
    (path,) = tmp_path.glob("deliveries/*/*/people-*.csv")
    with path.open(newline="", encoding="utf-8") as file:
        in_file = [row["explanation"] for row in csv.DictReader(file)]
    assert [text[:35] for text in in_file] == ["You get this because you agreed to "] * 2


def test_it_is_in_the_answer_to_a_pull(northwind, percy):
    house.approved(northwind, people=1)
    (person,) = with_token(percy).post("/api/v1/campaigns/spring/audience", {}, format="json").json()["people"]
    assert person["explanation"].startswith("You get this because you agreed to it on ")


def test_where_it_cannot_be_said_truly_it_is_absent_and_a_finding(northwind, settings):
    made = factories.campaign_of(northwind, campaign=house.ANY_TIME, sources=[{**sources()[0], "collected_by": None}])
    factories.people_with_consent(northwind, 2, source="main")
    case = factories.checked(factories.submitted(made))
    (finding,) = [one for one in case.verdict["findings"] if one["rule"] == "measured.explained"]
    assert (finding["outcome"], case.measured["unexplained"]) == ("judgement", 2)
    case = factories.decided(case, factories.DecisionKind.APPROVE)
    with house.hook(northwind, settings) as (hook, other):
        house.delivered(case, hook)
        assert [one.body["data"]["explanation"] for one in other.messages()] == [None, None]


def test_her_page_says_why_in_the_pages_language_and_names_no_campaign(northwind, settings):
    case = house.approved(northwind, people=1, campaign={"name": "Lapsed big spenders"})
    with acting(northwind):
        link = links.preference_link(northwind.pk, Person.objects.get().pk)
    assert "has reached you this way yet" in Client().get(link).content.decode()
    with house.hook(northwind, settings) as (hook, _other):
        house.delivered(case, hook)
    page = Client().get(link).content.decode()
    assert "Why did I get this?" in page and "You get this because you agreed to it on" in page
    assert "Lapsed big spenders" not in page
    german = Client(headers={"accept-language": "de"}).get(link).content.decode()
    assert '<p lang="de">Sie erhalten dies, weil Sie dem am' in german


def test_what_was_said_stays_as_it_was_said_whatever_changes_afterwards(northwind, settings):
    case = house.approved(northwind, people=1)
    with house.hook(northwind, settings) as (hook, other):
        house.delivered(case, hook)
        (said,) = [one.body["data"]["explanation"] for one in other.messages()]
    with acting(northwind):
        person = Person.objects.get()
        record_consent(
            brand_id=northwind.pk, person=person, purpose="direct_marketing", channel="email", state="withdrawn",
            happened_at=clock.now(), idempotency_key="later", by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        link = links.preference_link(northwind.pk, person.pk)
    assert said in Client().get(link).content.decode()


def test_a_hand_over_without_a_kept_ground_says_that_there_is_none(northwind, settings):
    case = house.approved(northwind, people=1)
    with house.hook(northwind, settings) as (hook, _other):
        house.delivered(case, hook)
    with acting(northwind):
        Intent.objects.update(permit={})
        link = links.preference_link(northwind.pk, Person.objects.get().pk)
    assert "has no record that says why" in Client().get(link).content.decode()
