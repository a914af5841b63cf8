"""A preference link is opaque, belongs to one person at one brand, and cannot be made or changed by anybody else."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from kernel import clock
from people import links

BRAND, PERSON = uuid4(), uuid4()


def test_a_link_says_whom_it_is_for_and_on_which_channel_it_went_out():
    read = links.read(links.token(BRAND, PERSON, "sms"))
    assert (read.brand_id, read.person_id, read.channel) == (BRAND, PERSON, "sms")


def test_a_link_shows_nothing_and_two_links_of_one_person_are_not_alike():
    first, second = links.token(BRAND, PERSON), links.token(BRAND, PERSON)
    assert first != second
    assert str(PERSON) not in first and PERSON.hex not in first


@pytest.mark.parametrize("position", range(0, 90, 7))
def test_a_link_that_was_changed_anywhere_is_broken(position):
    token = links.token(BRAND, PERSON)
    position %= len(token)
    changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
    with pytest.raises(links.BrokenLink):
        links.read(changed)


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "é", "....", links.token(BRAND, PERSON)[:-4]])
def test_what_is_no_link_is_broken_and_nothing_worse(token):
    with pytest.raises(links.BrokenLink):
        links.read(token)


def test_a_link_made_with_another_key_is_broken(settings):
    token = links.token(BRAND, PERSON)
    settings.LINK_KEY = b"another key of thirty-two bytes!"
    with pytest.raises(links.BrokenLink):
        links.read(token)


NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def rotate(settings, on):
    settings.LINK_KEYS_BEFORE = [(on.date(), settings.LINK_KEY)]
    settings.LINK_KEY = b"another key of thirty-two bytes!"


@pytest.mark.parametrize("days", [0, 1, 59, 60])
def test_a_link_works_for_60_days_after_its_key_was_taken_out_of_use(settings, days):
    with clock.held(NOON):
        token = links.token(BRAND, PERSON)
    rotate(settings, NOON)
    with clock.held(NOON + timedelta(days=days)):
        assert links.read(token).person_id == PERSON


def test_a_link_ends_61_days_after_its_key_was_taken_out_of_use(settings):
    with clock.held(NOON):
        token = links.token(BRAND, PERSON)
    rotate(settings, NOON)
    with clock.held(NOON + timedelta(days=61)), pytest.raises(links.BrokenLink):
        links.read(token)


def test_a_key_that_was_taken_out_of_use_makes_no_link_of_a_later_day(settings):
    with clock.held(NOON + timedelta(days=1)):
        token = links.token(BRAND, PERSON)
        rotate(settings, NOON)
        with pytest.raises(links.BrokenLink):
            links.read(token)


def test_new_links_are_sealed_with_the_new_key_alone(settings):
    rotate(settings, NOON)
    token = links.token(BRAND, PERSON)
    settings.LINK_KEYS_BEFORE = []
    assert links.read(token).person_id == PERSON
