"""What the columns of a file are: the targets a column may have, and a suggestion from its header."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kernel.errors import Invalid
from people import purposes

IDENTIFIERS = ("email", "phone", "device", "customer")
ATTRIBUTES = ("country", "birth_year", "time_zone", "language", "visibility", "observed_at")
PARTS = ("at", "until", "basis", "method", "wording", "notice")
FIELD = re.compile(r"field\.([\w][\w .\-]{0,59})")
DATE_ORDERS = ("dmy", "mdy")
# What a whole file may say once for all its rows. Who agreed is never among it: a consent is one person's.
DEFAULTS = ("country", "language", "time_zone", "visibility", "observed_at", "date_order")

# Words of headers in English, German, French, Spanish, Italian and Polish, without accents; the first that fits
# decides.
WORDS: tuple[tuple[str, str], ...] = (
    ("email", r"e ?mail( ?(address|adresse))?|mail|adresse (e ?mail|electronique)|correo( electronico)?|courriel"
              r"|posta elettronica|indirizzo e ?mail|adres e ?mail|poczta"),
    ("phone", r"(mobile )?phone( number)?|tel|telephone|mobile|telefon(nummer)?|handy(nummer)?|mobil(nummer)?|portable"
              r"|telefono( movil)?|movil|cellulare|numer telefonu|komorka|msisdn"),
    ("device", r"device( id)?|idfa|gaid|aaid|idfv|push token|geraet|gerate ?id|appareil|dispositivo|urzadzenie"),
    ("customer", r"customer( ?(id|no|number|nr))?|client( ?(id|no))?|member( ?(id|no|number))?|kunden ?(nr|nummer|id)"
                 r"|(numero|no|n) ?(de )?client|id client|numero (de )?cliente|id cliente|codice cliente"
                 r"|(nr|numer|id) klienta|crm ?id|user ?id"),
    ("country", r"country( code)?|land|pays|pais|paese|nazione|kraj"),
    ("birth_year", r"birth ?(year|date|day)|(year|date) of birth|dob|geburts(datum|jahr|tag)|date de naissance"
                   r"|annee de naissance|naissance|fecha de nacimiento|ano de nacimiento|data di nascita"
                   r"|anno di nascita|data urodzenia|rok urodzenia"),
    ("time_zone", r"time ?zone|zeitzone|fuseau( horaire)?|zona horaria|fuso orario|strefa czasowa"),
    ("language", r"lang(uage)?|locale|sprache|langue|idioma|lingua|jezyk"),
    ("visibility", r"visibility|sichtbarkeit|visibilite|visibilidad|visibilita|widocznosc"),
    ("observed_at", r"observed( at)?|updated( at)?|last (updated|changed|seen)|modified( at)?|stand|geandert( am)?"
                    r"|mis a jour|actualizado|aggiornato|zaktualizowano"),
    ("field.first_name", r"first ?name|given ?name|vorname|prenom|nombre|nome|imie"),
    ("field.last_name", r"last ?name|sur ?name|family ?name|nachname|nom( de famille)?|apellidos?|cognome|nazwisko"),
    ("field.city", r"city|town|ort|stadt|ville|ciudad|citta|miasto"),
)  # fmt: skip
CONSENT = re.compile(
    r"\b(consent\w*|opt ?ins?|opted ?in|subscribed|newsletter|marketing|einwilligung|zustimmung|abonn\w*"
    r"|consentement|inscrit|consentimiento|suscri\w*|consenso|iscritto|zgoda)\b"
)
CHANNEL_WORDS = (
    ("sms", r"\bsms\b|\btext\b"), ("push", r"\bpush\b"), ("post", r"\bpost(al)?\b|\bbrief\b|\bcourrier\b"),
    ("phone_live", r"\b(phone|telefon\w*|call|appel)\b"),
)  # fmt: skip
PART_WORDS = (
    ("until", r"\b(until|expir\w*|bis|ablauf|jusqu\w*|hasta|scadenza|wazna do)\b"),
    ("notice", r"\b(version|notice)\b"),
    ("wording", r"\b(wording|text|wortlaut|texte|texto|testo|tekst)\b"),
    ("method", r"\b(method\w*|how|wie|methode|metodo|metoda)\b"),
    ("basis", r"\b(basis|base|rechtsgrundlage|podstawa)\b"),
    ("at", r"\b(date|datum|at|on|am|time|when|wann|fecha|data|quand|kiedy|le|el|il)\b"),
)


class UnusableMapping(Invalid):
    """The columns cannot be used as they are assigned."""

    code = "unusable_mapping"


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what, and what holds for all rows: `columns` header → target, `defaults` target → value."""

    columns: dict[str, str]
    defaults: dict[str, str]


def suggest_mapping(headers: Iterable[str]) -> dict[str, str]:
    """Return a target for each header, "" where none is recognised. No target is suggested twice."""
    suggested: dict[str, str] = {}
    for header in headers:
        target = _suggest(header)
        suggested[header] = target if target not in suggested.values() else ""
    return suggested


def read_mapping(raw: Mapping[str, object]) -> Columns:
    """Return the mapping from {"columns": …, "defaults": …}, or from the columns alone. Raises UnusableMapping."""
    given = raw if isinstance(raw.get("columns"), Mapping) else {"columns": raw, "defaults": {}}
    columns, defaults = given.get("columns"), given.get("defaults") or {}
    if not isinstance(columns, Mapping) or not isinstance(defaults, Mapping):
        raise UnusableMapping(_("Say for each column what it is."), place="mapping")
    kept = {str(header): str(target) for header, target in columns.items() if target not in ("", "ignore", None)}
    mapping = Columns(kept, {str(name): str(value) for name, value in defaults.items() if value not in ("", None)})
    _check(mapping)
    return mapping


def check_headers(mapping: Columns, headers: list[str]) -> None:
    """Raise UnusableMapping where the mapping names a column that the file does not have."""
    for header in mapping.columns:
        if header not in headers:
            raise UnusableMapping(
                _("The file has no column “%(name)s”.") % {"name": header},
                place=header,
                remedy=_("It has: %(names)s.") % {"names": ", ".join(headers[:40])},
            )


def consent_target(target: str) -> tuple[str, str, str] | None:
    """Return (use, channel, part) of a target "consent.<use>.<channel>[.<part>]"; part "" is what was said."""
    head, *rest = target.split(".")
    if head != "consent" or len(rest) not in (2, 3):
        return None
    use, channel, part = (*rest, "")[:3]
    return use, channel, part


def _check(mapping: Columns) -> None:
    targets = list(mapping.columns.values())
    for header, target in mapping.columns.items():
        _check_target(header, target)
        if targets.count(target) > 1:
            raise UnusableMapping(_("Two columns are “%(target)s”.") % {"target": target}, place=header)
    if not set(targets) & set(IDENTIFIERS):
        raise UnusableMapping(
            _("No column says who the person is."),
            place="mapping",
            remedy=_("Assign at least one of: %(kinds)s.") % {"kinds": ", ".join(IDENTIFIERS)},
        )
    for name, value in mapping.defaults.items():
        found = consent_target(name)
        if name not in DEFAULTS and not (found and found[2]):
            raise UnusableMapping(_("“%(name)s” cannot hold for all rows at once.") % {"name": name}, place=name)
        if name == "date_order" and value not in DATE_ORDERS:
            raise UnusableMapping(_("Dates are written day first (dmy) or month first (mdy)."), place=name)
        if found:
            purposes.check([found[0]], [found[1]])


def _check_target(header: str, target: str) -> None:
    if target in IDENTIFIERS or target in ATTRIBUTES or FIELD.fullmatch(target):
        return
    found = consent_target(target)
    if found is None or found[2] not in ("", *PARTS):
        raise UnusableMapping(_("A column cannot be “%(target)s”.") % {"target": target}, place=header)
    purposes.check([found[0]], [found[1]])


def _suggest(header: str) -> str:
    exact = header.strip().lower().replace(":", ".")
    if FIELD.fullmatch(exact):
        return exact
    if exact.split(".")[0] in purposes.table().uses and "." in exact:
        exact = f"consent.{exact}"
    found = consent_target(exact)
    if found and found[0] in purposes.table().uses and found[2] in ("", *PARTS):
        return exact
    plain = _plain(header)
    for target, words in WORDS:
        if re.fullmatch(words, plain):
            return target
    return _suggest_consent(plain)


def _suggest_consent(plain: str) -> str:
    if not CONSENT.search(plain):
        return ""
    channel = next((name for name, words in CHANNEL_WORDS if re.search(words, plain)), "email")
    part = next((f".{name}" for name, words in PART_WORDS if re.search(words, CONSENT.sub(" ", plain))), "")
    return f"consent.direct_marketing.{channel}{part}"


def _plain(header: str) -> str:
    text = unicodedata.normalize("NFKD", header.replace("ł", "l").replace("ß", "ss"))
    text = "".join(one for one in text if not unicodedata.combining(one))
    return re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).lower()).strip()
