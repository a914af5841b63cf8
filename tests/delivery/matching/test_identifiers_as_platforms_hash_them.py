"""Identifiers for match lists: each platform's own form, and what nobody could match is refused."""

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from delivery.matching import PROFILES, Unmatchable, hashed
from tests.standards.vectors import load, say

ROOT = Path(__file__).resolve().parents[3]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT / 'platform'}{os.pathsep}{ROOT}"}
EMAILS = sorted(name for name in PROFILES if name.endswith(("-email", "-em")))
PHONES = sorted(name for name in PROFILES if name.endswith(("-phone", "-ph")))


def test_published_vectors(capsys):
    vectors = load("identifier_hashing_vectors.json")
    for one in vectors["vectors"]:
        assert hashed(one["profile"], one["raw"]) == (one["normalised"], one["sha256_hex"]), one
    for one in vectors["invalid_emails_meta"]["cases"]:
        with pytest.raises(Unmatchable):
            hashed("meta-em", one["email"])
    with capsys.disabled():
        say(
            "\nhashing vectors:",
            len(vectors["vectors"]),
            "equal,",
            len(vectors["invalid_emails_meta"]["cases"]),
            "refused",
        )


def test_the_conflicts_between_official_sources_are_decided():
    digests = load("identifier_hashing_vectors.json")["conflicts_between_official_sources"][0]["digests"]
    shop, plain = digests["jane.doe+shop@gmail.com"], digests["jane.doe@example.com"]
    assert hashed("google-data-manager-email", "jane.doe+shop@gmail.com").sha256_hex == shop["google doc"]
    assert hashed("meta-em", "jane.doe+shop@gmail.com").sha256_hex == shop["meta"]
    assert hashed("google-data-manager-email", "jane.doe@example.com").sha256_hex == plain["google doc"]


CASES = [
    ("uid2-email", " Jane.Doe+Home@GMAIL.com ", "janedoe@gmail.com"), ("uid2-email", "j.d+x@googlemail.com", "j.d+x@googlemail.com"),
    ("uid2-email", "Jane+Work@example.com", "jane+work@example.com"), ("euid-email", "A.B@gmail.com", "ab@gmail.com"),
    ("google-data-manager-email", "J.D+x@GoogleMail.com", "jd@googlemail.com"), ("google-email", "ja ne@ example.com", "jane@example.com"),
    ("meta-em", " Jane.Doe+x@gmail.com. ", "jane.doe+x@gmail.com"), ("tiktok-email", "Jane.Doe+x@example.com", "jane.doe@example.com"),
    ("linkedin-email", " Jane+X@Example.COM", "jane+x@example.com"), ("uid2-email", "jane@bücher.example", "jane@xn--bcher-kva.example"),
    ("tiktok-email", "jane@gmail.com (as printed)", "jane@gmail.com"), ("uid2-email", "jane@gmail.com (Jane)", "jane@gmail.com"),
    ("google-email", "jane @gmail.com (home)", "jane@gmail.com"), ("meta-em", "jane@gmail.com (x)", "jane@gmail.com"),
    ("uid2-phone", "+44 (0)20 7946-0958", "+442079460958"), ("uid2-phone", "0044 20 7946 0958", "+442079460958"),
    ("uid2-phone", "65 1243 5678", "+6512435678"), ("uid2-phone", "(02) 1234 5678 (Sydney, AU)", "+61212345678"),
    ("google-phone", "(800)555-0100", "+18005550100"), ("meta-ph", "+1 (616) 954-78 88", "16169547888"),
    ("meta-ph", "0049 151 1234567", "491511234567"), ("tiktok-phone", "374-93-828222", "37493828222"),
    ("uid2-phone", "06 1234 5678 (IT)", "+390612345678"), ("uid2-phone", "\u0660\u0664\u0669\u0661 \u0665\u0667\u0660 \u0660\u0660\u0666 (AU)", "+61491570006"),
    ("google-given-name", " Mrs. Mary  Ann ", "mary ann"), ("google-family-name", "O'Brien Jr.", "obrien"),
    ("meta-fn", " Zoë ", "zoë"), ("meta-ln", "Van-der O'Brien", "vanderobrien"), ("meta-fn", "李", "李"), ("meta-fi", "Äbc", "ä"),
    ("meta-f5first", "George", "georg"), ("meta-f5last", " Washington", "washi"), ("meta-doby", "0000", "0000"),
    ("meta-dobd", "31", "31"), ("meta-dobm", "9", "09"), ("meta-db", "1990-02-03", "19900203"), ("meta-ge", "Female", "f"),
    ("meta-ct", "St. Louis 2", "stlouis"), ("meta-st", "N.Y.", "ny"), ("meta-zp", "94035-1234", "94035"), ("meta-zp", "SW1A 1AA", "sw1a1aa"),
    ("meta-country", " US ", "us"), ("x-ads", "@Jack", "jack"), ("x-ads", "Support@Example.com", "support@example.com"),
    ("x-ads", "4B61639E-47CC-4056-A16A-C8217E029462", "4b61639e-47cc-4056-a16a-c8217e029462"),
]  # fmt: skip


@pytest.mark.parametrize(("profile", "value", "normalised"), CASES)
def test_each_platform_has_its_own_form(profile, value, normalised):
    assert hashed(profile, value) == (normalised, hashlib.sha256(normalised.encode()).hexdigest())


@pytest.mark.parametrize("value", ["", "  ", "\t", "a", "@", "a@b", "@b.co", "a@", "a@@b.co", "a b@c", "a@b..co", "a.@b.co", "a@-b.co",
                                   "jane@exam ple..com", "jane@example.com,joe@example.com", "x" * 65 + "@b.co", "a\x00@b.co", "n/a", "null"])  # fmt: skip
@pytest.mark.parametrize("profile", EMAILS)
def test_what_is_no_address_is_refused(profile, value):
    with pytest.raises(Unmatchable):
        hashed(profile, value)


@pytest.mark.parametrize("value", ["", " ", "0", "123", "n/a", "(AU)", "1-800-FLOWERS", "+1 212 555 0100 x5", "+1 212 555 0100 ext. 5",
                                   "0491 570 006", "212-555-0100", "+0491570006", "++4420", "+1234567890123456", "+1 555 0100", "+", "00", "+44 20,7946"])  # fmt: skip
@pytest.mark.parametrize("profile", PHONES)
def test_what_is_no_number_of_one_person_anywhere_is_refused(profile, value):
    with pytest.raises(Unmatchable):
        hashed(profile, value)


@pytest.mark.parametrize(
    ("profile", "value"),
    [
        ("meta-dobd", "0"), ("meta-dobd", "32"), ("meta-dobd", "-1"), ("meta-dobm", "13"), ("meta-dobm", "0"), ("meta-dobm", "\u0661"),
        ("meta-doby", "1"), ("meta-doby", "19999"), ("meta-doby", "-1"), ("meta-db", "1990-02-30"), ("meta-ge", "x"), ("meta-country", "zz"),
        ("meta-country", "usa"), ("meta-fn", "--"), ("meta-fn", "123"), ("meta-ct", "123"), ("meta-zp", "-"), ("x-ads", "@"), ("x-ads", "a b"),
        ("uid2-email", "+tag@gmail.com"), ("tiktok-email", "_jane@example.com"), ("meta-em", "jané@example.com"),
        ("tiktok-maid", "00000000-0000-0000-0000-000000000000"), ("meta-fi", "'"), ("google-given-name", "."),
    ],
)  # fmt: skip
def test_what_no_platform_could_match_is_refused(profile, value):
    with pytest.raises(Unmatchable):
        hashed(profile, value)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_an_empty_value_and_a_hash_are_never_hashed(profile):
    for value in ("", " ", "\u00a0", hashlib.sha256(b"x").hexdigest(), hashlib.md5(b"x").hexdigest().upper()):
        with pytest.raises(Unmatchable):
            hashed(profile, value)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(PROFILES)), st.text(max_size=80) | st.from_regex(r"[+0-9 ()a-zA-Z@.-]{1,40}", fullmatch=True)
)
@example("meta-fn", "\ud800")
@example("uid2-phone", "(" * 2000)
def test_any_text_is_hashed_or_refused_and_a_normal_form_stays_as_it_is(profile, value):
    try:
        once = hashed(profile, value)
    except Unmatchable as error:
        assert str(error)
        return
    if "phone" not in profile and "-ph" not in profile:
        assert hashed(profile, once.normalised) == once


def test_the_longest_value_is_answered_at_once():
    began = time.process_time()
    for profile in PROFILES:
        for value in ("1 (" * 1300, "a" * 4000, "(a" * 2000, " x1" * 1300, "@." * 2000):
            try:
                hashed(profile, value)
            except Unmatchable:
                continue
    assert time.process_time() - began < 5


def run(given: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "config.cli", "hash", *arguments]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, input=given, capture_output=True, timeout=60)


def test_the_command_answers_every_line():
    done = run("USER@example.com\n\nnobody\n\u00e9\n".encode() + b"\xff\n", "uid2-email")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["ok"] for one in answers] == [True, False, False, False, False]
    assert set(answers[0]) == {"ok", "normalised", "sha256_hex"}
    assert set(answers[1]) == {"ok", "error"} and done.returncode == 0


def test_the_command_names_the_profiles_and_refuses_others():
    assert run(b"", "list").stdout.decode().split()[:2] == ["uid2-email", "uid2-phone"]
    assert run(b"x\n", "myspace").returncode == 4


def test_hashing_starts_without_django():
    code = "import sys, config.cli, delivery.matching; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=ENVIRONMENT, timeout=60).returncode == 0
