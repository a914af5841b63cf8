"""Whatever stands in a message: it is read in bounded time, and what could not be read is said."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.content.markup import read_page
from audits.content.reading import read, site
from tests.content.letters import newsletter, seen, with_words

SCRAPS = st.sampled_from(
    ["<", ">", "</", "<!--", "-->", "<![CDATA[", "<a href=", '"', "'", "{{", "}}", "<img ", "<style>", "<p hidden>", "&#",
     "&#x110000;", "=", "/>", "\n", " ", "https://", "unsubscribe", "\u202e", "é", "İ", "http://[::1"]
)  # fmt: skip
MARKUP = st.lists(SCRAPS | st.text(max_size=6), max_size=40).map("".join)


@settings(max_examples=500, deadline=None)
@given(MARKUP, MARKUP, MARKUP)
def test_no_markup_stops_the_checks(html: str, text: str, subject: str) -> None:
    clean = {part: value.replace("\0", "") for part, value in (("html", html), ("text", text), ("subject", subject))}
    encodable = {part: value.encode("utf-8", "ignore").decode() for part, value in clean.items()}
    for one in seen(encodable).values():
        assert one.outcome in ("advised", "judgement")


@pytest.mark.parametrize(
    "scrap",
    ["<!--", "<a ", "<![", "</", "<a b='", "<div>", "<p style='display:none'>", "{{ a", "a1 ", "http://a", "&#"],
)
def test_a_megabyte_of_anything_is_read_in_bounded_time(scrap: str) -> None:
    whole = (scrap * (1_000_000 // len(scrap) + 1))[:1_000_000]
    start = time.process_time()
    found = seen({"subject": "Boots", "html": whole, "text": whole})
    assert time.process_time() - start < 20
    assert found["content.whole"].outcome == "judgement"


def test_nesting_without_end_is_read_whole() -> None:
    page = read_page("<div>" * 50_000 + "words" + "</div>" * 50_000)
    assert page.whole
    assert page.prose.text.strip() == "words"


@pytest.mark.parametrize("cut", ["<!-- never closed", "<script>never closed", "<style>p {"])
def test_markup_that_ends_nowhere_is_said(cut: str) -> None:
    letter = dict(newsletter("en-guide"))
    letter["html"] = letter["html"].replace("<body>", f"<body>{cut}")
    assert seen(letter)["content.whole"].outcome == "judgement"


def test_what_was_not_read_is_not_called_missing() -> None:
    found = seen({"subject": "Northwind", "text": "word " * 100_000})
    assert "content.unsubscribe.missing" not in found
    assert "content.whole" in found


def test_the_place_is_the_line_of_the_part() -> None:
    message = read({"html": "<p>one</p>\n<p>two</p>\n<a\nhref='https://a.example/'>unsub<b>scribe</b></a>"})
    assert [(link.line, link.words) for link in message.page.links] == [(3, "unsubscribe")]
    letter = with_words("en", "Only 2 left.")
    line = letter["html"].split("Only 2 left.")[0].count("\n") + 1
    assert f"html, line {line}" in seen(letter)["content.scarcity"].message


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://www.shop.co.uk/x", "shop.co.uk"),
        ("//img.a.example", "a.example"),
        ("cid:1", ""),
        ("https://u@a.b.example:8443/", "b.example"),
    ],
)
def test_the_site_of_an_address(address: str, expected: str) -> None:
    assert site(address) == expected
