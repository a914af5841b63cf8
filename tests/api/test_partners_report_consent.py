"""POST consent-events: what people said elsewhere, one by one or a thousand at a time, each with its own answer."""

import pytest

from kernel import clock
from kernel.tenancy import brand_context
from people.models import ConsentEvent, ConsentState, Person, PersonGate
from people.services import erase, find_person
from sources import services as sources
from tenants import services
from tests.conftest import SYSTEM, acting, with_token

EVENTS = "/api/v1/consent-events"
AT = "2026-11-20T10:00:00Z"


def event(name="e1", value="nora@example.com", state="given", **more):
    said = {
        "id": name,
        "identifier": {"kind": "email", "value": value},
        "purpose": "direct_marketing",
        "channel": "email",
        "state": state,
        "happened_at": AT,
    }
    return said | more


def report(api, *events, key="k1"):
    return api.post(EVENTS, {"events": list(events)}, format="json", headers={"Idempotency-Key": key})


def results(api, *events, key="k1"):
    answer = report(api, *events, key=key)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def states(brand):
    with brand_context(brand.pk):
        return list(ConsentState.objects.values_list("purpose", "channel", "state"))


def test_a_consent_is_recorded_and_the_person_brought_in(northwind, percy):
    (result,) = results(with_token(percy), event())
    assert (result["status"], result["effective"]) == ("recorded", True)
    assert states(northwind) == [("direct_marketing", "email", "given")]
    with acting(northwind):
        assert find_person(northwind.pk, "email", "Nora@Example.com") is not None


def test_one_event_needs_no_batch_around_it(northwind, percy):
    answer = with_token(percy).post(EVENTS, event(), format="json", headers={"Idempotency-Key": "k"})
    assert [one["status"] for one in answer.json()["results"]] == ["recorded"]


def test_what_is_kept_with_it(northwind, percy):
    with acting(northwind) as by:
        sources.register(brand=northwind, key="fair", name="Fair", kind="list", facts={}, by=by, at=clock.now())
    said = event(source="fair", method="opt_in", notice_version="2026-1", wording="Yes", evidence={"ip": "none"})
    results(with_token(percy), said)
    with brand_context(northwind.pk):
        kept = ConsentEvent.objects.get()
        assert (kept.source.key, kept.method, kept.notice_version, kept.wording) == ("fair", "opt_in", "2026-1", "Yes")
        assert kept.evidence == {"ip": "none"}


def test_no_answer_holds_an_identifier(percy):
    assert b"nora" not in report(with_token(percy), event()).content


def test_the_same_event_reported_again_is_known(northwind, percy):
    api = with_token(percy)
    (first,) = results(api, event())
    (again,) = results(api, event(), key="k2")
    assert (again["status"], again["event"]) == ("known", first["event"])


def test_the_same_request_is_answered_again(northwind, percy):
    api = with_token(percy)
    first, again = report(api, event()), report(api, event())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()


def test_an_event_that_stands_twice_in_a_batch_counts_once(northwind, percy):
    assert [one["status"] for one in results(with_token(percy), event(), event())] == ["recorded", "known"]


def test_two_partners_may_use_the_same_name(northwind, percy):
    with acting(northwind):
        other, secret = services.create_client(
            brand=northwind, name="Petra", scopes="consent", by=SYSTEM, at=clock.now()
        )
    other.plain_secret = secret
    results(with_token(percy), event())
    (result,) = results(with_token(other, "consent"), event(value="otto@example.com"))
    assert result["status"] == "recorded"


def test_a_withdrawal_wins_over_the_older_consent(northwind, percy):
    api = with_token(percy)
    later = event("e2", state="withdrawn") | {"happened_at": "2026-11-20T11:00:00Z"}
    results(api, event())
    (result,) = results(api, later, key="k2")
    assert result["effective"] is True
    assert ("direct_marketing", "email", "withdrawn") in states(northwind)


def test_a_withdrawal_is_not_effective_while_a_message_is_under_way(northwind, percy):
    api = with_token(percy)
    results(api, event())
    with brand_context(northwind.pk):
        PersonGate.objects.update(in_flight=1)
    (result,) = results(api, event("e2", state="withdrawn", happened_at="2026-11-20T11:00:00Z"), key="k2")
    assert (result["effective"], result["in_flight"]) == (False, 1)


def test_somebody_unknown_who_says_no_is_remembered(northwind, percy):
    results(with_token(percy), event(state="objected", channel="any"))
    assert ("direct_marketing", "email", "objected") in states(northwind)


def test_what_is_wrong_with_one_does_not_stop_the_others(northwind, percy):
    wrong = {
        "purpose": event("purpose", purpose="mind_reading"),
        "channel": event("channel", channel="smoke"),
        "address": event("address", value="nobody"),
        "source": event("source", source="never-registered"),
        "state": event("state", state="perhaps"),
        "future": event("future", happened_at="2126-01-01T00:00:00Z"),
        "anywhere": event("anywhere", channel="any"),
        "time": event("time", happened_at="yesterday"),
    }
    told = results(with_token(percy), event("good"), *wrong.values())
    assert told[0]["status"] == "recorded"
    assert [(one["id"], one["status"]) for one in told[1:]] == [(name, "refused") for name in wrong]
    assert all(one["problem"]["detail"] for one in told[1:])
    with brand_context(northwind.pk):
        assert ConsentEvent.objects.count() == 1


def test_an_event_that_is_no_object_is_refused_alone(northwind, percy):
    told = results(with_token(percy), event(), "nonsense")
    assert [one["status"] for one in told] == ["recorded", "refused"]


def test_nothing_is_recorded_of_somebody_who_was_erased(northwind, percy, alice):
    api = with_token(percy)
    results(api, event())
    with acting(northwind, alice) as by:
        erase(person=Person.objects.get(), by=by, at=clock.now())
    (result,) = results(api, event("e2"), key="k2")
    assert (result["status"], result["problem"]["status"]) == ("refused", 410)


@pytest.mark.parametrize("body", [{"events": []}, {"events": "all"}, {"events": [event()] * 10_001}, [event()], "x"])
def test_a_batch_of_another_size_or_shape_is_refused_as_a_whole(northwind, percy, body):
    answer = with_token(percy).post(EVENTS, body, format="json", headers={"Idempotency-Key": "k"})
    assert answer.status_code == 422
    assert states(northwind) == []


def test_a_thousand_at_once_take_few_queries(northwind, percy, django_assert_max_num_queries):
    api = with_token(percy)
    events = [event(f"e{n}", f"somebody.{n}@example.com") for n in range(1000)]
    with django_assert_max_num_queries(60):
        told = results(api, *events)
    assert {one["status"] for one in told} == {"recorded"}


def test_without_the_scope_or_a_token_nothing_is_recorded(northwind, percy, client):
    assert report(with_token(percy, "register"), event()).status_code == 403
    assert client.post(EVENTS, event(), content_type="application/json").status_code == 401
    assert states(northwind) == []


def test_another_brands_partner_reports_to_her_own_brand_alone(northwind, contoso, percy):
    with acting(contoso):
        stranger, secret = services.create_client(
            brand=contoso, name="Carla", scopes="consent", by=SYSTEM, at=clock.now()
        )
    stranger.plain_secret = secret
    results(with_token(percy), event())
    (result,) = results(with_token(stranger, "consent"), event(state="withdrawn"))
    assert result["status"] == "recorded"
    assert states(northwind) == [("direct_marketing", "email", "given")]
