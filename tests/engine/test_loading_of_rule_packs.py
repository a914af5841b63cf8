"""Rule packs: what could turn silence into an answer, or is not what it says, is refused by name."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audits.engine import InvalidPack, load_packs
from audits.engine.proving import outcome_of
from facts import laws
from tests.rule_packs import RULE, one_rule, write_pack

PACKS = load_packs()
RULES = [(pack, rule) for pack in PACKS.packs for rule in pack.rules]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"requires": "has(campaign.promotional)"}, "has"),
        ({"requires": "campaign.promotional == null"}, "null"),
        ({"requires": "campaign.promotion"}, "not in the catalogue"),
        ({"requires": "is_merketing"}, "neither a fact nor a definition"),
        ({"requires": "campaign.promotional &&"}, "requires|campaign"),
        ({"requires": "campaign.channels.exists(is_marketing, true)"}, "hides"),
        ({"requires": "values.limit > 1"}, "not among the pack's values"),
        ({"requires": "source.provenance"}, "of scope campaign"),
        ({"requires": "relies_on_consent"}, "of scope campaign"),
        ({"law": "GDPRX"}, "not in the list of laws"),
        ({"channels": ["e-mail"]}, "not channels"),
        ({"where": {"people": ["UK"]}}, "not places"),
        ({"where": {"persons": ["GB"]}}, "people and brand"),
        ({"severity": "warn"}, "severity"),
        ({"checked": "memory"}, "only refer"),
        ({"colour": "red"}, "colour"),
        ({"remedy": None}, "remedy"),
        ({"examples": {"violates": [], "silent": [{}]}}, "at least one example"),
        ({"examples": {"violates": [{}], "silent": [{}]}}, "example 1 comes out as silent, expected violated"),
        (
            {"examples": {**RULE["examples"], "silent": [{"campaign": {"promotional": None}}]}},
            "comes out as unanswered",
        ),
        ({"examples": {**RULE["examples"], "silent": [{"campaign": {"colour": 1}}]}}, "no valid registration"),
        ({"in_force": {"from": "soon"}}, "not a date"),
    ],
)
def test_a_rule_that_cannot_be_trusted_is_refused(tmp_path: Path, rule: dict[str, Any], says: str) -> None:
    load_packs.cache_clear()
    with pytest.raises(InvalidPack, match=says):
        load_packs(write_pack(tmp_path, rule))


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidPack, match=r"house\.one"):
        load_packs(write_pack(tmp_path, {}, {}))


def test_an_empty_or_absent_folder_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(InvalidPack):
            load_packs(folder)


def test_yaml_tags_in_a_pack_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("pack: !!python/name:os.system\n", encoding="utf-8")
    with pytest.raises(InvalidPack):
        load_packs(tmp_path)


def test_a_pack_with_its_own_definitions_uses_those(tmp_path: Path) -> None:
    text = 'mine:\n  says: Mine.\n  when: "campaign.promotional"\n'
    (tmp_path / "definitions.yaml").write_text(text, encoding="utf-8")
    packs = one_rule(tmp_path, requires="mine")
    assert packs.rule("house.one").reads == {"campaign.promotional"}


def test_the_hash_of_a_pack_follows_its_file_and_what_it_adopts(tmp_path: Path) -> None:
    before = one_rule(tmp_path).hashes
    after = one_rule(tmp_path, title="Another").hashes
    assert before["House"] != after["House"]
    assert before["definitions"] == after["definitions"]
    assert all(value.startswith("sha256:") and len(value) == 71 for value in after.values())


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_every_rule_finds_its_violated_examples_and_is_silent_on_the_others(pack: Any, rule: Any) -> None:
    found = {outcome_of(rule, example, PACKS) for example in rule.examples if example.violates}
    assert found == {{"block": "violated", "human": "judgement", "advise": "advised"}[rule.severity]}
    assert {outcome_of(rule, example, PACKS) for example in rule.examples if not example.violates} == {None}


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_every_rule_cites_where_it_can_be_read_and_says_what_to_do(pack: Any, rule: Any) -> None:
    assert rule.message.endswith(".")
    assert rule.remedy.endswith(".")
    if pack.code in laws.load():
        assert rule.citations
        assert all(one.law in laws.load() and one.article and one.url.startswith("https://") for one in rule.citations)


def test_the_directive_and_the_regulation_reach_every_state_of_the_area() -> None:
    basis, mail = PACKS.rule("gdpr.6-1.basis"), PACKS.rule("eprivacy.13-1.consent")
    assert {"DE", "NO", "IS", "LI"} <= set(basis.where.people) & set(mail.where.people)
    assert basis.where.brand
    assert not mail.where.brand


def test_charities_gained_their_exception_on_a_day() -> None:
    charity = next(pack for pack in PACKS.packs if pack.code == "PECR").values["charity_soft_opt_in"]
    assert [charity.on(date(2026, 2, day)) for day in (4, 5)] == [False, True]
    assert charity.on(date(2003, 1, 1)) is None
