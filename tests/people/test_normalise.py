"""Identifiers have one form; what is none is refused with a reason."""

from datetime import date

import pytest

from people import normalise
from people.normalise import Unusable


@pytest.mark.parametrize(
    ("raw", "form"),
    [
        ("USER@example.com", "user@example.com"),
        (" Dora Dee <dora.dee@Example.com> ", "dora.dee@example.com"),
        ("user.name+NYC@Example.com", "user.name+nyc@example.com"),
        ("info@bücher.example", "info@xn--bcher-kva.example"),
        ("a@b.example.", "a@b.example"),
        ("o'neil@example.ie", "o'neil@example.ie"),
    ],
)
def test_an_e_mail_address_has_one_form(raw, form):
    assert normalise.email(raw) == form


@pytest.mark.parametrize(
    "raw",
    ["", "dora", "@example.org", "dora@", "dora@localhost", "a b@example.org", "a@@example.org", ".a@example.org",
     "a..b@example.org", "a@-example.org", "a@example.1", "a@b.c", "x" * 65 + "@example.org", "a@" + "b" * 260 + ".org",
     "a@example.org,b@example.org", "n/a"],
)  # fmt: skip
def test_what_is_no_address_is_refused(raw):
    with pytest.raises(Unusable):
        normalise.email(raw)


@pytest.mark.parametrize(
    ("raw", "country", "form"),
    [
        ("+1 (234) 567-8901", "", "+12345678901"),
        ("0491 570 006", "AU", "+61491570006"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("+44 (0)20 7946 0018", "", "+442079460018"),
        ("0049 172 1234567", "FR", "+491721234567"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("347 123 4567", "IT", "+393471234567"),
        ("(415) 555-0132", "US-CA", "+14155550132"),
    ],
)
def test_a_phone_number_has_one_form(raw, country, form):
    assert normalise.phone(raw, country) == form


@pytest.mark.parametrize(
    ("raw", "country"),
    [
        ("020 7946 0018", ""),
        ("12", "GB"),
        ("call me", "GB"),
        ("+0123456789", ""),
        ("+1234567890123456", ""),
        ("٠١٢٣٤٥٦٧", "GB"),
    ],
)
def test_what_is_no_phone_number_is_refused(raw, country):
    with pytest.raises(Unusable):
        normalise.phone(raw, country)


@pytest.mark.parametrize("raw", ["00000000-0000-0000-0000-000000000000", "", "short", "has spaces in it"])
def test_what_is_no_device_is_refused(raw):
    with pytest.raises(Unusable):
        normalise.device(raw)


@pytest.mark.parametrize(("raw", "form"), [("uk", "GB"), ("us_ca", "US-CA"), ("de", "DE")])
def test_a_country_has_one_form(raw, form):
    assert normalise.country(raw) == form


@pytest.mark.parametrize(("raw", "year"), [("1980", 1980), ("1980-05-01", 1980), ("01.05.1980", 1980), (1999, 1999)])
def test_a_year_of_birth_is_read_from_a_date_too(raw, year):
    assert normalise.birth_year(raw, date(2026, 11, 21)) == year


@pytest.mark.parametrize("raw", ["80", "2027", "1899", "soon", "1980-5"])
def test_what_is_no_year_of_birth_is_refused(raw):
    with pytest.raises(Unusable):
        normalise.birth_year(raw, date(2026, 11, 21))


def test_a_language_and_a_time_zone_have_one_form():
    assert normalise.language("pt_br") == "pt-BR"
    assert normalise.time_zone(" Europe/Paris ") == "Europe/Paris"
    with pytest.raises(Unusable):
        normalise.time_zone("CEST/Berlin")
