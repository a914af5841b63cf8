"""Law that lies ahead: a campaign whose schedule reaches it is warned, one that ends before is not, and --on judges as of a day."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from audits.engine import Verdict, judge, load_packs
from config.cli import main
from tests.registrations import registered

DAY = date(2026, 11, 21)
PACKS = load_packs()
AHEAD: dict[str, tuple[date, dict[str, Any]]] = {
    "ai-act.50-2.marked": (
        date(2026, 12, 2),
        {"campaign": {"countries": ["FR"], "message": {"made_by_ai": True, "ai_disclosed": False}}},
    ),
    "ai-act.5-1-ba.intimate": (
        date(2026, 12, 2),
        {"campaign": {"countries": ["IT"], "message": {"made_by_ai": True}, "audience": {"sensitive": ["sex_life"]}}},
    ),
    "tcpa.a-10.revoke-all": (
        date(2027, 1, 31),
        {"campaign": {"countries": ["US"], "channels": ["sms"], "audience": {"suppression_checked": False}}},
    ),
    "dpdp-in.6.consent": (
        date(2027, 5, 14),
        {"source": {"lawful_basis": "legitimate_interests"}, "campaign": {"countries": ["IN"]}},
    ),
    "dpdp-in.9-3.children": (
        date(2027, 5, 14),
        {"campaign": {"countries": ["IN"], "audience": {"minors": "known", "youngest_age": 15, "built_by": ["behaviour"]}}},
    ),
    "ai-act.annex-iii-4-a.jobs": (
        date(2027, 12, 2),
        {"campaign": {"countries": ["NL"], "purpose": "recruitment", "audience": {"built_by": ["model"]}, "documents": {"dpia": False}}},
    ),
}  # fmt: skip


def judged(facts: dict[str, Any], schedule: dict[str, str], on: date = DAY) -> Verdict:
    return judge(registered(facts) | {"schedule": schedule}, packs=PACKS, on=on, mend=False)


def warned(verdict: Verdict) -> dict[str, str]:
    return {one["rule"]: one["from"] for one in verdict.as_dict()["warnings"]}


@pytest.mark.parametrize("rule", AHEAD)
def test_a_schedule_that_reaches_the_day_is_warned(rule: str) -> None:
    day, facts = AHEAD[rule]
    assert warned(judged(facts, {"from": "2026-11-25", "until": day.isoformat()}))[rule] == day.isoformat()


@pytest.mark.parametrize("rule", AHEAD)
def test_a_schedule_that_ends_the_day_before_is_not(rule: str) -> None:
    day, facts = AHEAD[rule]
    before = (day - timedelta(days=1)).isoformat()
    assert rule not in warned(judged(facts, {"from": "2026-11-25", "until": before}))


@pytest.mark.parametrize("rule", AHEAD)
def test_from_the_day_on_it_is_a_finding_and_no_warning(rule: str) -> None:
    day, facts = AHEAD[rule]
    found = {one.rule for one in judged(facts, {"until": "2028-01-31"}, on=day).findings}
    eve = {one.rule for one in judged(facts, {"until": "2028-01-31"}, on=day - timedelta(days=1)).findings}
    assert rule in found
    assert rule not in eve
    assert rule not in warned(judged(facts, {"until": "2028-01-31"}, on=day))


def test_a_schedule_without_an_end_runs_on() -> None:
    _, facts = AHEAD["ai-act.annex-iii-4-a.jobs"]
    assert "ai-act.annex-iii-4-a.jobs" in warned(judged(facts, {"from": "2026-11-25"}))


def test_a_campaign_without_a_schedule_and_one_done_right_are_not_warned() -> None:
    _, facts = AHEAD["dpdp-in.6.consent"]
    assert warned(judged(facts, {})) == {}
    assert warned(judged({"campaign": {"countries": ["IN"]}}, {"until": "2028-01-31"})) == {}


def test_a_warning_does_not_change_the_verdict() -> None:
    day, facts = AHEAD["dpdp-in.6.consent"]
    assert judged(facts, {"until": "2027-12-31"}).can == "clear"
    assert judged(facts, {"until": "2027-12-31"}, on=day).can == "blocked"


@pytest.mark.parametrize(
    ("on", "status"), [("2026-08-10", 0), ("2026-08-11", 1), ("2027-05-13", 1)], ids=["before", "on the day", "after"]
)
def test_the_command_judges_as_of_a_day(
    on: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = {
        "source": {"lawful_basis": "legitimate_interests", "soft_opt_in": {"from_sale": False}},
        "campaign": {"countries": ["FR"], "channels": ["phone_live"]},
    }
    file = tmp_path / "calls.yaml"
    file.write_text(yaml.safe_dump(registered(facts)), encoding="utf-8")
    assert main(["check", "--on", on, str(file)]) == status
    assert capsys.readouterr().out


def test_the_text_of_the_command_says_from_when_it_will_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, facts = AHEAD["dpdp-in.6.consent"]
    file = tmp_path / "india.yaml"
    file.write_text(yaml.safe_dump(registered(facts) | {"schedule": {"until": "2027-06-30"}}), encoding="utf-8")
    main(["check", "--on", "2026-11-21", str(file)])
    assert "ill fail from 2027-05-14" in capsys.readouterr().out
