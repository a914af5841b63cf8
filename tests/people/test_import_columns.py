"""Columns are recognised in six languages, and can be corrected."""

import pytest

from people.imports.columns import UnusableMapping, read_mapping, suggest_mapping
from people.purposes import UnknownPurpose


@pytest.mark.parametrize(
    ("headers", "targets"),
    [
        (["Email", "Phone Number", "Country", "Date of Birth", "Customer ID"], ["email", "phone", "country", "birth_year", "customer"]),
        (["E-Mail-Adresse", "Handynummer", "Land", "Geburtsdatum", "Kundennummer"], ["email", "phone", "country", "birth_year", "customer"]),
        (["Adresse e-mail", "Téléphone", "Pays", "Date de naissance", "Langue"], ["email", "phone", "country", "birth_year", "language"]),
        (["Correo electrónico", "Teléfono móvil", "País", "Fecha de nacimiento"], ["email", "phone", "country", "birth_year"]),
        (["Posta elettronica", "Cellulare", "Paese", "Data di nascita"], ["email", "phone", "country", "birth_year"]),
        (["Adres e-mail", "Numer telefonu", "Kraj", "Język"], ["email", "phone", "country", "language"]),
        (["emailAddress", "first_name", "lastName"], ["email", "field.first_name", "field.last_name"]),
        (["newsletter", "opt-in date", "sms_opt_in"], ["consent.direct_marketing.email", "consent.direct_marketing.email.at", "consent.direct_marketing.sms"]),
        (["Einwilligung", "Einwilligung am", "Einwilligung Wortlaut"], ["consent.direct_marketing.email", "consent.direct_marketing.email.at", "consent.direct_marketing.email.wording"]),
        (["profiling:email", "profiling:email:at", "field.shoe size"], ["consent.profiling.email", "consent.profiling.email.at", "field.shoe size"]),
        (["whatever", "notes"], ["", ""]),
    ],
)  # fmt: skip
def test_headers_suggest_what_they_are(headers, targets):
    assert list(suggest_mapping(headers).values()) == targets


def test_no_target_is_suggested_twice():
    assert list(suggest_mapping(["email", "E-Mail"]).values()) == ["email", ""]


def test_a_suggestion_can_be_used_as_it_is():
    mapping = read_mapping(suggest_mapping(["Email", "Country", "Notes", "newsletter"]))
    assert mapping.columns == {"Email": "email", "Country": "country", "newsletter": "consent.direct_marketing.email"}


@pytest.mark.parametrize(
    ("columns", "defaults"),
    [
        ({"Country": "country"}, {}),
        ({"A": "email", "B": "email"}, {}),
        ({"A": "email", "B": "shoe"}, {}),
        ({"A": "email", "B": "consent.direct_marketing"}, {}),
        ({"A": "email", "B": "consent.direct_marketing.email.mood"}, {}),
        ({"A": "email"}, {"consent.direct_marketing.email": "given"}),
        ({"A": "email"}, {"date_order": "ymd"}),
        ({"A": "email"}, {"email": "x@example.org"}),
    ],
)
def test_columns_that_cannot_be_so_are_refused(columns, defaults):
    with pytest.raises(UnusableMapping):
        read_mapping({"columns": columns, "defaults": defaults})


def test_a_consent_to_what_does_not_exist_is_refused():
    with pytest.raises(UnknownPurpose):
        read_mapping({"A": "email", "B": "consent.world_peace.email"})
