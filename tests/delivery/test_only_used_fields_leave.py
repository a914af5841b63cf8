"""The data diet: what leaves with a message is what its text uses, and nothing else."""

import pytest

from delivery.clearance.plan import plan_of
from kernel import clock
from kernel.ids import new_id
from people.services import upsert_person
from sources.queries import by_keys
from tests import factories
from tests.conftest import SYSTEM, acting
from tests.delivery import house
from tests.registrations import registered

pytestmark = pytest.mark.django_db


def fields(data_used, *, where=(), **content):
    registration = registered({"campaign": {"data_used": data_used}}) | ({"content": content} if content else {})
    definition = {"where": [{"field": f"fields.{name}", "is": "equals", "value": "x"} for name in where]}
    return plan_of(brand_id=new_id(), campaign_id=new_id(), registration=registration, audience=definition).fields


def test_a_field_that_was_not_requested_is_not_handed_over():
    assert fields({"requested": ["first_name"], "used": ["first_name", "city"]}) == ("first_name",)
    assert fields({"requested": ["first_name", "city"], "used": ["first_name"]}) == ("first_name",)


def test_a_field_by_which_people_are_selected_leaves_only_if_the_text_prints_it():
    both = {"requested": ["first_name", "city"], "used": ["first_name", "city"]}
    assert fields(both, where=["city"], text="Hello {{first_name}}") == ("first_name",)
    assert fields(both, where=["city"], text="Hello {{city}}") == ("first_name", "city")


def test_where_the_receiver_writes_the_text_the_used_fields_leave():
    both = {"requested": ["first_name", "city"], "used": ["first_name", "city"]}
    assert fields(both, where=["city"]) == ("first_name", "city")


def test_unanswered_means_that_nothing_is_handed_over():
    assert fields({"requested": None, "used": ["first_name"]}) == ()
    assert fields({"requested": ["first_name"], "used": None}) == ()


def test_a_webhook_gets_the_used_fields_and_no_other(northwind, settings):
    data_used = {"requested": ["email", "first_name", "city"], "used": ["email", "first_name"]}
    case = house.approved(northwind, people=1, campaign={"data_used": data_used})
    known = {"country": "GB", "birth_year": 1980}
    with acting(northwind):
        source = by_keys(northwind.pk, [factories.SOURCE])[factories.SOURCE]
        upsert_person(
            brand_id=northwind.pk, identifiers={"email": "spring-0@example.org"}, attributes=known, source=source,
            fields={"first_name": "Ann", "city": "Leeds"},
            by=SYSTEM, at=clock.now(),
        )  # fmt: skip
    with house.hook(northwind, settings) as (hook, other):
        house.delivered(case, hook)
        (told,) = other.messages()
    assert told.body["data"]["fields"] == {"first_name": "Ann"}
    assert "Leeds" not in str(told.body)
