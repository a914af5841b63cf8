"""The `lighttouch` command as people and pipelines run it: formats, exit status, speed of starting, no Django."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.registrations import exemplary, registered
from tests.rule_packs import write_pack

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"}
CLEAR: dict[str, Any] = {}
BLOCKED = {"campaign": {"audience": {"opted_out_included": True}}}
DOUBTFUL = {"campaign": {"audience": {"decided_by_machine": True}}}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "config.cli", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)


def written(folder: Path, name: str, facts: dict[str, Any]) -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(registered(facts)), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("facts", "status", "verdict"), [(CLEAR, 0, "clear"), (BLOCKED, 1, "blocked"), (DOUBTFUL, 2, "needs_human")]
)
def test_the_exit_status_follows_the_verdict(tmp_path: Path, facts: dict[str, Any], status: int, verdict: str) -> None:
    done = run("check", "--format", "json", written(tmp_path, "a.yaml", facts))
    answers = json.loads(done.stdout)
    assert (done.returncode, [answer["verdict"] for answer in answers], done.stderr) == (status, [verdict], "")


def test_over_several_files_the_worst_counts_and_the_order_is_kept(tmp_path: Path) -> None:
    files = [written(tmp_path, f"{n}.yaml", facts) for n, facts in enumerate([DOUBTFUL, BLOCKED, CLEAR])]
    done = run("check", "--format", "json", *files)
    assert [answer["file"] for answer in json.loads(done.stdout)] == [str(path) for path in files]
    assert done.returncode == 1


def test_an_invalid_file_is_told_and_the_others_are_judged(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("registration: 1\ncampaign:\n  key: a\n  purpos: x\n", encoding="utf-8")
    done = run("check", "--format", "json", bad, written(tmp_path, "a.yaml", BLOCKED), tmp_path / "absent.yaml")
    first, second, third = json.loads(done.stdout)
    assert done.returncode == 3
    assert first["error"] == {
        "path": "campaign.purpos", "found": "purpos", "expected": "a known key (did you mean 'purpose'?)", "line": 4,
    }  # fmt: skip
    assert second["verdict"] == "blocked"
    assert "error" in third


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["check"], ["judge", "a.yaml"], ["check", "--format", "xml", "a.yaml"], ["check", "--on", "soon", "a.yaml"],
        ["check", "--packs", "absent", "a.yaml"],
    ],
)  # fmt: skip
def test_when_nothing_was_judged_the_status_is_four_and_nothing_is_printed(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_pack_that_cannot_be_loaded_stops_everything(tmp_path: Path) -> None:
    folder = write_pack(tmp_path, {"requires": "has(campaign.promotional)"})
    done = run("check", "--packs", folder, written(tmp_path, "a.json", CLEAR))
    assert (done.returncode, done.stdout) == (4, "")
    assert "house.one" in done.stderr


def test_own_packs_replace_the_built_in_ones(tmp_path: Path) -> None:
    folder = tmp_path / "packs"
    folder.mkdir()
    write_pack(folder, {"requires": "!campaign.promotional", "examples": {
        "violates": [{}], "silent": [{"campaign": {"promotional": False}}]}})  # fmt: skip
    done = run("check", "--format", "json", "--packs", folder, written(tmp_path, "a.yaml", CLEAR))
    (answer,) = json.loads(done.stdout)
    assert (answer["rules_asked"], answer["can"]["countries"]["GB"]) == (1, "blocked")


def test_a_campaign_is_judged_as_of_a_day(tmp_path: Path) -> None:
    charity = {
        "brand": {"sector": "charity"},
        "source": {"lawful_basis": "soft_opt_in", "soft_opt_in": {"from_sale": False}},
        "campaign": {"purpose": "fundraising", "countries": ["GB"]},
    }
    path = written(tmp_path, "a.yaml", charity)
    assert [run("check", "--on", day, path).returncode for day in ("2026-02-04", "2026-02-05")] == [1, 0]


def test_text_tells_a_marketer_the_verdict_the_law_the_remedy_and_the_questions(tmp_path: Path) -> None:
    facts = {
        "source": {"consent": {"recorded": None}},
        "campaign": {
            "countries": ["GB", "US"],
            "audience": {"opted_out_included": True},
            "message": {"pressure": ["guilt", "confirm_shaming"], "reply_path": "no_reply"},
            "timing": {"per_week": 14},
        },
    }
    told = run("check", written(tmp_path, "a.yaml", facts)).stdout
    for part in (
        "BLOCKED",
        "UK-GDPR 21(2)",
        "To mend it: Remove them.",
        "What weighs on people:",
        "To make it light:",
        "of 100",
    ):
        assert part in told, part


def test_text_lists_the_questions_in_plain_words(tmp_path: Path) -> None:
    told = run("check", written(tmp_path, "a.yaml", {"source": {"consent": {"recorded": None}}})).stdout
    assert "Can you prove it for each person" in told
    assert "(source.consent.recorded)" in told


def test_an_invalid_file_is_told_in_text_with_its_line(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("registration: 1\nbrand: {country: UK}\n", encoding="utf-8")
    assert "brand.country, line 2: found UK" in " ".join(run("check", bad).stdout.split())


def test_sarif_names_rules_levels_and_invalid_files(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("registration: 2\n", encoding="utf-8")
    done = run("check", "--format", "sarif", written(tmp_path, "a.yaml", BLOCKED), bad)
    (log,) = json.loads(done.stdout)["runs"]
    levels = {result["ruleId"]: result["level"] for result in log["results"]}
    assert levels["gdpr.21-3.objectors"] == "error"
    assert {rule["id"] for rule in log["tool"]["driver"]["rules"]} == set(levels)
    assert log["invocations"][0]["executionSuccessful"] is False
    assert "1, the version" in log["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_annotations_stand_beside_the_file_and_cannot_be_forged(tmp_path: Path) -> None:
    evil = written(tmp_path, "a,b:c.yaml", BLOCKED)
    lines = run("check", "--format", "github", evil).stdout.splitlines()
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    assert "a%2Cb%3Ac.yaml" in lines[0]


def test_the_schema_and_the_rules_are_printed() -> None:
    schema = json.loads(run("schema").stdout)
    assert schema["$schema"].endswith("2020-12/schema")
    assert run("rules", "--check", "docs/rules.md").returncode == 0
    assert run("rules", "--check", "README.md").returncode == 1


def test_judging_starts_neither_django_nor_a_database_nor_a_client(tmp_path: Path) -> None:
    path = written(tmp_path, "a.yaml", CLEAR)
    probe = (
        "import sys, config.cli; config.cli.main(sys.argv[1:]);"
        "sys.exit(any(name.split('.')[0] in ('django', 'celery', 'rest_framework', 'psycopg', 'urllib3', 'requests') for name in sys.modules))"
    )
    command = [sys.executable, "-c", probe, "check", str(path)]
    done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_json_of_the_exemplary_registration_is_as_promised(tmp_path: Path) -> None:
    path = tmp_path / "spring.json"
    path.write_text(json.dumps(exemplary()), encoding="utf-8")
    (answer,) = json.loads(run("check", "--format", "json", "--on", "2026-11-21", path).stdout)
    assert (answer["on"], answer["findings"], answer["questions"], answer["warnings"]) == ("2026-11-21", [], [], [])
    assert answer["can"] == {"verdict": "clear", "countries": {"GB": "clear", "DE": "clear", "FR": "clear"}}
    assert answer["rules_asked"] > 50


def test_the_compiled_part_of_cel_is_loaded_once_and_without_its_command_line() -> None:
    probe = (
        "import sys, facts.conditions as c; assert 'typer' not in sys.modules and 'cel' not in sys.modules;"
        "import cel; assert cel.compile('1 == 1').execute() is True;"
        "assert isinstance(c.context({}), cel.Context); print(c.compile_condition('true').source)"
    )
    done = subprocess.run([sys.executable, "-c", probe], env=ENVIRONMENT, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("true\n", "")
