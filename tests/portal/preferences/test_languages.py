"""A person's own pages speak six languages: the one she chose, else her own, else what her browser accepts."""

import re

import pytest
from django.test import Client
from django.utils import translation

from kernel import mail
from people.models import Person
from portal.preferences import words
from tests import catalogues
from tests.portal.preferences.test_prove_the_address import ask, mailed

OTHERS = ["de", "es", "fr", "it", "pl"]
PLACES = re.compile(r"%\(\w+\)s")
HEADINGS = {"de": "Ihre Wahl", "es": "Sus decisiones", "fr": "Vos choix", "it": "Le Sue scelte", "pl": "Twoje wybory"}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_there_with_its_places_and_nothing_else(language):
    held = catalogues.catalogue(catalogues.LOCALE / language / "LC_MESSAGES" / "django.po")
    held.pop(("",))
    assert set(held) == catalogues.used()
    for key, texts in held.items():
        assert len(texts) == (1 if len(key) == 1 else 3 if language == "pl" else 2) and all(texts), key
        for text in texts[1:] or texts:
            assert set(PLACES.findall(text)) == set(PLACES.findall(key[-1])), (key, text)


def test_the_compiled_catalogues_are_current():
    assert catalogues.main(check=True) == 0


@pytest.mark.parametrize(("language", "forms"), [("de", 2), ("pl", 3)])
def test_numbers_take_the_form_of_the_language(language, forms):
    with translation.override(language):
        assert len({re.sub(r"\d+", "", words.effect(count)) for count in (1, 2, 5)}) == forms


@pytest.mark.django_db
@pytest.mark.parametrize("language", OTHERS)
def test_she_chooses_a_language_in_the_address_and_links_keep_it(link, language):
    page = Client().get(f"{link}?lang={language}").content.decode()
    assert f'<html lang="{language}">' in page and HEADINGS[language] in page
    assert f'href="/preferences/?lang={language}"' in page


@pytest.mark.django_db
def test_her_own_language_comes_before_her_browsers_and_her_choice_before_both(link, dora):
    Person.objects.filter(pk=dora.pk).update(language="it")
    assert '<html lang="it">' in Client().get(link, headers={"accept-language": "de"}).content.decode()
    Person.objects.filter(pk=dora.pk).update(language="pt-BR")
    assert '<html lang="de">' in Client().get(link, headers={"accept-language": "de"}).content.decode()
    for nonsense in ("xx", "../en", "de-DE"):
        answer = Client().get(link + f"?lang={nonsense}", headers={"accept-language": "fr"})
        assert '<html lang="fr">' in answer.content.decode() and answer["Content-Language"] == "fr"


@pytest.mark.django_db
def test_the_mail_and_what_it_opens_are_in_the_chosen_language():
    assert Client().post("/preferences/?lang=pl", {"email": "dora@example.org"}).status_code == 200
    link = mailed()
    assert link.endswith("?lang=pl") and "Otwórz moją stronę" in Client().get(link).content.decode()
    assert Client().post(link)["Location"].endswith("/?lang=pl")


@pytest.mark.django_db
def test_the_subject_of_the_mail_is_hers(mailoutbox):
    for language in OTHERS:
        ask(f"{language}@example.org", HTTP_ACCEPT_LANGUAGE=language)
    for mail_id in mail.due():
        mail.send(mail_id)
    assert len({one.subject for one in mailoutbox}) == len(OTHERS)


@pytest.mark.django_db
def test_no_cookie_keeps_the_language(link):
    assert not Client().get(f"{link}?lang=de").cookies
