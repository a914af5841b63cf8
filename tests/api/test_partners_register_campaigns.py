"""Registering by REST: a document goes in whole, is handed in, and its verdict read; nobody sees another brand's."""

import pytest
import yaml

from audits.models import Case
from campaigns.models import Campaign, CampaignVersion, Contribution
from kernel import clock, jobs
from kernel.tenancy import brand_context
from sources.models import DataSource
from tenants import services
from tests.conftest import SYSTEM, acting, with_token
from tests.registrations import exemplary, overlaid

REGISTRATIONS = "/api/v1/registrations"
SPRING = "/api/v1/campaigns/spring"


def document(**campaign):
    return overlaid(exemplary(), {"brand": {"name": "Northwind"}, "campaign": campaign})


def register(api, body, key="k1", content_type="application/json"):
    data = yaml.safe_dump(body) if content_type == "application/yaml" else body
    kind = {"content_type": content_type} if content_type == "application/yaml" else {"format": "json"}
    return api.post(REGISTRATIONS, data, headers={"Idempotency-Key": key}, **kind)


def submit(api, key="s1", path=SPRING):
    return api.post(f"{path}/submissions", headers={"Idempotency-Key": key})


@pytest.fixture
def api(percy):
    return with_token(percy)


@pytest.fixture
def stranger(contoso):
    with acting(contoso):
        client, secret = services.create_client(
            brand=contoso, name="Carla", scopes="register", by=SYSTEM, at=clock.now()
        )
    client.plain_secret = secret
    return with_token(client, "register")


@pytest.mark.parametrize("content_type", ["application/json", "application/yaml"])
def test_a_document_registers_its_sources_and_its_campaign(northwind, api, content_type):
    answer = register(api, document(), content_type=content_type)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["campaign"]["key"], [source["key"] for source in told["sources"]]) == ("spring", ["main"])
    assert told["entries"] == [
        {"kind": "source", "key": "main", "outcome": "made"},
        {"kind": "campaign", "key": "spring", "outcome": "made"},
    ]
    with brand_context(northwind.pk):
        assert Campaign.objects.get().facts["purpose"] == "newsletter"
        assert DataSource.objects.get().facts["origin"] == "declared"


def test_the_answer_holds_the_verdict_on_what_is_declared(api):
    blocked = document(audience={"opted_out_included": True})
    assert register(api, document()).json()["verdict"]["can"]["verdict"] == "clear"
    assert register(api, blocked, "k2").json()["verdict"]["can"]["verdict"] == "blocked"


def test_the_client_stands_as_who_registered(northwind, percy, api):
    register(api, document())
    with brand_context(northwind.pk):
        assert {row.client_id for row in Contribution.objects.filter(campaign__isnull=False)} == {percy.pk}


def test_the_same_document_again_changes_nothing(northwind, api):
    register(api, document())
    again = register(api, document(), "k2")
    assert again.status_code == 200
    assert {entry["outcome"] for entry in again.json()["entries"]} == {"unchanged"}
    with brand_context(northwind.pk):
        assert Campaign.objects.get().revision == 1


def test_the_same_request_is_answered_again(api):
    first, again = register(api, document()), register(api, document())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())


def test_a_document_is_put_under_its_own_key(api):
    assert api.put(f"{REGISTRATIONS}/spring", document(), format="json").status_code == 201
    changed = api.put(f"{REGISTRATIONS}/spring", document(name="Early spring"), format="json")
    assert (changed.status_code, changed.json()["campaign"]["name"]) == (200, "Early spring")


def test_a_document_is_not_put_under_another_key(northwind, api):
    answer = api.put(f"{REGISTRATIONS}/autumn", document(), format="json")
    assert (answer.status_code, answer.json()["place"]) == (422, "campaign.key")
    with brand_context(northwind.pk):
        assert not Campaign.objects.exists()


def test_the_document_can_be_read_back(api):
    register(api, document())
    told = api.get(f"{REGISTRATIONS}/spring").json()
    assert told["campaign"]["purpose"] == "newsletter"
    assert told["sources"][0]["key"] == "main"


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (document(purpose="mind_reading"), "campaign.purpose"),
        (document(mood="happy"), "campaign.mood"),
        (exemplary(), "brand.name"),
        ({**document(), "integrations": ["nowhere"]}, "integrations"),
        ({"registration": 2}, "registration"),
        ({}, "registration"),
        ([], ""),
    ],
)
def test_what_is_wrong_with_a_document_is_told_with_its_place(northwind, api, body, place):
    answer = register(api, body)
    assert answer.status_code == 422, answer.content
    assert answer.json().get("place", "").removeprefix("document") == place
    with brand_context(northwind.pk):
        assert not Campaign.objects.exists()
        assert not DataSource.objects.exists()


@pytest.mark.parametrize("body", ["a: [", "a: 1\na: 2", "!!python/object:os.system x", 'a: "\\0"'])
def test_yaml_that_cannot_be_read(api, body):
    answer = api.post(REGISTRATIONS, body, content_type="application/yaml", headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:lighttouch:problem:parse_error")


def test_a_campaign_is_handed_in_and_its_verdict_read(northwind, api):
    register(api, document())
    handed_in = submit(api)
    assert (handed_in.status_code, handed_in.json()["state"]) == (202, "checking")
    jobs.run_due(northwind.pk)
    told = api.get(f"{SPRING}/verdict").json()
    assert (told["case"]["id"], told["case"]["state"]) == (handed_in.json()["id"], "in_review")
    assert told["verdict"]["can"]["verdict"] in ("clear", "needs_human")
    assert "audience_size" in told["measured"]
    assert told["decision"] is None


def test_before_it_is_handed_in_the_verdict_is_the_drafts(api):
    register(api, document())
    told = api.get(f"{SPRING}/verdict").json()
    assert told["case"] is None
    assert told["verdict"]["can"]["verdict"] == "clear"


def test_handing_in_twice_is_one_case(northwind, api):
    register(api, document())
    first, again, unchanged = submit(api), submit(api), submit(api, "s2")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.json()["id"] == again.json()["id"] == unchanged.json()["id"]
    with brand_context(northwind.pk):
        assert (Case.objects.count(), CampaignVersion.objects.count()) == (1, 1)


def test_the_decision_is_told(northwind, api, olivia):
    from audits.services import decide

    register(api, document())
    submit(api)
    jobs.run_due(northwind.pk)
    with acting(northwind, olivia) as by:
        decide(case=Case.objects.get(), kind="refuse", reason="Not this year.", by=by, at=clock.now())
    told = api.get(f"{SPRING}/verdict").json()
    assert (told["case"]["state"], told["decision"]["kind"]) == ("refused", "refuse")
    assert told["decision"]["reason"] == "Not this year."


def test_lists_come_in_pages(api):
    for number in range(5):
        register(api, document(key=f"spring-{number}"), f"k{number}")
    seen, url = [], "/api/v1/campaigns?limit=2"
    while url:
        page = api.get(url).json()
        seen += [campaign["key"] for campaign in page["results"]]
        assert len(page["results"]) <= 2
        url = page["next"]
    assert seen == [f"spring-{number}" for number in range(5)]


ADDRESSES = [
    ("get", "/api/v1/campaigns"),
    ("get", SPRING),
    ("get", "/api/v1/sources"),
    ("get", "/api/v1/sources/main"),
    ("get", f"{SPRING}/verdict"),
    ("get", f"{REGISTRATIONS}/spring"),
    ("put", f"{REGISTRATIONS}/spring"),
    ("post", f"{SPRING}/submissions"),
    ("post", REGISTRATIONS),
]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_every_address_needs_a_token(db, client, method, path):
    assert getattr(client, method)(path).status_code == 401


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_every_address_needs_the_scope(percy, method, path):
    api = with_token(percy, "consent audience")
    assert getattr(api, method)(path, headers={"Idempotency-Key": "k"}).status_code == 403


@pytest.mark.parametrize(("method", "path"), [one for one in ADDRESSES if "spring" in one[1] or "main" in one[1]])
def test_a_stranger_gets_the_answer_for_what_does_not_exist(api, stranger, method, path):
    register(api, document())
    ask = getattr(stranger, method)
    there = ask(path, headers={"Idempotency-Key": "k"})
    nowhere = ask(path.replace("spring", "never").replace("main", "never"), headers={"Idempotency-Key": "k2"})
    assert there.status_code == nowhere.status_code
    assert there.status_code in (404, 422)
    assert there.json() == nowhere.json()


def test_a_stranger_sees_nothing_in_lists(api, stranger):
    register(api, document())
    assert stranger.get("/api/v1/campaigns").json()["results"] == []
    assert stranger.get("/api/v1/sources").json()["results"] == []


def test_the_same_key_at_another_brand_is_another_campaign(northwind, contoso, api, stranger):
    register(api, document())
    own = overlaid(exemplary(), {"brand": {"name": "Contoso", "country": "DE"}, "campaign": {"name": "Hers"}})
    assert register(stranger, own).status_code == 201
    assert api.get(SPRING).json()["name"] == "Spring"
    assert stranger.get(SPRING).json()["name"] == "Hers"
