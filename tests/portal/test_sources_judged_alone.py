"""A data source is judged alone, before any campaign draws on it; a campaign shows what it inherits from which source."""

import pytest
from django.urls import reverse

from audits.models import CaseState
from kernel import clock
from sources.models import DataSource
from sources.services import register
from tests import factories
from tests.conftest import acting, signed_in

pytestmark = pytest.mark.django_db


def with_source(brand, **facts):
    base = factories.document_for(brand)["sources"][0]
    return factories.campaign_of(brand, sources=[{**base, **facts}])


def page_of(brand, user):
    with acting(brand):
        pk = DataSource.objects.get().pk
    return signed_in(user).get(reverse("admin:sources_datasource_change", args=[pk]))


def test_a_clean_source_is_fit_for_use_where_it_is_used(alice, northwind):
    with_source(northwind)
    page = page_of(northwind, alice)
    assert page.context["panel"].word == "clear"
    assert "Fit for use" in page.text and "Judged alone, without any campaign: Allowed in DE, FR, GB." in page.text


def test_what_speaks_against_a_source_alone_is_told_by_country(alice, northwind):
    with_source(northwind, promise_kept=False)
    page = page_of(northwind, alice)
    assert page.context["panel"].word == "blocked"
    assert "Not to be used" in page.text and "Where it may be used" in page.text
    assert "Not allowed in DE, FR because of GDPR 5(1)(a)" in page.text


def test_an_unanswered_source_asks_its_questions_and_is_not_cleared(alice, northwind):
    with acting(northwind, alice) as by:
        register(brand=northwind, key="empty", name="Empty", kind="list", facts={}, by=by, at=clock.now())
    page = page_of(northwind, alice)
    assert page.context["panel"].word == "needs_human" and page.context["panel"].questions
    assert 'href="#q-source.' in page.text


def test_a_campaign_says_what_it_inherits_from_which_source(alice, olivia, northwind):
    base = factories.document_for(northwind)["sources"][0]
    sources = [base, {**base, "key": "bought", "name": "Bought list", "consent": None, "lawful_basis": None}]
    overlay = {"sources": sources, "campaign": {"sources": ["main", "bought"]}}
    campaign = factories.campaign_of(northwind, **overlay)
    page = signed_in(alice).get(reverse("admin:campaigns_campaign_change", args=[campaign.pk]))
    found = {one.key: one for one in page.context["inherited"]}
    assert found["main"].word == "clear" and not found["main"].found
    assert found["bought"].word == "needs_human" and found["bought"].found
    assert "Bought list" in page.text and "What its data sources bring" in page.text
    case = factories.checked(factories.submitted(campaign))
    desk = signed_in(olivia).get(reverse("admin:audits_case_change", args=[case.pk]))
    assert {one.key for one in desk.context["inherited"]} == {"main", "bought"}
    assert case.state == CaseState.IN_REVIEW
