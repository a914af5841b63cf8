"""How fast registrations are judged, against reading the same YAML with bare conditions; how fast one run is."""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from audits.engine import judge, load_packs
from bench.harness import Comparison
from facts import catalogue, document
from facts.catalogue import Fact
from facts.cel_extension import cel

_DOCUMENTS = 1000
_STARTS = 3
_ON = date(2026, 11, 1)
_PLACES = ("GB", "DE", "FR", "IT", "ES", "NL", "US", "US-CA", "US-WA", "CA-QC", "AU", "BR", "KR", "JP", "IN", "ZA")
_ROOT = Path(__file__).resolve().parents[1]


def comparisons() -> Iterable[Comparison]:
    """Judging a thousand different registrations from text to JSON, and one start of the command."""
    texts = list(_texts(random.Random(20261121)))
    packs = load_packs(prove=False)

    def judged() -> float:
        for text in texts:
            json.dumps(judge(document.load(text), packs=packs, on=_ON).as_dict())
        return len(texts)

    asked = [judge(document.load(text), packs=packs, on=_ON, mend=False).rules_asked for text in texts]
    context = cel.Context({"a": "email", "b": True})
    program = cel.compile('a == "email" && b')

    def floor() -> float:
        for text, count in zip(texts, asked, strict=True):
            yaml.load(text, Loader=yaml.CSafeLoader)
            for _ in range(count):
                program.execute(context)
        return len(texts)

    yield Comparison(
        name="judge 1,000 registrations with all packs, from YAML to JSON, one process",
        unit="registrations/s",
        ours=judged,
        against_name="floor: load the same YAML (libyaml), one bare CEL evaluation for each rule asked",
        against=floor,
        goal="at least 300 registrations/s",
    )
    yield _starting(texts[0])


def _starting(text: str) -> Comparison:
    """One run of the command on one file, against an interpreter that imports the libraries and ends."""
    folder = tempfile.TemporaryDirectory()
    file = Path(folder.name) / "registration.yaml"
    file.write_text(text)

    def run(*arguments: str) -> float:
        path = os.pathsep.join([str(_ROOT / "platform"), str(_ROOT)])
        for _ in range(_STARTS):
            done = subprocess.run(
                [sys.executable, *arguments], env=os.environ | {"PYTHONPATH": path}, capture_output=True, check=False
            )
            if done.returncode > 2:
                raise RuntimeError(done.stderr.decode())
        return _STARTS

    return Comparison(
        name="start, judge one registration and end",
        unit="runs/s",
        ours=lambda: run("-m", "config.cli", "check", str(file)),
        against_name="floor: start Python, import argparse, json and yaml, end",
        against=lambda: run("-c", "import argparse, json, yaml"),
        goal="at least 2 runs/s (each under 0.5 s)",
        surroundings=lambda: folder,
    )


def _texts(dice: random.Random) -> Iterator[str]:
    """Yield different registrations: somewhere in the world, with up to six answers that are not the exemplary ones."""
    facts = catalogue.load()
    for number in range(_DOCUMENTS):
        data: dict[str, Any] = {
            "registration": 1,
            "brand": facts.clean("brand"),
            "sources": [{"key": "main", **facts.clean("source")}],
            "campaign": {"key": f"campaign-{number}", **facts.clean("campaign")},
        }
        data["campaign"] |= {
            "countries": dice.sample(_PLACES, dice.choice([1, 1, 2, 3])),
            "channels": dice.sample(facts.facts["campaign.channels"].choices, dice.choice([1, 1, 2])),
        }
        for fact in dice.sample(list(facts.facts.values()), dice.choice([0, 1, 2, 4, 6])):
            _answer(data, fact, dice)
        yield yaml.safe_dump(data, allow_unicode=True)


def _answer(data: dict[str, Any], fact: Fact, dice: random.Random) -> None:
    """Answer one fact at random or not at all."""
    section, *keys = fact.path.split(".")
    here = data["sources"][0] if section == "source" else data[section]
    for key in keys[:-1]:
        here = here[key]
    choices: dict[str, Any] = {
        "bool": [True, False],
        "choice": fact.choices,
        "choices": [[one] for one in fact.choices],
        "int": range(40),
        "number": range(100),
    }
    if fact.kind in choices:
        here[keys[-1]] = dice.choice([None, *choices[fact.kind]])
