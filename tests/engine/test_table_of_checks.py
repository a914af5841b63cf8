"""Every check that the law asks for is answered by a rule, for each person, or said to be out of reach."""

import json
from pathlib import Path

import pytest

from audits.engine import InvalidPack, load_packs
from audits.engine.checks import load_checks
from delivery.reasons import BY_CODE
from tests.completeness import missing

SHARED = Path(__file__).resolve().parents[3] / "shared" / "law" / "law_checks.json"
CHECKS = load_checks()


def test_no_check_of_the_shared_list_is_missing() -> None:
    if not SHARED.exists():
        missing("../shared/law/law_checks.json")
    shared = [check["id"] for check in json.loads(SHARED.read_text(encoding="utf-8"))["checks"]]
    assert sorted(CHECKS) == sorted(shared)


def test_every_rule_that_is_named_exists() -> None:
    rules = {rule.id for pack in load_packs().packs for rule in pack.rules}
    assert {rule for one in CHECKS.values() for rule in one.rules} - rules == set()


def test_every_reason_that_is_named_exists() -> None:
    assert {code for one in CHECKS.values() for code in (*one.clearance, *one.gate)} - BY_CODE.keys() == set()


def test_every_check_is_answered_somewhere_or_said_to_be_out_of_reach() -> None:
    for name, one in CHECKS.items():
        assert one.rules or one.clearance or one.gate or len(one.out_of_reach) > 20, name


def test_a_table_with_an_unknown_column_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "checks.yaml"
    table.write_text("SOME-CHECK: {rule: [gdpr.6-1.basis]}", encoding="utf-8")
    with pytest.raises(InvalidPack, match="SOME-CHECK"):
        load_checks(table)
