"""POST signals: what a consent manager or browser said of a person, each with its own answer."""

from kernel.tenancy import brand_context
from people.models import ConsentState, Person, Signal
from tests.conftest import with_token

SIGNALS = "/api/v1/signals"


def signal(name="s1", kind="gpc", value="1", **more):
    said = {
        "id": name, "identifier": {"kind": "email", "value": "nora@example.com"}, "kind": kind, "value": value,
        "carrier": "header", "scope": "browser", "seen_at": "2026-11-20T10:00:00Z",
    }  # fmt: skip
    return said | more


def results(api, *signals, key="k1"):
    answer = api.post(SIGNALS, {"signals": list(signals)}, format="json", headers={"Idempotency-Key": key})
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_a_signal_is_kept_and_its_noes_hold(northwind, percy):
    (told,) = results(with_token(percy), signal(place="us-ca"))
    assert (told["status"], told["reliable"], told["effective"]) == ("recorded", True, True)
    assert told["noes"] == [["sharing", "any", "objected"], ["ad_matching", "any", "objected"]]
    with brand_context(northwind.pk):
        assert Signal.objects.get().place == "US-CA"
        assert ConsentState.objects.filter(purpose="sharing", channel="display_ad", state="objected").exists()


def test_each_signal_has_its_own_answer(percy):
    told = results(
        with_token(percy), signal("a", "tcf", "broken"), signal("b", "usp", "1YNN"), signal("c", "smoke"), signal("d", place="?"),
        signal("b", "usp", "1YNN"), signal("e", seen_at="2999-01-01T00:00:00Z"), "nonsense",
    )  # fmt: skip
    assert [one["status"] for one in told] == [
        "recorded",
        "recorded",
        "refused",
        "refused",
        "known",
        "refused",
        "refused",
    ]
    assert (told[0]["reliable"], bool(told[0]["error"]), told[1]["reliable"]) == (None, True, False)


def test_one_signal_needs_no_batch_and_brings_its_person_in_once(northwind, percy):
    api = with_token(percy)
    assert api.post(SIGNALS, signal(), format="json", headers={"Idempotency-Key": "k"}).status_code == 200
    results(api, signal("s2"), key="k2")
    with brand_context(northwind.pk):
        assert (Person.objects.count(), Signal.objects.count()) == (1, 2)


def test_no_answer_holds_an_identifier(percy):
    answer = with_token(percy).post(SIGNALS, signal(), format="json", headers={"Idempotency-Key": "k"})
    assert b"nora" not in answer.content


def test_the_site_says_that_it_honours_global_privacy_control(client, db):
    answer = client.get("/.well-known/gpc.json")
    assert (answer["Content-Type"], answer.json()["gpc"]) == ("application/json", True)
