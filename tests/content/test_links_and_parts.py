"""The way out, sender, address, label, fields, pixels and links: what the message shows against what is declared."""

import re

import pytest

from tests.content.letters import LANGUAGES, judged, newsletter, seen, with_words

STOP = re.compile(r' · <a href="{{unsubscribe_url}}">[^<]*</a>')


def without(lang: str, part: str, pattern: str) -> dict[str, str]:
    letter = dict(newsletter(f"{lang}-guide"))
    letter[part] = re.sub(pattern, "", letter[part])
    return letter


def without_way_out(lang: str) -> dict[str, str]:
    letter = without(lang, "text", r".*{{unsubscribe_url}}\n")
    return letter | {"html": STOP.sub("", letter["html"])}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_declared_one_click_but_the_message_has_no_way_out(lang: str) -> None:
    found = seen(without_way_out(lang))
    one = found["content.unsubscribe.missing"]
    assert one.outcome == "judgement"
    assert "“How can the person stop it?” Declared: one click; the message: none." in one.message
    assert {citation.law for citation in one.citations} == {"CAN-SPAM", "ePrivacy", "PECR"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_declared_as_missing_is_left_to_the_rules(lang: str) -> None:
    assert seen(without_way_out(lang), {"campaign": {"message": {"unsubscribe": "none"}}}) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_way_out_in_one_part_only_is_advised(lang: str) -> None:
    found = seen(without(lang, "html", STOP.pattern))
    assert set(found) == {"content.unsubscribe.part"}
    assert "html" in found["content.unsubscribe.part"].message


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_hidden_way_out_is_none(lang: str) -> None:
    letter = without_way_out(lang)
    stop = '<p style="display: none"><a href="{{unsubscribe_url}}">x</a></p></body>'
    letter["html"] = letter["html"].replace("</body>", stop)
    assert seen(letter)["content.unsubscribe.hidden"].outcome == "judgement"


@pytest.mark.parametrize("href", ["#", "", "javascript:void(0)"])
def test_a_way_out_that_leads_nowhere(href: str) -> None:
    letter = {"subject": "x", "html": newsletter("en-guide")["html"].replace("{{unsubscribe_url}}", href)}
    assert "content.unsubscribe.hidden" in seen(letter)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "Reply STOP to end."),
        ("de", "Antworten Sie mit STOP."),
        ("fr", "Répondez STOP."),
        ("es", "Responde STOP."),
        ("it", "Rispondi STOP."),
    ],
)
def test_an_answer_is_a_way_out_too(lang: str, words: str) -> None:
    letter = without_way_out(lang)
    assert seen(letter | {"text": letter["text"] + words}) == {}


def test_without_people_reached_by_a_law_a_missing_way_out_is_advised() -> None:
    found = judged(without_way_out("en"), {"campaign": {"countries": ["JP"]}}).findings
    one = next(one for one in found if one.rule == "content.unsubscribe.missing")
    assert (one.outcome, one.citations, one.countries) == ("advised", (), ("JP",))


LINES = [("content.postal", r"(?m)^.*Northwind Shoes[ .,\w]*,.*$"), ("content.privacy", r"(?mi)^.*privacy.*$")]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("check", "pattern"), LINES)
def test_address_and_privacy_notice_are_looked_for(check: str, pattern: str, lang: str) -> None:
    letter = without(lang, "text", pattern)
    del letter["html"]
    assert check in seen(letter)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_message_that_says_nothing_of_itself(lang: str) -> None:
    found = seen({"subject": "·", "text": "{{preferences_url}} · Lorem ipsum."})
    assert set(found) == {"content.sender", "content.postal", "content.label", "content.why", "content.privacy"}
    assert judged(newsletter(f"{lang}-guide")).can == "clear"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_html_without_a_text_part_is_advised(lang: str) -> None:
    letter = {part: text for part, text in newsletter(f"{lang}-guide").items() if part != "text"}
    assert set(seen(letter)) == {"content.plain-text"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_field_that_was_not_requested(lang: str) -> None:
    found = seen(with_words(lang, "{{ shoe_size|42 }}"))
    assert set(found) == {"content.fields.requested", "content.fields.used"}
    assert "line " in found["content.fields.requested"].message
    assert seen(with_words(lang, "{{last_category}} {{preferences_url}}")) == {}


@pytest.mark.parametrize("wrong", ["*|FNAME|*", "%%first_name%%", "{{first name}}", "%recipient.name%", "[VORNAME]"])
def test_a_placeholder_that_nothing_fills_in(wrong: str) -> None:
    assert set(seen(with_words("de", wrong))) == {"content.fields.foreign"}


PIXELS = [
    '<img src="https://t.northwind.example/a" width="1" height="1">',
    '<img src="https://t.northwind.example/a" style="width:1px; height:1px">',
    '<img src="https://t.northwind.example/a" style="display:none">',
    '<img src="https://t.northwind.example/track/open.gif?u=1">',
    "<IMG SRC=https://www.facebook.com/tr?id=1>",
]


@pytest.mark.parametrize("pixel", PIXELS)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_pixel_without_consent_to_tracking_contradicts(pixel: str, lang: str) -> None:
    no_tracking = {"source": {"consent": {"uses": ["direct_marketing"]}}}
    letter = with_words(lang, pixel)
    letter["text"] = newsletter(f"{lang}-guide")["text"]
    found = judged(letter, no_tracking).findings
    one = next(one for one in found if one.rule == "content.pixel")
    assert (one.outcome, {cited.law for cited in one.citations}) == ("judgement", {"ePrivacy", "PECR"})
    assert seen(letter) == {}


HTML = [
    ("content.third-party", '<img src="https://cdn.other.example/a.png">'),
    ("content.active", '<form action="https://www.northwind.example/q"></form>'),
    ("content.active", '<iframe src="https://www.northwind.example/q"></iframe>'),
    ("content.tracked-links", '<a href="https://click.other.example/ls/click?upn=1">x</a>'),
    ("content.tracked-links", '<a href="https://www.northwind.example/?mc_eid=1">x</a>'),
    ("content.disguised-link", '<a href="https://evil.example.org/a">www.northwind.example</a>'),
    ("content.fields.leaking", '<a href="https://www.northwind.example/?e={{email}}">x</a>'),
]


@pytest.mark.parametrize(("check", "markup"), HTML)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_markup_loads_and_where_it_leads(check: str, markup: str, lang: str) -> None:
    letter = with_words(lang, markup) | {"text": newsletter(f"{lang}-guide")["text"]}
    found = seen(letter)
    assert set(found) == {check}
    assert "html, line " in found[check].message


@pytest.mark.parametrize("shown", ["www.northwind.example", "northwind.example/boots", "See the boots"])
def test_a_link_that_opens_what_it_shows_is_silent(shown: str) -> None:
    markup = f'<a href="https://www.northwind.example/boots">{shown}</a>'
    letter = with_words("en", markup) | {"text": newsletter("en-guide")["text"]}
    assert seen(letter) == {}


def test_an_open_question_gets_a_proposal_with_its_place_and_no_answer() -> None:
    silent = {"campaign": {"message": {"unsubscribe": None, "pressure": None}, "data_used": {"used": None}}}
    verdict = judged(with_words("en", "Only 2 left."), silent)
    one = next(one for one in verdict.findings if one.rule == "content.proposes")
    assert one.outcome == "advised"
    assert "“How can the person stop it?” link (html, line" in one.message
    assert "“Which kinds of pressure does it use?” false scarcity (html, line" in one.message
    assert "campaign." not in one.message
    assert "campaign.message.unsubscribe" in verdict.questions
