"""Signals are facts with a place, a time, a carrier and a scope; what they say no to holds at once, a yes never clears."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel import clock
from people import purposes, services, signal_meaning
from people.models import ConsentEvent, ConsentState, PersonGate, Signal
from people.queries import signals_of
from people.standards.reading import read
from tests.conftest import SYSTEM, acting
from tests.people.conftest import make_person, say
from tests.standards import encoding
from tests.standards.encoding import tcf_fields

SEEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
ALL = list(range(1, 12))
YES = encoding.tcf(tcf_fields(purposes_consent=ALL, special_feature_opt_ins=[1]))


def hear(person, kind="gpc", value="1", name="s1", seen=SEEN, **more):
    more = {"carrier": "header", "scope": "browser", **more}
    return services.hear_signal(
        person=person, kind=kind, value=value, seen_at=seen, idempotency_key=name, by=more.pop("by", SYSTEM),
        at=more.pop("at", clock.now()), **more,
    )  # fmt: skip


def state(person, use, channel="display_ad"):
    found = ConsentState.objects.filter(person=person, purpose=use, channel=channel).first()
    return found and found.state


def test_it_is_kept_as_it_came_with_where_when_and_how(dora):
    heard = hear(dora, "usp", "1YYN", carrier="cookie", scope="device", place="US-CA")
    (kept,) = signals_of(dora.brand_id, dora.pk)
    assert kept == heard.signal
    assert (kept.value, kept.carrier, kept.scope, kept.place, kept.seen_at) == (
        "1YYN",
        "cookie",
        "device",
        "US-CA",
        SEEN,
    )
    assert kept.fields["opt_out_sale"] == "Y"
    assert (kept.reliable, kept.findings) == (False, ["usp_deprecated_since_2024"])


def test_global_privacy_control_objects_to_selling_and_to_advertising_elsewhere(dora):
    hear(dora)
    assert [state(dora, use) for use in ("sharing", "ad_matching", "profiling")] == ["objected", "objected", None]
    assert state(dora, "sharing", "email") == "objected"
    assert state(dora, "direct_marketing", "email") is None


@pytest.mark.parametrize("value", ["", "0", "true", "11"])
def test_any_other_value_of_the_header_says_nothing(dora, value):
    hear(dora, value=value)
    assert not ConsentState.objects.filter(person=dora).exists()


def test_what_a_tc_string_does_not_allow_is_refused_where_devices_are_read(dora):
    say(dora, "given", purpose="tracking", channel="web", at=datetime(2026, 1, 1, tzinfo=UTC))
    hear(dora, "tcf", encoding.tcf(tcf_fields(purposes_consent=[1, 2, 3], special_feature_opt_ins=[1])))
    assert (state(dora, "tracking", "web"), state(dora, "profiling", "web")) == ("given", None)
    assert [state(dora, "ad_matching", channel) for channel in ("display_ad", "web", "email")] == [
        "refused",
        "refused",
        None,
    ]


def test_a_yes_in_a_signal_never_becomes_consent(dora):
    assert hear(dora, "tcf", YES).signal.reliable
    hear(dora, "gpp", "DBABLA~CVVVVVVVVVVU", name="s2")
    assert not ConsentEvent.objects.filter(person=dora, state="given").exists()


def test_what_she_said_after_she_chose_in_the_consent_manager_stands(dora):
    say(dora, "given", purpose="ad_matching", channel="web", at=datetime(2026, 6, 1, tzinfo=UTC))
    hear(dora, "tcf", encoding.tcf(tcf_fields(purposes_consent=[])))
    assert (state(dora, "ad_matching", "web"), state(dora, "ad_matching")) == ("given", "refused")


@pytest.mark.parametrize("kind", ["tcf", "gpp", "usp"])
def test_what_cannot_be_read_is_kept_as_unknown_with_its_reason(dora, kind):
    signal = hear(dora, kind, "DBABLA~!\0").signal
    assert (signal.reliable, signal.fields, signal.noes) == (None, {}, [])
    assert signal.error


def test_a_no_in_an_unreliable_string_is_heard(dora):
    signal = hear(dora, "gpp", "DBABTA~1YYN").signal
    assert (signal.reliable, state(dora, "sharing")) == (False, "objected")


def test_only_the_sections_that_apply_are_heard(dora):
    us = {"Version": 1, **{f: [0] * n if n else 0 for f, n in encoding.SECTIONS[8].fields}, "SharingOptOut": 1}
    text = encoding.gpp({6: "1NYN", 8: encoding.section(8, us)})
    assert hear(dora, "gpp", text, applicable=[-1]).signal.noes == []
    assert hear(dora, "gpp", text, name="s2", applicable=[8]).signal.noes == [
        ["sharing", "any", "objected"], ["ad_matching", "any", "objected"],
    ]  # fmt: skip


@pytest.mark.parametrize("number", sorted(encoding.SECTIONS))
def test_a_one_in_the_list_of_sensitive_data_is_a_no_in_every_section(number):
    layout = encoding.SECTIONS[number]
    fields = {layout.version_name: 1 if number != 7 else 2, **{f: [0] * n if n else 0 for f, n in layout.fields}}
    if "SensitiveDataProcessing" in fields or layout.second == "sensitive":
        fields["SensitiveDataProcessing"] = [0, 1] + [0] * (dict(layout.fields).get("SensitiveDataProcessing", 8) - 2)
        reading = read(encoding.gpp({number: encoding.section(number, fields)}), SEEN.date())
        assert ("sensitive_targeting", "any", "objected") in signal_meaning.noes(reading)


def test_the_same_signal_again_changes_nothing(dora):
    first, again = hear(dora), hear(dora)
    assert (first.new, again.new, again.signal) == (True, False, first.signal)
    assert Signal.objects.count() == 1


def test_a_no_passes_her_gate_and_says_when_it_is_effective(dora):
    PersonGate.objects.filter(person=dora).update(in_flight=2)
    before = PersonGate.objects.get(person=dora).epoch
    assert hear(dora).in_flight == 2
    assert PersonGate.objects.get(person=dora).epoch == before + 1


def test_one_from_the_future_or_too_long_is_refused(dora):
    with pytest.raises(services.SignalFromTheFuture):
        hear(dora, seen=clock.now() + timedelta(hours=1))
    with pytest.raises(services.SignalTooLong):
        hear(dora, "tcf", "C" * 100_001)


def test_it_goes_when_she_is_erased_and_nothing_more_is_kept(dora):
    hear(dora)
    services.erase(person=dora, by=SYSTEM, at=clock.now())
    assert not Signal.objects.exists()
    with pytest.raises(services.PersonErased):
        hear(dora, name="s2")


def test_another_brand_neither_sees_nor_hears_it(northwind, contoso):
    with acting(northwind):
        dora = make_person(northwind)
        hear(dora)
    with acting(contoso):
        assert signals_of(northwind.pk, dora.pk) == []
        assert not Signal.objects.exists()


def test_every_use_of_the_table_exists_and_every_purpose_has_its_term():
    told = signal_meaning.mapping()
    uses = (
        [one["use"] for one in told["tcf"].values() if one["use"]]
        + told["gpc"]
        + list(told["special_features"].values())
    )
    purposes.check([*uses, *(use for several in told["us"].values() for use in several)], [])
    assert sorted(told["tcf"]) == list(range(1, 12))
    assert all(one["iri"].startswith("https://w3id.org/dpv#") for one in told["tcf"].values())
