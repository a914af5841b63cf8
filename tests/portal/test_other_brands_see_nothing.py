"""Charlie owns another brand: no page, list, search or action of the admin shows or touches a row of Northwind."""

import re

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from audits.models import CaseState
from delivery.models import Release
from delivery.services import create_release
from kernel import clock
from people.services import suppress
from sources.models import DataSource, SourceImport
from tenants import services
from tenants.models import ApiClient, Membership, Role
from tenants.services import create_client, create_integration
from tests import factories
from tests.conftest import SYSTEM, acting, signed_in
from trail.models import Entry

pytestmark = pytest.mark.django_db
CANARY = "Zanzibarcanary"


@pytest.fixture
def rows(northwind, alice, olivia):
    """One row of every kind at Northwind, each with the canary in whatever a page could show of it."""
    northwind.name = f"{CANARY} Shoes"
    northwind.save()
    with acting(northwind):
        hook = create_integration(
            brand=northwind, key="zanzibarcanary-hook", name=f"{CANARY} hook", kind="csv_file", config={},
            credentials={}, by=SYSTEM, at=clock.now(),
        )  # fmt: skip
        create_client(brand=northwind, name=f"{CANARY} partner", scopes="register", by=SYSTEM, at=clock.now())
        suppress(brand_id=northwind.pk, kind="email", value="z@example.org", reason=CANARY, by=SYSTEM, at=clock.now())
    case = factories.case_in_state(
        northwind, CaseState.APPROVED, campaign={"key": "zanzibarcanary", "name": f"{CANARY} campaign"},
        content={"subject": CANARY},
    )  # fmt: skip
    alice.name = f"{CANARY} Alice"
    alice.save()
    with acting(northwind, alice) as by:
        release = create_release(case=case, integration=hook, by=by, at=clock.now())
        source = DataSource.objects.get()
        imported = SourceImport.objects.create(
            brand=northwind, source=source, file_name=f"{CANARY}.csv", file_sha256="0" * 64, created_at=clock.now()
        )
        person = factories.people_with_consent(northwind, 1, prefix="canary")[0]
        member, entry = Membership.objects.filter(user=alice).get(), Entry.objects.order_by("-id").first()
        client = ApiClient.objects.get(name=f"{CANARY} partner")
    return [case.version.campaign, case, release, source, imported, person, member, hook, client, entry]


def addresses(pattern=None, prefix="/admin/"):
    """Every route below /admin/, as (template of the route, kwargs' names)."""
    found = pattern or next(one for one in get_resolver().url_patterns if str(one.pattern) == "admin/")
    for one in found.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, route)
        elif isinstance(one, URLPattern):
            yield route


def concrete(route, row):
    route = re.sub(r"<(?:uuid|path|int|str):[a-z_]+>", str(row.pk), route)
    route = route.replace("(?P<app_label>", "(").replace("^", "").replace("$", "")
    for name, values in {"event": "retire", "state": "paused", "step": "stop", "how": "on"}.items():
        route = route.replace(f"<slug:{name}>", values)
    return route


ROUTES = sorted(set(addresses()))


def test_no_page_about_a_row_of_another_brand_opens(rows, charlie):
    browser = signed_in(charlie)
    tried = 0
    for route in ROUTES:
        for row in rows if "<" in route else rows[:1]:
            address = concrete(route, row)
            if "(" in address or "logout" in address or "password" in address:
                continue
            answer = browser.get(address)
            tried += 1
            body = answer.text if not answer.streaming else ""
            assert CANARY.lower() not in body.lower(), address
            if "<" in route and "r/" not in route:
                assert answer.status_code in (302, 403, 404, 405), address
    assert tried > 150


def test_no_action_on_a_row_of_another_brand_does_anything(rows, charlie, northwind):
    browser = signed_in(charlie)
    with acting(northwind):
        before = list(Entry.objects.order_by("id").values_list("pk", flat=True))
    for route in (one for one in ROUTES if "<uuid" in one):
        for row in rows:
            answer = browser.post(concrete(route, row), {"name": "x", "role": "owner", "kind": "refuse", "reason": "x"})
            assert answer.status_code in (403, 404, 405), concrete(route, row)
    with acting(northwind):
        assert list(Entry.objects.order_by("id").values_list("pk", flat=True)) == before
        assert Release.objects.get().state == "clearing"


def test_lists_searches_and_filters_show_none_of_them(rows, charlie):
    browser = signed_in(charlie)
    for model, _one in admin.site._registry.items():
        if model._meta.model_name == "brand":
            continue
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in ("", f"?q={CANARY}", f"?q={rows[5].number}", "?o=1", "?all="):
            answer = browser.get(address + query)
            shown = re.sub(rf'(value="|[?&;]q=){CANARY}', "", answer.text, flags=re.IGNORECASE)
            assert answer.status_code == 200 and CANARY.lower() not in shown.lower(), address + query


@pytest.mark.parametrize(
    "lookup", ["brand__name__startswith", "version__campaign__name", "user__email__contains", "sealed_credentials__gt"]
)
def test_a_lookup_that_a_list_does_not_offer_is_refused(rows, charlie, lookup):
    browser = signed_in(charlie)
    for name in ("audits_case", "tenants_membership", "tenants_integration"):
        answer = browser.get(reverse(f"admin:{name}_changelist") + f"?{lookup}=Z")
        assert answer.status_code == 400 and CANARY not in answer.text


def test_autocomplete_and_search_find_nothing(rows, charlie):
    browser = signed_in(charlie)
    for field in ("source", "integration", "case", "user"):
        for app, model in (("sources", "sourceimport"), ("delivery", "release"), ("tenants", "membership")):
            params = {"term": "", "app_label": app, "model_name": model, "field_name": field}
            answer = browser.get(reverse("admin:autocomplete"), params)
            assert answer.status_code in (200, 403, 404) and CANARY not in answer.text
            assert answer.status_code != 200 or answer.json()["results"] == []
    found = browser.get(reverse("admin:search"), {"s": CANARY.lower(), "extended": "1"})
    assert found.status_code == 200 and f"{CANARY} campaign" not in found.text


def test_whoever_works_for_both_finds_only_what_is_of_the_brand_she_chose(rows, charlie, contoso, northwind):
    with acting(northwind):
        services.add_member(brand=northwind, user=charlie, role=Role.MARKETER, by=SYSTEM, at=clock.now())
    browser = signed_in(charlie)
    search = reverse("admin:search") + f"?s={CANARY.lower()}&extended=1"
    browser.post(reverse("admin:choose_brand"), {"brand": str(northwind.pk)})
    assert f"{CANARY} campaign" in browser.get(search).text
    browser.post(reverse("admin:choose_brand"), {"brand": str(contoso.pk)})
    assert f"{CANARY} campaign" not in browser.get(search).text
