"""No input crashes the decoders or makes them slow: mutations, noise, and the worst that few characters can ask for."""

import random
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from people.standards.bits import LONGEST, Undecodable
from people.standards.reading import read
from tests.standards import encoding
from tests.standards.encoding import number, packed, tcf_fields
from tests.standards.vectors import load, say

ON = date(2026, 11, 22)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=+/ \u00e9\u0000"
PER_VECTOR = 20
SECONDS = 1


def survives(text: str, kind=None) -> bool:
    """Whether it was read. Time of this process counts: a busy machine must not fail a test, nor hide a slow input."""
    began = time.process_time()
    try:
        read(text, ON, kind)
    except Undecodable as error:
        assert str(error)
        return False
    finally:
        assert time.process_time() - began < SECONDS
    return True


def mutated(text: str, chance: random.Random) -> str:
    letters = list(text)
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(letters) + 1)
        how = chance.choice(["put", "cut", "change", "repeat", "truncate"])
        if how == "put":
            letters.insert(at, chance.choice(ALPHABET))
        elif how == "cut":
            del letters[at : at + chance.randint(1, 4)]
        elif how == "change" and at < len(letters):
            letters[at] = chance.choice(ALPHABET[:66])
        elif how == "repeat":
            letters[at:at] = letters[max(0, at - 8) : at]
        else:
            del letters[at:]
    return "".join(letters)


def seeds() -> list[str]:
    own = [encoding.tcf(tcf_fields(), ranged=ranged) for ranged in (False, True)]
    us = {f: [0] * n if n else 0 for f, n in encoding.SECTIONS[8].fields}
    return [*own, encoding.gpp({6: "1YNN", 8: encoding.section(8, {"Version": 1, **us, "Gpc": True})}), "1YNN"]


@pytest.mark.parametrize("file", ["tcf_vectors.json", "gpp_vectors.json", "usp_vectors.json", ""])
def test_twenty_mutations_of_every_vector(file, capsys):
    texts = [one["string"] for one in load(file)["vectors"]] if file else seeds()
    chance = random.Random(2026)
    began = time.perf_counter()
    read_anyway = sum(survives(mutated(text, chance)) for text in texts for _ in range(PER_VECTOR))
    with capsys.disabled():
        say(
            f"\n{file or 'own'}: {len(texts) * PER_VECTOR} mutations, {read_anyway} still read, {time.perf_counter() - began:.1f} s"
        )


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=400))
def test_any_text(text):
    survives(text)


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["C", "B", "DB", "DBABM~C", "DBABD~B", "DBABL~C", "DBABBg~B"]), st.text(ALPHABET[:66], max_size=400)
)
def test_any_text_behind_a_good_beginning(start, rest):
    survives(start + rest)


HEAD = "000010" + "0" * 207
WORST = {
    "every bit set": lambda: HEAD + "1" * (6 * LONGEST - 300),
    "ranges of every vendor": lambda: HEAD + number(65_535, 16) + "1" + number(4095, 12)
    + ("1" + number(1, 16) + number(65_535, 16)) * 4095 + "0" * 29,
    "restrictions of every vendor": lambda: HEAD + "0" * 34 + number(4095, 12)
    + (number(1, 8) + number(1, 12) + "1" + number(1, 16) + number(65_535, 16)) * 4095,
    "empty restrictions": lambda: HEAD + "0" * 34 + number(4095, 12) + number(1, 8) * 2000,
}  # fmt: skip


@pytest.mark.parametrize("name", WORST)
def test_the_longest_and_the_greediest_are_answered_at_once(name):
    text = packed(WORST[name]())[:LONGEST]
    survives(text, "tcf")


@pytest.mark.parametrize("body", ["~" * 99_000, "." * 99_000, "A" * 99_000, "11" * 49_000, "D" * 99_000, "~A" * 49_000])
@pytest.mark.parametrize("start", ["C", "DBAB", "DB____", "DBABM~C", "DBABD~BAAA", ""])
def test_long_and_strange(start, body):
    survives(start + body)
