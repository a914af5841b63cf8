"""House packs that are on judge what the brand plans, beside the law: stricter, never milder, and only their own brand."""

import pytest

from audits import packs_in_use, rules_in_use
from audits.models import CaseState
from audits.preview import judge_draft
from kernel import clock
from tests import factories
from tests.audits.house import QUIET, STRICTER, switch_off, switched_on, text, written
from tests.conftest import acting
from tests.registrations import answered, exemplary

pytestmark = pytest.mark.django_db
LATE = answered("campaign.timing.local_hours", "09:00-22:00")


def preview(brand, document):
    with acting(brand):
        return judge_draft(document, clock.today(), brand.pk)


def test_a_pack_that_is_on_judges_the_draft_and_cites_the_house(northwind):
    switched_on(northwind)
    verdict = preview(northwind, LATE)
    found = [one for one in verdict["findings"] if one["pack"] == "house-quiet-evenings"]
    assert verdict["verdict"] == "blocked"
    assert found[0]["citations"] == [{"law": "house-quiet-evenings", "article": "1", "url": ""}]
    assert verdict["packs"]["house-quiet-evenings"].startswith("sha256:")


def test_a_draft_of_a_pack_judges_nothing(northwind):
    written(northwind)
    assert preview(northwind, LATE)["verdict"] == "clear"


def test_another_brand_is_judged_by_the_law_alone(northwind, contoso):
    switched_on(northwind)
    assert preview(contoso, LATE)["verdict"] == "clear"
    with acting(contoso):
        assert rules_in_use(contoso.pk) == rules_in_use()
        assert packs_in_use(contoso.pk) is packs_in_use()


def test_the_check_of_a_case_asks_house_packs_and_its_fingerprint_names_them(northwind, alice, olivia):
    switched_on(northwind, STRICTER)
    case = factories.case_in_state(northwind, CaseState.IN_REVIEW)
    assert case.verdict["verdict"] == "blocked"
    assert "house-quiet-evenings" in case.verdict["packs"]


def test_a_pack_that_is_switched_off_judges_no_more(northwind):
    switch_off(switched_on(northwind))
    assert preview(northwind, LATE)["verdict"] == "clear"


def test_a_pack_can_name_a_law_and_is_then_asked_where_that_law_applies(northwind):
    switched_on(northwind, text(law="UK-GDPR", article="5"))
    found = preview(northwind, LATE)["findings"]
    assert [one["law"] for one in found[0]["citations"]] == ["UK-GDPR"]


def test_a_house_rule_about_a_country_does_not_make_silence_of_the_law_clear(northwind):
    """No law is loaded for Kenya: a house pack that speaks of it must not take the place of one."""
    registered = exemplary()
    registered["campaign"]["countries"] = ["KE"]
    before = preview(northwind, registered)["verdict"]
    switched_on(northwind, text(where={"people": ["KE"]}, channels=["email"]))
    assert (before, preview(northwind, registered)["verdict"]) == ("needs_human", "needs_human")


@pytest.mark.parametrize("path, value", [("source.consent.method", "none"), ("source.consent.method", None)])
def test_a_house_pack_takes_nothing_away(northwind, path, value):
    registered = answered(path, value)
    before = preview(northwind, registered)
    switched_on(northwind)
    after = preview(northwind, registered)
    assert after["verdict"] == before["verdict"]
    assert [one for one in after["findings"] if not one["pack"].startswith("house-")] == before["findings"]


def test_no_built_in_pack_begins_as_a_house_pack_does():
    assert not [code for code in rules_in_use() if code.startswith("house-")]
    assert QUIET.startswith("pack: house-")
