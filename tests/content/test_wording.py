"""Wording in five languages: what is caught, and the ordinary sentence beside it that is not. None of it blocks."""

import pytest

from audits.content import lexicon
from tests.content.letters import LANGUAGES, judged, newsletter, seen, with_words

PHRASES = [  # check, language, a sentence that it finds, a sentence near it that it leaves alone
    ("content.urgency", "en", "Hurry! Last chance to buy.", "The reduction ends on 30 June."),
    ("content.urgency", "de", "Letzte Chance: nur noch 3 Stunden!", "Das Angebot gilt bis 30. Juni."),
    ("content.urgency", "fr", "Dépêchez-vous, dernière chance !", "L'offre est valable jusqu'au 30 juin."),
    ("content.urgency", "es", "¡Date prisa, última oportunidad!", "La oferta vale hasta el 30 de junio."),
    ("content.urgency", "it", "Affrettati, ultima occasione!", "L'offerta vale fino al 30 giugno."),
    ("content.scarcity", "en", "Only 2 left in your size.", "The boots come in only two colours."),
    ("content.scarcity", "de", "Nur noch 2 Stück!", "Solange der Vorrat reicht."),
    ("content.scarcity", "fr", "Plus que 2 exemplaires !", "Dans la limite des stocks disponibles."),
    ("content.scarcity", "es", "¡Solo quedan 2 unidades!", "Hasta fin de existencias."),
    ("content.scarcity", "it", "Restano solo 2 pezzi!", "Fino a esaurimento scorte."),
    ("content.shaming", "en", "No thanks, I don't want to save money.", "No thanks, show me something else."),
    ("content.shaming", "de", "Nein danke, ich möchte nicht sparen.", "Nein danke, ich möchte nichts mehr hören."),
    ("content.shaming", "fr", "Non merci, je préfère payer plus.", "Non merci, une autre fois."),
    ("content.shaming", "es", "No, gracias, prefiero pagar más.", "No, gracias, otra vez será."),
    ("content.shaming", "it", "No grazie, preferisco pagare di più.", "No grazie, un'altra volta."),
    ("content.guilt", "en", "Please don't let us down.", "We miss you."),
    ("content.guilt", "de", "Lass uns nicht im Stich.", "Wir vermissen dich."),
    ("content.guilt", "fr", "Ne nous abandonnez pas.", "Vous nous manquez."),
    ("content.guilt", "es", "No nos abandones.", "Te echamos de menos."),
    ("content.guilt", "it", "Non ci abbandonare.", "Ci manchi."),
    ("content.fear", "en", "Your points will be deleted.", "Your points are worth a coffee."),
    ("content.fear", "de", "Ihre Punkte werden gelöscht.", "Ihre Punkte gelten im Café."),
    ("content.fear", "fr", "Vos points seront supprimés.", "Vos points valent un café."),
    ("content.fear", "es", "Tus puntos serán eliminados.", "Tus puntos valen un café."),
    ("content.fear", "it", "I tuoi punti saranno cancellati.", "I tuoi punti valgono un caffè."),
    ("content.sensitive", "en", "Shoes for your pregnancy.", "A talk on pregnancy and walking."),
    ("content.sensitive", "de", "Schuhe für Ihre Schwangerschaft.", "Ein Vortrag über Schwangerschaft."),
    ("content.sensitive", "fr", "Des chaussures pour votre grossesse.", "Une conférence sur la grossesse."),
    ("content.sensitive", "es", "Zapatos para tu embarazo.", "Una charla sobre el embarazo."),
    ("content.sensitive", "it", "Scarpe per la tua gravidanza.", "Un incontro sulla gravidanza."),
    ("content.sensitive", "en", "As a queer person you know.", "A queer film is on in the cinema."),
    ("content.proxy", "en", "Shoes for your baby bump.", "Ask your pharmacist about a pregnancy test."),
    ("content.proxy", "en", "A ramp for your wheelchair.", "The shop can be entered in a wheelchair."),
    ("content.proxy", "de", "Schuhe für Ihren Babybauch.", "Ein Buch über den Mutterschutz."),
    ("content.proxy", "de", "Eine Tasche für Ihr Insulin.", "Der Laden ist mit dem Rollstuhl erreichbar."),
    ("content.proxy", "fr", "Un sac pour votre insuline.", "Le magasin est accessible en fauteuil roulant."),
    ("content.proxy", "es", "Una bolsa para tu insulina.", "La tienda es accesible en silla de ruedas."),
    ("content.proxy", "it", "Una borsa per la tua insulina.", "Il negozio è accessibile in sedia a rotelle."),
    ("content.observed", "en", "We noticed you looking at boots.", "We noticed a fault in our boots."),
    (
        "content.observed",
        "de",
        "Wir haben gesehen, dass Sie Stiefel angesehen haben.",
        "Wir haben einen Fehler bemerkt.",
    ),
    ("content.observed", "fr", "Nous avons vu que vous cherchez des bottes.", "Nous avons vu une erreur."),
    ("content.observed", "es", "Hemos visto que has mirado unas botas.", "Hemos visto un error."),
    ("content.observed", "it", "Abbiamo visto che hai guardato gli stivali.", "Abbiamo visto un errore."),
    ("content.no-reply", "en", "Please do not reply to this message.", "Reply to us any time."),
    ("content.no-reply", "de", "Bitte antworten Sie nicht auf diese E-Mail.", "Bitte antworten Sie uns."),
    ("content.no-reply", "fr", "Merci de ne pas répondre à ce message.", "Merci de nous répondre."),
    ("content.no-reply", "es", "Por favor, no respondas a este mensaje.", "Respóndenos cuando quieras."),
    ("content.no-reply", "it", "Si prega di non rispondere a questo messaggio.", "Rispondici quando vuoi."),
    ("content.unsubscribe.login", "en", "Log in to unsubscribe.", "Log in to see your orders."),
    ("content.unsubscribe.login", "de", "Zum Abmelden bitte einloggen.", "Einloggen und Bestellungen sehen."),
    ("content.unsubscribe.login", "fr", "Connectez-vous pour vous désabonner.", "Connectez-vous à votre compte."),
    ("content.unsubscribe.login", "es", "Inicia sesión para darte de baja.", "Inicia sesión en tu cuenta."),
    ("content.unsubscribe.login", "it", "Accedi per disiscriverti.", "Accedi al tuo conto."),
]


@pytest.mark.parametrize(("check", "lang", "caught", "silent"), PHRASES)
def test_wording_is_found_and_its_innocent_neighbour_is_not(check: str, lang: str, caught: str, silent: str) -> None:
    one = seen(with_words(lang, caught))
    assert set(one) == {check}, one
    assert one[check].outcome in ("advised", "judgement")
    assert "line " in one[check].message
    assert seen(with_words(lang, silent)) == {}


def test_every_check_of_wording_has_a_phrase_in_each_language() -> None:
    for check in {check for check, *_ in PHRASES}:
        assert {lang for name, lang, *_ in PHRASES if name == check} == set(LANGUAGES), check


@pytest.mark.parametrize("kind", sorted(lexicon.load()))
def test_every_kind_of_wording_knows_each_language_and_says_why(kind: str) -> None:
    entries = lexicon.load()[kind]
    assert {entry.lang for entry in entries} == set(LANGUAGES)
    assert all(entry.note for entry in entries)


@pytest.mark.parametrize(
    ("lang", "subject"),
    [
        ("en", "RE: our talk"),
        ("de", "AW: Termin"),
        ("fr", "TR : rendez-vous"),
        ("es", "RV: cita"),
        ("it", "R: incontro"),
    ],
)
def test_a_subject_that_pretends_to_be_an_answer(lang: str, subject: str) -> None:
    found = seen({**newsletter(f"{lang}-guide"), "subject": subject})
    assert found["content.subject.reply"].outcome == "judgement"
    assert "subject: “" in found["content.subject.reply"].message
    assert seen({**newsletter(f"{lang}-guide"), "subject": subject.split(":")[1].strip()}) == {}


@pytest.mark.parametrize(
    ("lang", "subject"),
    [
        ("en", "Your invoice"),
        ("de", "Ihre Rechnung"),
        ("fr", "Votre facture"),
        ("es", "Tu factura"),
        ("it", "La tua fattura"),
    ],
)
def test_a_subject_that_pretends_an_account_matter(lang: str, subject: str) -> None:
    found = seen({**newsletter(f"{lang}-guide"), "subject": subject})
    assert set(found) == {"content.subject.account"}
    letter = with_words(lang, f"{subject}: 12 €")
    assert seen({**letter, "subject": subject}) == {}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_share_in_the_subject_that_the_body_does_not_mention(lang: str) -> None:
    letter = newsletter(f"{lang}-offer")
    assert set(seen({**letter, "subject": letter["subject"].replace("20", "70")})) == {"content.subject.offer"}


PROMOTING = [
    ("en", "Use the discount code BOOT.", "Your parcel is on its way."),
    ("de", "Ihr Gutscheincode: BOOT.", "Ihr Paket ist unterwegs."),
    ("fr", "Votre code promo : BOOT.", "Votre colis est en route."),
    ("es", "Tu código de descuento: BOOT.", "Tu paquete está en camino."),
    ("it", "Il tuo codice sconto: BOOT.", "Il tuo pacco è in viaggio."),
]


@pytest.mark.parametrize(("lang", "line", "plain"), PROMOTING)
def test_one_promotional_line_in_a_service_notice(lang: str, line: str, plain: str) -> None:
    facts = {"campaign": {"purpose": "service_notice", "promotional": False, "presented_as": "service"}}
    found = seen({"subject": "Northwind", "text": f"{plain}\n{line}"}, facts)
    assert found["content.promotional"].outcome == "judgement"
    assert "Declared: no; the message: yes." in found["content.promotional"].message
    assert seen({"subject": "Northwind", "text": plain}, facts) == {}


def test_what_is_declared_is_not_told_again() -> None:
    letter = with_words("en", "Hurry! Last chance to buy.")
    assert seen(letter, {"campaign": {"message": {"pressure": ["false_urgency"]}}}) == {}


def test_wording_alone_never_blocks() -> None:
    for _check, lang, caught, _silent in PHRASES[::5]:
        assert judged(with_words(lang, caught)).can != "blocked"
