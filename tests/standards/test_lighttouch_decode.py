"""`lighttouch decode`: one object for every line, whatever bytes come, without starting Django."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.standards import encoding

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"}
GOOD = encoding.tcf(encoding.tcf_fields())


def run(given: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "config.cli", "decode", *arguments]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, input=given, capture_output=True, timeout=60)


def answers(given: bytes, *arguments: str) -> list[dict]:
    done = run(given, *arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_each_kind_is_named_with_its_fields_and_what_it_is_worth():
    tcf, gpp, usp = answers(f"{GOOD}\nDBABTA~1YYN\n1YNY\n".encode(), "--on", "2026-11-22")
    assert (tcf["ok"], tcf["kind"], tcf["reliable"], tcf["findings"]) == (True, "tcf", True, [])
    assert tcf["fields"] == encoding.tcf_fields()
    assert gpp["fields"]["sections"]["uspv1"]["OptOutSale"] == "Y"
    assert usp["fields"] == {"notice": "Y", "opt_out_sale": "N", "lspa": "Y", "applies": True}


def test_every_line_has_its_answer_empty_ones_too_and_a_last_one_without_its_end():
    told = answers(b"\n1---\r\n\n\xff\xfe\x00\n" + b"C" * 200_000 + b"\n1YYY")
    assert [one["ok"] for one in told] == [False, True, False, False, False, True]
    assert all(one["error"] for one in told if not one["ok"])


def test_no_input_at_all_is_no_answer():
    assert answers(b"") == []


def test_the_day_decides():
    assert [answers(GOOD.encode(), "--on", day)[0]["reliable"] for day in ("2026-11-22", "2028-01-01")] == [True, False]


def test_it_starts_fast_and_without_django():
    began = time.monotonic()
    run(b"1YNN\n")
    assert time.monotonic() - began < 5
    code = "import sys, config.cli, config.lines, people.standards.reading; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, timeout=60).returncode == 0


def test_it_answers_while_more_is_to_come():
    command = [sys.executable, "-m", "config.cli", "decode"]
    with subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        for _ in range(3):
            running.stdin.write(b"1YNN\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["kind"] == "usp"
        running.stdin.close()
        assert running.wait(10) == 0


@settings(max_examples=5, deadline=None)
@given(st.lists(st.binary(max_size=60).map(lambda b: b.replace(b"\n", b"")), min_size=150, max_size=150))
def test_any_bytes(lines):
    assert len(answers(b"".join(line + b"\n" for line in lines))) == 150
