"""The mail's headers, where they are registered: sender, answers, List-Unsubscribe and the one click of RFC 8058."""

import time

import pytest

from audits.content import headers
from tests.content.letters import NAMES, judged, newsletter, seen

GOOD = {
    "from": "Northwind Shoes <news@northwind.example>",
    "reply_to": "hello@northwind.example",
    "list_unsubscribe": "<{{unsubscribe_url}}>, <mailto:stop@northwind.example?subject=stop>",
    "list_unsubscribe_post": "List-Unsubscribe=One-Click",
}
LETTER = newsletter("en-guide")


def with_headers(**changed: str | None) -> dict[str, str]:
    """The innocent guide with good headers, but for those that are changed; None leaves one out."""
    return {name: text for name, text in {**LETTER, **GOOD, **changed}.items() if text is not None}


@pytest.mark.parametrize("name", NAMES)
def test_good_headers_add_no_finding(name: str) -> None:
    assert {rule: one.message for rule, one in seen({**newsletter(name), **GOOD}).items()} == {}


def test_without_headers_nothing_is_said_about_them() -> None:
    assert seen(LETTER) == {}


@pytest.mark.parametrize(
    "sender",
    [
        "news@northwind.example",
        '"Anna of Northwind" <anna@mail.example>',
        "Shoes <hello@mail.northwind-shoes.example>",
        "NORTHWIND SHOES <a@esp.example>",
    ],
)
def test_a_sender_named_by_words_or_by_its_domain(sender: str) -> None:
    assert seen(with_headers(**{"from": sender})) == {}


def test_a_sender_who_is_somebody_else_contradicts() -> None:
    one = seen(with_headers(**{"from": "Royal Parcels <track@parcels.example>"}))["content.from.other"]
    assert one.outcome == "judgement"
    assert {cited.law for cited in one.citations} == {"CAN-SPAM", "ePrivacy", "PECR"}
    assert one.checked == "text"
    assert "from: “Royal Parcels <track@parcels.example>”" in one.message
    assert "Declared: yes; the message: no." in one.message


def test_a_sender_declared_as_unclear_is_left_to_the_rules() -> None:
    facts = {"campaign": {"message": {"sender_identified": False}}}
    assert "content.from.other" not in seen(with_headers(**{"from": "Royal Parcels <a@parcels.example>"}), facts)


@pytest.mark.parametrize("wrong", ["Northwind Shoes", "a@b", "a@x.example, b@x.example", "<>", "Northwind <news @x>"])
@pytest.mark.parametrize("part", ["from", "reply_to"])
def test_a_header_that_names_no_mailbox(part: str, wrong: str) -> None:
    assert seen(with_headers(**{part: wrong}))["content.from.malformed"].outcome == "judgement"


@pytest.mark.parametrize("address", ["no-reply@", "noreply@", "do-not-reply@", "nepasrepondre@", "nicht-antworten@"])
def test_answers_that_go_nowhere_contradict_that_people_read_them(address: str) -> None:
    where = f"{address}northwind.example"
    assert set(seen(with_headers(reply_to=where))) == {"content.no-reply"}
    assert set(seen(with_headers(reply_to=None, **{"from": f"Northwind Shoes <{where}>"}))) == {"content.no-reply"}
    assert seen(with_headers(**{"from": f"Northwind Shoes <{where}>"})) == {}, "answers go to reply_to"


HEADERS = [  # check, List-Unsubscribe, List-Unsubscribe-Post
    ("content.list-unsubscribe.missing", None, None),
    ("content.list-unsubscribe.missing", None, "List-Unsubscribe=One-Click"),
    ("content.list-unsubscribe.malformed", "https://www.northwind.example/stop", "List-Unsubscribe=One-Click"),
    ("content.list-unsubscribe.malformed", "<ftp://www.northwind.example/stop>", "List-Unsubscribe=One-Click"),
    ("content.list-unsubscribe.malformed", "<{{unsubscribe_url}}> <mailto:a@x.example>", "List-Unsubscribe=One-Click"),
    ("content.list-unsubscribe.https", "<mailto:stop@northwind.example>", "List-Unsubscribe=One-Click"),
    ("content.list-unsubscribe.https", "<http://www.northwind.example/s>", "List-Unsubscribe=One-Click"),
    ("content.list-unsubscribe.post", "<{{unsubscribe_url}}>", None),
    ("content.list-unsubscribe.post", "<https://www.northwind.example/s>", "One-Click"),
]


@pytest.mark.parametrize(("check", "header", "post"), HEADERS)
def test_one_click_is_declared_and_the_headers_do_not_give_it(check: str, header: str | None, post: str | None) -> None:
    found = seen(with_headers(list_unsubscribe=header, list_unsubscribe_post=post))
    assert set(found) == {check}
    assert found[check].outcome == ("advised" if check.endswith("missing") else "judgement")
    assert [cited.law for cited in found[check].citations] == ["RFC-8058"]


@pytest.mark.parametrize(
    "header",
    [
        "<https://www.northwind.example/s?u=1%2C2>",
        "(stop here) <{{unsubscribe_url}}>",
        "< mailto:a@x.example > , <HTTPS://X.EXAMPLE/S>",
    ],
)
def test_usual_ways_to_write_the_header_are_fine(header: str) -> None:
    assert seen(with_headers(list_unsubscribe=header)) == {}


def test_where_a_link_is_declared_the_header_without_one_click_is_fine() -> None:
    facts = {"campaign": {"message": {"unsubscribe": "link"}}}
    letter = with_headers(list_unsubscribe="<mailto:a@northwind.example>", list_unsubscribe_post=None)
    assert seen(letter, facts) == {}


def test_headers_answer_open_questions() -> None:
    silent = {"campaign": {"message": {"unsubscribe": None, "sender_identified": None, "reply_path": None}}}
    shows = seen(with_headers(reply_to="no-reply@northwind.example"), silent)["content.proposes"].shows
    assert {one["fact"]: one["value"] for one in shows["proposes"]} == {
        "campaign.message.unsubscribe": "one_click",
        "campaign.message.sender_identified": True,
        "campaign.message.reply_path": "no_reply",
    }


def test_a_field_in_a_header_counts_as_used() -> None:
    assert "content.fields.used" in seen(with_headers(**{"from": "{{nickname}} at Northwind <a@northwind.example>"}))


def test_headers_never_block() -> None:
    bad = {"from": "x", "reply_to": "y", "list_unsubscribe": "z", "list_unsubscribe_post": "w"}
    assert judged(with_headers(**bad)).can == "needs_human"


@pytest.mark.parametrize("piece", ['"', "<", "a@", "(", "<mailto:", "a.", "{{", ","])
def test_any_header_is_read_at_once(piece: str) -> None:
    began = time.perf_counter()
    text = (piece * 998)[:998]
    headers.mailbox(text), headers.listed(text), headers.NO_REPLY.match(text)
    assert time.perf_counter() - began < 0.5
