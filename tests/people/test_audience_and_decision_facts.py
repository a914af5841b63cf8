"""Who is in an audience, and what decides about each of them: what is not known never speaks for the person's use."""

from datetime import timedelta

import pytest
from django.db import connection

from kernel import clock
from people import queries, services
from people.models import PersonGate
from people.queries.audience import UnusableAudience
from tests.conftest import SYSTEM, acting
from tests.people.conftest import DAY, SPRING, make_person, make_source, say


def where(field, comparison, value):
    return {"sources": ["shop-accounts"], "where": [{"field": field, "is": comparison, "value": value}]}


@pytest.fixture
def crowd(at_northwind, shop):
    """Ann in Britain, born 1970, size 38; Ben in France, born 2000, size 44; Cleo of whom nothing is known."""
    return [
        make_person(at_northwind, "ann@example.org", shop, attributes={"country": "GB", "birth_year": 1970}, fields={"size": "38"}),
        make_person(at_northwind, "ben@example.org", shop, attributes={"country": "FR", "birth_year": 2000}, fields={"size": "44"}),
        make_person(at_northwind, "cleo@example.org", shop, fields={"size": "large"}),
    ]  # fmt: skip


def numbers(brand, definition):
    return [p.number for p in queries.audience(brand.pk, definition)]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("country", "in", ["GB", "DE"]), [0]),
        (("country", "not_in", ["GB"]), [1]),
        (("country", "equals", "FR"), [1]),
        (("birth_year", "at_most", 1999), [0]),
        (("birth_year", "at_least", 1970), [0, 1]),
        (("birth_year", "not_in", [1970]), [1]),
        (("fields.size", "equals", "large"), [2]),
        (("fields.size", "at_least", 40), [1]),
        (("fields.size", "in", ["38", "44"]), [0, 1]),
        (("fields.colour", "not_in", ["red"]), []),
    ],
)
def test_a_condition_holds_only_for_those_of_whom_it_is_known(at_northwind, crowd, condition, expected):
    assert numbers(at_northwind, where(*condition)) == expected


@pytest.mark.parametrize("definition", [{}, {"sources": []}, {"where": []}, {"sources": ["other"]}])
def test_no_source_means_nobody(at_northwind, crowd, definition):
    assert numbers(at_northwind, definition) == []


@pytest.mark.parametrize(
    "condition",
    [("shoe", "equals", "x"), ("fields.", "equals", "x"), ("country", "like", "G"), ("country", "at_least", 1),
     ("country", "in", "GB"), ("birth_year", "equals", "old"), ("fields.size", "at_least", "large")],
)  # fmt: skip
def test_a_condition_that_cannot_be_is_refused(at_northwind, condition):
    with pytest.raises(UnusableAudience):
        numbers(at_northwind, where(*condition))


def test_a_field_named_like_sql_is_only_a_name(at_northwind, crowd):
    assert numbers(at_northwind, where("fields.x') OR 1=1 --", "equals", "38")) == []


def test_an_erased_person_is_in_no_audience(at_northwind, crowd):
    services.erase(person=crowd[0], by=SYSTEM, at=clock.now())
    assert numbers(at_northwind, {"sources": ["shop-accounts"]}) == [1, 2]


def test_another_brand_has_none_of_them(contoso, at_northwind, crowd):
    assert not queries.audience(contoso.pk, {"sources": ["shop-accounts"]}).exists()


def facts(person, purpose="newsletter", channel="email", sources=("shop-accounts",), **more):
    found = queries.decision_facts(
        person.brand_id, [person.pk], purpose=purpose, channel=channel, sources=list(sources), **more
    )
    return found[person.pk]


def test_nobody_has_consented_who_never_said_so(dora):
    assert (facts(dora).consent, facts(dora).consent_use) == ("no_basis", "direct_marketing")


def test_a_consent_for_the_use_and_channel_counts(dora):
    say(dora, "given")
    seen = facts(dora)
    assert (seen.consent, seen.bases, seen.consented_at) == ("", ["consent"], SPRING)


@pytest.mark.parametrize("state", ["refused", "withdrawn", "objected", "expired"])
def test_a_no_says_which(dora, state):
    say(dora, "given")
    say(dora, state, at=SPRING + DAY)
    assert facts(dora).consent == state


def test_an_invalidated_consent_is_none(dora):
    say(dora, "given")
    say(dora, "invalidated", at=SPRING + DAY)
    assert facts(dora).consent == "no_basis"


def test_a_consent_ends_by_itself_by_the_databases_clock(dora):
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        (now,) = cursor.fetchone()
    say(dora, "given", expires_at=now + timedelta(seconds=30))
    assert facts(dora).consent == ""
    with clock.held(clock.now() - DAY):
        say(dora, "renewed", at=SPRING + DAY, expires_at=now - timedelta(seconds=1))
        assert facts(dora).consent == "expired"


def test_a_basis_that_the_campaign_may_not_rest_on_is_none(dora):
    say(dora, "given", basis="soft_opt_in")
    assert facts(dora).consent == ""
    assert facts(dora, bases=["consent"]).consent == "no_basis"


def test_every_needed_use_must_hold_and_the_gravest_no_decides(dora):
    say(dora, "given")
    say(dora, "withdrawn", purpose="tracking")
    assert facts(dora, purpose="retargeting").consent == "withdrawn"
    assert facts(dora, purpose="retargeting").consent_use == "tracking"


def test_consent_on_one_channel_is_none_on_another(dora):
    say(dora, "given")
    assert facts(dora, channel="sms").consent == "no_basis"


def test_a_suppressed_address_suppresses_the_person(dora):
    services.suppress(
        brand_id=dora.brand_id, kind="email", value="dora@example.org", reason="x", by=SYSTEM, at=clock.now()
    )
    assert facts(dora).suppressed


def test_what_she_asked_for_is_read(dora):
    wishes = {"channels_off": ["sms"], "messages_per_week": 1, "no_retargeting": True, "kinds_refused": ["browsing"]}
    services.save_settings(person=dora, values=wishes, by=SYSTEM, at=clock.now())
    seen, by_sms = facts(dora), facts(dora, channel="sms")
    assert (seen.channel_off, by_sms.channel_off) == (False, True)
    assert (seen.messages_per_week, seen.no_retargeting, seen.no_inference) == (1, True, False)
    assert seen.kinds_refused == ["browsing"]


def test_who_has_no_identifier_for_the_channel_cannot_be_reached(dora):
    assert facts(dora).identifier_id == dora.identifiers.get().pk
    assert facts(dora, channel="sms").identifier_id is None


def test_only_a_public_record_in_an_open_source_of_the_campaign_is_visible(at_northwind, shop):
    private = make_person(at_northwind, "a@example.org", shop, visibility="private")
    suspended = make_person(at_northwind, "b@example.org", make_source(at_northwind, "feed", state="suspended"))
    assert (facts(private).visible, facts(private).source_open) == (False, True)
    seen = facts(suspended, sources=["feed"])
    assert (seen.in_source, seen.source_open, seen.visible) == (True, False, False)
    assert not facts(suspended).in_source


def test_the_gate_is_read_with_the_rest(dora):
    PersonGate.objects.filter(person=dora).update(epoch=7, in_flight=1)
    assert (facts(dora).epoch, facts(dora).in_flight) == (7, 1)


def test_whoever_is_not_known_is_not_in_the_answer(at_northwind):
    from uuid import uuid4

    assert queries.decision_facts(at_northwind.pk, [uuid4()], purpose="newsletter", channel="email", sources=[]) == {}


def test_a_person_of_another_brand_is_not_in_the_answer(northwind, contoso):
    with acting(northwind):
        dora = make_person(northwind)
    with acting(contoso):
        found = queries.decision_facts(contoso.pk, [dora.pk], purpose="newsletter", channel="email", sources=[])
    assert found == {}
