"""Whom a campaign reaches: sources of the campaign, and conditions in a closed vocabulary."""

import pytest

from campaigns.audience import checked, effective
from sources.answers import InvalidAnswers

SOURCES = ["newsletter", "shop-accounts"]


def where(field, comparison, value):
    return {"where": [{"field": field, "is": comparison, "value": value}]}


@pytest.mark.parametrize(
    "definition",
    [
        where("country", "equals", "GB"),
        where("country", "in", ["GB", "US-CA"]),
        where("language", "not_in", ["en", "pt-BR"]),
        where("birth_year", "at_most", 2008),
        where("birth_year", "in", [1990, 1991]),
        where("fields.shoe size", "at_least", 42.5),
        where("fields.favourite-brand", "equals", "Northwind"),
        where("fields.größe", "not_in", ["42", 43]),
        {"sources": ["newsletter"], **where("country", "equals", "FR")},
    ],
)
def test_a_good_definition_is_kept_as_it_is(definition):
    assert checked(definition, SOURCES) == definition


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ([], "audience"),
        ({"who": "all"}, "audience.who"),
        ({"sources": "newsletter"}, "audience.sources"),
        ({"sources": ["elsewhere"]}, "audience.sources[0]"),
        ({"sources": [["newsletter"]]}, "audience.sources[0]"),
        ({"where": {"field": "country"}}, "audience.where"),
        ({"where": ["country"]}, "audience.where[0]"),
        ({"where": [{"field": "country", "is": "equals", "value": "GB", "or": []}]}, "audience.where[0].or"),
        (where("email", "equals", "a@b.example"), "audience.where[0].field"),
        (where("fields", "equals", "x"), "audience.where[0].field"),
        (where("fields.", "equals", "x"), "audience.where[0].field"),
        (where("fields.a\nb", "equals", "x"), "audience.where[0].field"),
        (where(None, "equals", "x"), "audience.where[0].field"),
        (where("country", "at_least", "GB"), "audience.where[0].is"),
        (where("country", ["in"], "GB"), "audience.where[0].is"),
        (where("country", "equals", "UK"), "audience.where[0].value"),
        (where("country", "in", "GB"), "audience.where[0].value"),
        (where("country", "in", []), "audience.where[0].value"),
        (where("country", "in", ["GB", "ZZ"]), "audience.where[0].value[1]"),
        (where("language", "equals", "English"), "audience.where[0].value"),
        (where("birth_year", "at_least", "1990"), "audience.where[0].value"),
        (where("birth_year", "at_least", True), "audience.where[0].value"),
        (where("birth_year", "at_least", 90), "audience.where[0].value"),
        (where("fields.size", "at_least", "42"), "audience.where[0].value"),
        (where("fields.size", "equals", "nul\x00"), "audience.where[0].value"),
        (where("fields.size", "equals", float("nan")), "audience.where[0].value"),
        (where("fields.size", "equals", None), "audience.where[0].value"),
        (where("fields.size", "equals", {"$ne": 1}), "audience.where[0].value"),
        ({"where": where("country", "equals", "GB")["where"] * 51}, "audience.where"),
    ],
)
def test_what_is_outside_the_vocabulary_is_refused_and_names_its_place(definition, place):
    with pytest.raises(InvalidAnswers) as caught:
        checked(definition, SOURCES)
    assert caught.value.place == place


def test_what_is_left_unsaid_is_every_source_of_the_campaign_and_no_condition():
    assert effective({}, ["b", "a"]) == {"sources": ["a", "b"], "where": []}


def test_sources_are_a_set():
    assert checked({"sources": ["shop-accounts", "newsletter", "newsletter"]}, SOURCES) == {"sources": SOURCES}


def test_a_campaign_without_sources_reaches_nobody():
    assert effective({}, []) == {"sources": [], "where": []}
    with pytest.raises(InvalidAnswers):
        checked({"sources": ["newsletter"]}, [])
