"""Questions: the shortest way from silence to a verdict. What no rule in force needs is never asked."""

import copy
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from audits.engine import judge, load_packs
from audits.engine.reports.text import text
from facts import catalogue, conditions
from facts.conditions import Truth
from tests.engine.test_worsening import base
from tests.registrations import answered, deviations, exemplary, put, registered
from tests.rule_packs import write_pack

DAY = date(2026, 11, 21)
PACKS = load_packs()
FACTS = catalogue.load()


def asked(document: dict[str, Any]) -> tuple[str, ...]:
    return judge(document, packs=PACKS, on=DAY, mend=False).questions


def test_the_exemplary_registration_leaves_no_question() -> None:
    assert asked(exemplary()) == ()


def test_one_silence_is_one_question() -> None:
    assert asked(answered("source.consent.recorded", None)) == ("source.consent.recorded",)
    assert asked(answered("campaign.promotional", None)) == ()


def test_a_silence_that_no_rule_in_force_needs_is_not_asked_about() -> None:
    for path in ("source.consent.written", "campaign.calls.registered", "campaign.political.sponsor_named"):
        verdict = judge(answered(path, None), packs=PACKS, on=DAY, mend=False)
        assert (verdict.can, verdict.questions) == ("clear", ()), path


def test_consent_is_not_asked_about_where_none_is_relied_on() -> None:
    facts = {"source": {"lawful_basis": "soft_opt_in", "consent": {"withdrawal_as_easy": None, "channels": None}}}
    assert asked(registered(facts)) == ()


def test_what_is_blocked_anyway_asks_nothing() -> None:
    facts = {"campaign": {"audience": {"opted_out_included": True}, "message": {"unsubscribe_works": None}}}
    verdict = judge(registered(facts), packs=PACKS, on=DAY, mend=False)
    assert (verdict.can, verdict.questions) == ("blocked", ())


def test_one_blocked_country_leaves_the_questions_of_the_others() -> None:
    facts = {
        "brand": {"country": "US"},
        "source": {"lawful_basis": "none"},
        "campaign": {"countries": ["DE", "US"], "message": {"postal_address": None}},
    }
    verdict = judge(registered(facts), packs=PACKS, on=DAY, mend=False)
    assert verdict.countries == {"DE": "blocked", "US": "needs_human"}
    assert verdict.questions == ("campaign.message.postal_address",)


def test_two_unknowns_that_only_settle_it_together_are_both_asked() -> None:
    facts = {
        "source": {"lawful_basis": "soft_opt_in", "soft_opt_in": {"from_sale": None, "similar_products": None}},
        "campaign": {"countries": ["DE"]},
    }
    assert asked(registered(facts)) == ("source.soft_opt_in.from_sale", "source.soft_opt_in.similar_products")


def test_an_unknown_that_holds_the_touch_heavy_is_asked() -> None:
    facts = {
        "campaign": {
            "timing": {"per_week": None},
            "message": {"reply_path": "no_reply", "pressure": ["guilt", "confirm_shaming"], "says_why": None},
            "recognition": {"expected": False},
        }
    }
    verdict = judge(registered(facts), packs=PACKS, on=DAY, mend=False)
    assert (verdict.can, verdict.should.verdict, verdict.verdict) == ("clear", "heavy", "needs_human")
    assert set(verdict.questions) == {"campaign.timing.per_week", "campaign.message.says_why"}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(deviations())
def test_no_question_is_put_that_the_form_would_hide(document: dict[str, Any]) -> None:
    verdict = judge(document, packs=PACKS, on=DAY, mend=False)
    answers: dict[str, Any] = {}
    for section, part in (("brand", "brand"), ("campaign", "campaign")):
        answers |= FACTS.environment(section, document[part])
    context = conditions.context(answers | FACTS.environment("source", document["sources"][0]))
    for path in verdict.questions:
        when = FACTS.facts[path].when
        assert when is None or when.evaluate(context) is not Truth.FALSE, path


BASES: dict[str, dict[str, Any]] = {
    "mail on consent": {},
    "mail to customers": {"source": {"lawful_basis": "soft_opt_in", "consent": {"method": "none"}}},
    "letters": {"source": {"lawful_basis": "legitimate_interests"}, "campaign": {"channels": ["post"]}},
    "mail in the US": {
        "brand": {"country": "US"},
        "source": {"lawful_basis": "none"},
        "campaign": {"countries": ["US"]},
    },
    "ads by cookie": {
        "source": {"origin": "observed", "collected_by": "cookie", "identified_by": "cookie"},
        "campaign": {"channels": ["display_ad"], "purpose": "retargeting", "recognition": {"path": "cookie"}},
    },
    "a recall": {
        "source": {"lawful_basis": "contract"},
        "campaign": {"purpose": "service_notice", "promotional": False, "countries": ["DE", "US"]},
    },
}


@pytest.mark.parametrize("base", BASES)
def test_what_the_form_hides_never_holds_a_campaign_up(base: str) -> None:
    document = registered(BASES[base])
    answers: dict[str, Any] = {}
    for section, part in (("brand", document["brand"]), ("campaign", document["campaign"])):
        answers |= FACTS.environment(section, part)
    context = conditions.context(answers | FACTS.environment("source", document["sources"][0]))
    before = judge(document, packs=PACKS, on=DAY, mend=False)
    for fact in FACTS.facts.values():
        if fact.when is None or fact.when.evaluate(context) is not Truth.FALSE:
            continue
        silent = copy.deepcopy(document)
        put(silent, fact.path, None)
        assert judge(silent, packs=PACKS, on=DAY, mend=False).can == before.can, fact.path


CLAIMS: dict[str, dict[str, Any]] = {
    "consent to this alone": {"source": {"consent": {"uses": ["direct_marketing"]}}},
    "customers": {"source": {"lawful_basis": "soft_opt_in"}},
    "interests": {"source": {"lawful_basis": "legitimate_interests"}, "campaign": {"purpose": "promotion"}},
    "no basis": {"source": {"lawful_basis": "none"}, "campaign": {"purpose": "win_back"}},
}
WORLD = ("GB", "DE", "FR", "IT", "US", "US-CA", "US-IL", "CA-QC", "AU", "BR", "KR", "JP", "SG", "IN", "TR", "ZA")


def hidden(document: dict[str, Any]) -> list[str]:
    """The facts that the form does not ask for with these answers."""
    answers: dict[str, Any] = {}
    for section, part in (("brand", document["brand"]), ("campaign", document["campaign"])):
        answers |= FACTS.environment(section, part)
    context = conditions.context(answers | FACTS.environment("source", document["sources"][0]))
    return [path for path, fact in FACTS.facts.items() if fact.when and fact.when.evaluate(context) is Truth.FALSE]


@pytest.mark.parametrize("channel", FACTS.facts["campaign.channels"].choices)
def test_what_the_form_hides_for_a_channel_is_neither_asked_nor_missed(channel: str) -> None:
    for claim in CLAIMS.values():
        document = registered(claim)
        document["campaign"]["channels"] = [channel]
        silent = copy.deepcopy(document)
        for path in hidden(document):
            put(silent, path, None)
        for country in WORLD:
            for one in (document, silent):
                one["campaign"]["countries"] = [country]
                one["brand"]["country"] = country[:2]
            full, partial = (judge(one, packs=PACKS, on=DAY, mend=False) for one in (document, silent))
            assert (partial.can, partial.questions) == (full.can, full.questions), (country, claim)
            assert not set(partial.questions) & set(hidden(silent)), (country, claim)


def test_a_newsletter_is_not_asked_about_an_upload_to_advertising_platforms() -> None:
    newsletter = {"source": {"consent": {"uses": ["direct_marketing"]}}}
    for channel, told in (("email", ()), ("social_ad", ("campaign.audience.uploaded_to_platform",))):
        document = registered(newsletter)
        document["campaign"]["channels"] = [channel]
        put(document, "campaign.audience.uploaded_to_platform", None)
        assert asked(document) == told, channel


def answer_at_random(document: dict[str, Any], paths: tuple[str, ...], dice: random.Random) -> None:
    for path in paths:
        fact = FACTS.facts[path]
        values: dict[str, Any] = {"bool": [True, False], "choice": fact.choices, "choices": [[], [*fact.choices]]}
        put(document, path, dice.choice(values.get(fact.kind, [fact.clean, 0 if fact.kind == "int" else fact.clean])))


def silent_somewhere(dice: random.Random) -> dict[str, Any]:
    """A registration with a few silences, none about where or through which channels."""
    document = base(dice)
    for path in dice.sample([*FACTS.facts.keys() - {"campaign.countries", "campaign.channels", "brand.country"}], 8):
        put(document, path, None)
    return document


def test_whatever_is_answered_the_verdict_is_settled_unless_an_answer_opens_a_question() -> None:
    dice, tried = random.Random(8), 0
    while tried < 60:
        document = silent_somewhere(dice)
        before = judge(document, packs=PACKS, on=DAY, mend=False)
        if not before.questions or before.should.verdict == "heavy":
            continue
        tried += 1
        closed = set(hidden(document))
        answer_at_random(document, before.questions, dice)
        after = judge(document, packs=PACKS, on=DAY, mend=False)
        assert after.should.verdict == "heavy" or set(after.questions) <= closed, (before.questions, after.questions)


def test_a_rule_that_could_only_refer_asks_nothing_where_a_person_must_judge_anyway(tmp_path: Path) -> None:
    refers = {"severity": "human", "requires": "campaign.promotional"}
    judges = {"id": "house.two", "severity": "human", "requires": "!campaign.audience.opted_out_included"}
    packs = load_packs(write_pack(tmp_path, refers, judges), prove=False)
    for included, told in ((True, ()), (False, ("campaign.promotional",))):
        answers = {"countries": ["GB"], "promotional": None, "audience": {"opted_out_included": included}}
        silent = registered({"campaign": answers})
        assert judge(silent, packs=packs, on=DAY, mend=False).questions == told


def test_no_question_is_idle_some_answers_to_the_others_leave_it_open() -> None:
    dice, tried = random.Random(9), 0
    while tried < 12:
        document = silent_somewhere(dice)
        verdict = judge(document, packs=PACKS, on=DAY, mend=False)
        if len(verdict.questions) < 2 or verdict.should.verdict == "heavy":
            continue
        tried += 1
        for path in verdict.questions:
            assert any(still_open(document, path, verdict.questions, dice) for _ in range(40)), path


def still_open(document: dict[str, Any], path: str, questions: tuple[str, ...], dice: random.Random) -> bool:
    others = copy.deepcopy(document)
    answer_at_random(others, tuple(one for one in questions if one != path), dice)
    return any(
        path in found.facts and found.outcome == "unanswered"
        for found in judge(others, packs=PACKS, on=DAY, mend=False).findings
    )


def test_the_command_tells_question_path_answers_and_law() -> None:
    silent = answered("source.consent.recorded", None)
    page = text({"file": "one.yaml", **judge(silent, packs=PACKS, on=DAY).as_dict()}, FACTS)
    told = page[page.index("To settle it, answer this question:") :]
    assert FACTS.facts["source.consent.recorded"].ask in told.replace("\n     ", " ")
    assert "(source.consent.recorded)" in told
    assert "Answers: true or false" in told
    assert "GDPR 7(1) [source:main]" in told
