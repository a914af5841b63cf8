"""Purposes: every campaign purpose on every channel of the vocabulary needs at least one use, each with its DPV purpose."""

import json
from pathlib import Path

import pytest

from facts.catalogue import load
from people import purposes
from tests import completeness

TERMS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "dpv_terms.json"


def choices(fact: str) -> list[str]:
    return list(load().facts[fact].choices)


def test_every_purpose_on_every_channel_needs_a_use():
    for purpose in choices("campaign.purpose"):
        for channel in choices("campaign.channels"):
            assert purposes.uses_for(purpose, channel), (purpose, channel)


def test_the_table_names_no_purpose_or_channel_that_the_vocabulary_lacks():
    assert set(purposes.table().needed) == set(choices("campaign.purpose"))
    assert set(purposes.table().channels) == set(choices("campaign.channels"))


def test_every_use_that_people_can_agree_to_is_in_the_table():
    assert set(choices("source.consent.uses")) <= set(purposes.table().uses)


def test_every_needed_use_is_in_the_table():
    needed = {use for by in purposes.table().needed.values() for uses in by.values() for use in uses}
    assert needed <= set(purposes.table().uses)


def test_every_use_has_a_purpose_of_the_data_privacy_vocabulary():
    if not TERMS.exists():
        completeness.missing("the terms of the Data Privacy Vocabulary")
    known = {
        term["iri"]
        for terms in json.loads(TERMS.read_text()).values()
        if isinstance(terms, list)
        for term in terms
        if isinstance(term, dict)
    }
    assert {use.iri for use in purposes.table().uses.values()} <= known


def test_the_tree_has_no_circle_and_service_stands_apart():
    assert set(purposes.with_all_below("marketing")) == set(purposes.table().uses) - {"service"}


def test_a_purpose_that_does_not_exist_is_refused_not_guessed():
    with pytest.raises(purposes.UnknownPurpose):
        purposes.uses_for("world_peace", "email")
    with pytest.raises(purposes.UnknownPurpose):
        purposes.uses_for("newsletter", "pigeon")


def test_a_newsletter_by_e_mail_needs_consent_to_direct_marketing():
    assert purposes.uses_for("newsletter", "email") == ["direct_marketing"]
    assert purposes.iris_for("newsletter", "email") == ["https://w3id.org/dpv#DirectMarketing"]
