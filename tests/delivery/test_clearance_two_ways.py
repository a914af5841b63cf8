"""Clearance is written once for one person and once for a whole audience: each rule means the same in both.

Generated people are compared in test_clearance_in_bulk.
"""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from delivery import reasons
from delivery.clearance import Plan, decide, facts_of, reference
from delivery.clearance.sql import decide_all
from kernel.tenancy import brand_context
from people.models import ConsentState, PersonState
from tests.delivery.crowd import NEEDS, NOW, PUBLIC, Somebody, people, plans, world, write

MEMBERS = "SELECT unnest(%(ids)s::uuid[])"
# Shrinking would write the crowd some thousand times over; the failing crowd is printed as it is.
HYPOTHESIS = {
    "deadline": None,
    "database": None,
    "phases": [Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


def both(plan, crowd, at=NOW):
    ids = [one.id for one in crowd]
    facts = facts_of(plan, ids, at)
    one_by_one = {person: decide(plan, facts[person], at) for person in ids}
    at_once = {row.person_id: row for row in decide_all(plan, MEMBERS, {"ids": ids}, at)}
    return one_by_one, at_once


def said(state="given", basis="consent", days=None, ago=0, method="form"):
    return {"consents": {NEEDS[0]: (state, basis, days, ago, method)}}


EACH_ALONE = {
    "cleared": ({}, {}),
    "erased": ({"state": "erased"}, {}),
    "restricted": ({"state": "restricted"}, {}),
    "suppressed": ({"identifiers": {"email": (True, True)}}, {}),
    "objected": (said("objected"), {}),
    "withdrawn": (said("withdrawn"), {}),
    "refused": (said("refused"), {}),
    "expired": (said(days=-1), {}),
    "no_basis": ({"consents": {}}, {}),
    "minor": ({"birth_year": 2010}, {}),
    "country": ({"country": "BR"}, {}),
    "source_closed": ({"records": {"closed": PUBLIC}}, {"sources": frozenset({"shop", "closed"})}),
    "kind_not_shared": ({"settings": {"kinds_refused": ["contact"]}}, {}),
    "visibility": ({"records": {"shop": ("followers", 0, "")}}, {}),
    "brand_muted": ({"settings": {"brand_muted": True}}, {}),
    "sender_muted": ({"settings": {"senders_muted": ["hook"]}}, {}),
    "channel_off": ({"settings": {"channels_off": ["email"]}}, {}),
    "paused": ({"settings": {"paused_until": NOW + timedelta(1)}}, {}),
    "no_retargeting": ({"settings": {"no_retargeting": True}}, {"retargets": True}),
    "no_personalisation": ({"settings": {"no_personalisation": True}}, {"personalises": True}),
    "no_inference": ({"settings": {"no_inference": True}}, {"infers": True}),
    "signal": ({"signals": [("gpc", True, 0), ("tcf", True, 9), ("tcf", None, 1)]}, {"heeds_signals": True}),
    "re_ask": (said(ago=182), {"asks_again": True}),
    "stale_source": ({"records": {"shop": ("public", 30, "")}}, {}),
    "stale_event": ({}, {"event_hours": 24.0}),
    "recognition": ({"records": {"shop": ("public", 0, "cookie")}}, {}),
    "unreachable": ({"identifiers": {"phone": (True, False)}}, {}),
    "budget": ({"counters": {0: 1}}, {}),
    "quiet_hours": ({"settings": {"quiet_from": time(11), "quiet_until": time(13)}}, {}),
    "spacing": ({"intents": [("handed_over", False, 19)]}, {}),
    "error": ({"gate": False}, {}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("reason", EACH_ALONE)
def test_each_reason_alone_is_found_both_ways(at_northwind, reason):
    about, planned = EACH_ALONE[reason]
    here, ann = world(at_northwind), Somebody(**about)
    write(here, [ann])
    plan = plan_for(at_northwind, here, **{"retargets": False, "personalises": False, "infers": False, **planned})
    one_by_one, at_once = both(plan, [ann])
    told = [one.code for one in one_by_one[ann.id].found]
    assert one_by_one[ann.id].reason == at_once[ann.id].reason == reason, told


def test_every_reason_is_in_the_table():
    assert set(EACH_ALONE) == {*reasons.ORDER, reasons.CLEARED}
    assert set(reference.RULES) == set(EACH_ALONE) - {reasons.CLEARED}


WORSE = [
    {"state": PersonState.RESTRICTED},
    {"suppressed": True},
    {"country": ""},
    {"birth_year": None},
    {"birth_year": 2010},
    {"records": ()},
    {"reachable": frozenset()},
    {"consents": {}},
    {"has_gate": False},
    {"week_messages": 99},
    {"campaign_messages": 99},
    {"last_message_at": NOW},
]


@pytest.mark.django_db
def test_more_against_a_person_never_clears_her(northwind):
    with brand_context(northwind.pk):
        here = world(northwind)

        @settings(max_examples=60, **HYPOTHESIS)
        @given(plans(northwind.pk, here.campaign.pk), st.lists(people(), min_size=10, max_size=10))
        def holds(plan, crowd):
            plan = replace(plan, age_may_be_unknown=False, in_all=1)
            with transaction.atomic():
                write(here, crowd)
                known = facts_of(plan, [one.id for one in crowd], NOW)
                transaction.set_rollback(True)
            for facts in known.values():
                for change in WORSE:
                    assert not decide(plan, replace(facts, **change), NOW).cleared
                if not decide(plan, facts, NOW).cleared:
                    muted = replace(facts, settings=replace(facts.settings, brand_muted=True))
                    assert not decide(plan, muted, NOW).cleared

        holds()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("until", "reason"),
    [(timedelta(milliseconds=1), "cleared"), (timedelta(), "expired"), (timedelta(milliseconds=-1), "expired")],
)
def test_permission_ends_at_its_instant(at_northwind, until, reason):
    here, ann = world(at_northwind), Somebody()
    plan = plan_for(at_northwind, here)
    write(here, [ann])
    ConsentState.objects.filter(person_id=ann.id, purpose="direct_marketing").update(expires_at=NOW + until)
    one_by_one, at_once = both(plan, [ann])
    assert one_by_one[ann.id].reason == at_once[ann.id].reason == reason


def plan_for(brand, here, **changes):
    usual = {
        "brand_id": brand.pk,
        "campaign_id": here.campaign.pk,
        "campaign": "spring",
        "channels": ("email",),
        "needs": NEEDS[:1],
        "bases": frozenset({"consent"}),
        "countries": frozenset({"GB", "US"}),
        "sources": frozenset({"shop"}),
        "kinds": frozenset({"contact"}),
        "senders": frozenset({"hook"}),
        "record_days": {"shop": 30},
        "recognition": "login",
        "identifiers": ("email",),
        "closed_hours": None,
    }
    return Plan(**{**usual, **changes})


@pytest.mark.django_db
def test_an_unknown_time_zone_is_the_strictest_of_the_country(at_northwind):
    """At noon UTC it is 07:00 in New York and 01:00 or 02:00 in Hawaii: who only said “US” may be asleep."""
    here = world(at_northwind)
    quiet = {"quiet_from": time(22), "quiet_until": time(6)}
    anywhere = Somebody(country="US", time_zone="", settings=quiet)
    new_york = Somebody(country="US", time_zone="America/New_York", settings=quiet)
    write(here, [anywhere, new_york])
    one_by_one, at_once = both(plan_for(at_northwind, here), [anywhere, new_york])
    assert one_by_one[new_york.id].cleared and at_once[new_york.id].reason == "cleared"
    assert one_by_one[anywhere.id].reason == at_once[anywhere.id].reason == "quiet_hours"
    assert one_by_one[anywhere.id].until == at_once[anywhere.id].until > NOW


@pytest.mark.django_db
def test_all_reasons_are_told_and_the_first_counts(at_northwind):
    here = world(at_northwind)
    ann = Somebody(
        state="restricted",
        country="BR",
        settings={"brand_muted": True},
        **said("objected"),
    )
    write(here, [ann])
    verdict = both(plan_for(at_northwind, here), [ann])[0][ann.id]
    assert [one.code for one in verdict.found] == ["restricted", "objected", "no_basis", "country", "brand_muted"]
    assert verdict.reason == "restricted" and "restricted" in verdict.found[0].sentence


@pytest.mark.django_db
def test_a_rule_that_cannot_decide_is_an_error_and_clears_nobody(at_northwind, monkeypatch):
    here, ann = world(at_northwind), Somebody()
    write(here, [ann])
    plan = plan_for(at_northwind, here)
    facts = facts_of(plan, [ann.id], NOW)[ann.id]
    assert decide(plan, facts, NOW).cleared
    for code in reference.RULES:
        with monkeypatch.context() as patch:
            patch.setitem(reference.RULES, code, lambda *_: 1 / 0)
            assert decide(plan, facts, NOW).reason == "error", code


CANADIANS = {
    "a purchase lasts two years": ("soft_opt_in", 729, "form", "cleared"),
    "and not a day more": ("soft_opt_in", 730, "form", "expired"),
    "an enquiry lasts six months": ("soft_opt_in", 181, "enquiry", "cleared"),
    "an enquiry is over after them": ("soft_opt_in", 182, "enquiry", "expired"),
    "consent that was given stays": ("consent", 3000, "enquiry", "cleared"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("basis, ago, method, reason", CANADIANS.values(), ids=CANADIANS)
def test_implied_consent_runs_out_in_canada(at_northwind, basis, ago, method, reason):
    """CASL s 10(10): consent implied by a purchase ends after two years, by an enquiry after six months."""
    here, told = world(at_northwind), said(basis=basis, ago=ago, method=method)
    ann, elsewhere = Somebody(country="CA-QC", time_zone="America/Toronto", **told), Somebody(**told)
    write(here, [ann, elsewhere])
    plan = plan_for(at_northwind, here, bases=frozenset({"consent", "soft_opt_in"}), countries=frozenset({"CA", "GB"}))
    one_by_one, at_once = both(plan, [ann, elsewhere])
    assert one_by_one[ann.id].reason == at_once[ann.id].reason == reason
    assert one_by_one[elsewhere.id].reason == at_once[elsewhere.id].reason == "cleared"


@pytest.mark.django_db
def test_one_record_must_be_open_fresh_and_recognised_as_approved(at_northwind):
    here, plan = world(at_northwind), None
    split = Somebody(records={"shop": ("public", 0, "cookie"), "other": ("public", 99, "")})
    whole = Somebody(records={"shop": ("public", 99, "cookie"), "other": ("public", 0, "login")})
    write(here, [split, whole])
    plan = plan_for(at_northwind, here, sources=frozenset({"shop", "other"}), record_days={"shop": 30, "other": 30})
    one_by_one, at_once = both(plan, [split, whole])
    assert one_by_one[split.id].reason == at_once[split.id].reason == "recognition"
    assert one_by_one[whole.id].reason == at_once[whole.id].reason == "cleared"


@pytest.mark.django_db
@pytest.mark.parametrize("hours, reason", [(23.9, "cleared"), (24, "stale_event")])
def test_what_sets_a_message_off_grows_old(at_northwind, hours, reason):
    here, ann = world(at_northwind), Somebody()
    write(here, [ann])
    plan = plan_for(at_northwind, here, event_hours=24.0)
    facts = facts_of(plan, [ann.id], NOW, {ann.id: NOW - timedelta(hours=hours)})
    assert decide(plan, facts[ann.id], NOW).reason == reason
