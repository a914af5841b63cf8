"""Every place is where an editor finds it: part, line, column and the words that stand there."""

import pytest
import yaml

from audits.content import findings
from tests.content.letters import LANGUAGES, newsletter, seen, with_words

CAUGHT = {
    "en": "Only 2 left in your size.",
    "de": "Nur noch 2 Stück!",
    "fr": "Plus que 2 exemplaires !",
    "es": "¡Solo quedan 2 unidades!",
    "it": "Restano solo 2 pezzi!",
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("part", ["html", "text"])
def test_the_place_of_wording(part: str, lang: str) -> None:
    letter = {name: text for name, text in with_words(lang, CAUGHT[lang]).items() if name in (part, "subject")}
    place = seen(letter)["content.scarcity"].shows["places"][0]
    line = letter[part].split("\n")[place["line"] - 1]
    found = line[place["column"] - 1 :]
    assert place["part"] == part
    assert CAUGHT[lang].lstrip("¡").startswith(found[:5]) or found.startswith(CAUGHT[lang][:3])


def test_the_place_behind_tags_and_several_spaces() -> None:
    letter = {"subject": "x", "html": '<p>\n  <b>Good</b>   day,   <i class="a">last chance</i> to buy.</p>'}
    place = seen(letter)["content.urgency"].shows["places"][0]
    assert (place["line"], place["column"]) == (2, letter["html"].split("\n")[1].index("last") + 1)


def test_the_place_of_links_images_and_fields() -> None:
    html = '<p>a <a href="https://t.co/x">b</a>\n ab <img src="https://cdn.other.example/a.png"> {{shoe_size}}</p>'
    found = seen({"subject": "x", "html": html, "landing_url": "https://www.northwind.example/"})
    places = {name: found[name].shows["places"][0] for name in found if found[name].shows["places"]}
    assert (places["content.tracked-links"]["line"], places["content.tracked-links"]["column"]) == (1, 6)
    assert (places["content.third-party"]["line"], places["content.third-party"]["column"]) == (2, 5)
    assert (places["content.fields.used"]["line"], places["content.fields.used"]["column"]) == (2, 49)


def test_of_many_places_the_first_are_told_and_the_rest_counted() -> None:
    links = "".join(f'<a href="https://t.co/{number}">x</a>\n' for number in range(9))
    shows = seen(dict(newsletter("en-guide")) | {"html": links, "text": "t"})["content.tracked-links"].shows
    assert (len(shows["places"]), shows["more"]) == (5, 4)


def test_a_finding_says_how_its_law_was_read() -> None:
    checks = findings.load()[2]
    assert checks["content.postal"].checked(["CAN-SPAM", "CASL"]) == "text"
    assert checks["content.unsubscribe.login"].checked(["CAN-SPAM", "CASL"]) == "secondary"
    assert checks["content.shaming"].checked(["UCPD"]) == "memory"
    assert checks["content.guilt"].checked([]) == "text"


def test_every_article_that_was_read_is_cited_by_a_check() -> None:
    raw = yaml.safe_load(findings.FILE.read_text(encoding="utf-8"))
    cited = {f"{law} {article}" for one in findings.load()[2].values() for law, article in one.laws.items()}
    read = [citation for citations in raw["read"].values() for citation in citations]
    assert len(read) == len(set(read))
    assert {"CASL 6(2)(a)"} <= cited and set(read) <= cited, set(read) - cited


def test_the_place_in_the_middle_of_a_line() -> None:
    letter = {"subject": "x", "text": "Good day.\nThe boots are good, and this is your last chance to buy."}
    place = seen(letter)["content.urgency"].shows["places"][0]
    assert (place["line"], place["column"]) == (2, letter["text"].split("\n")[1].index("last") + 1)
