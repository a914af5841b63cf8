"""One row of a file read as a person: what can be used, and a reason for everything that cannot."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from people import ledger, normalise
from people.imports.columns import ATTRIBUTES, IDENTIFIERS, PARTS, Columns, consent_target
from people.imports.reading import Record
from people.models import Visibility
from people.normalise import Unusable
from people.services import Incoming

LONGEST_FIELD = 500
UNKNOWN_AGE = datetime(1970, 1, 1, tzinfo=UTC)
WORDS = {
    "given": "yes y true t 1 given granted opt_in opted_in optin in subscribed active ja wahr oui vrai si sì sí vero"
    " tak x on",
    "refused": "no n false f 0 refused denied never not_given nein falsch non faux falso nie off",
    "withdrawn": "withdrawn revoked unsubscribed opt_out opted_out optout out widerrufen abgemeldet retiré désinscrit"
    " retirado revocato wycofana",
    "objected": "objected objection widersprochen opposé opuesto opposto sprzeciw",
    "renewed": "renewed reconfirmed erneuert renouvelé renovado rinnovato odnowiona",
    "expired": "expired abgelaufen expiré caducado scaduto wygasła",
    "invalidated": "invalid invalidated ungültig invalide inválido non_valido nieważna",
}
STATES = {word: state for state, words in WORDS.items() for word in words.split()}
SLASHED = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})(?:[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")
DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})(?:,?[ T]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?)?")
DAY_ENDS = time(23, 59, 59, 999999)


@dataclass(slots=True)
class RowConsent:
    """What a row says about one use and channel. `dated` is False where only the reading of the file dates it."""

    purpose: str
    channel: str
    state: str
    happened_at: datetime
    dated: bool
    expires_at: datetime | None
    basis: str
    method: str
    wording: str
    notice_version: str


@dataclass(slots=True)
class Row:
    """A row as read: a person (None: the row is left out), her consents, and (column, reason) of what is left out."""

    line: int
    person: Incoming | None
    consents: list[RowConsent] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


class RowReader:
    """Reads the rows of one file. `told_at` dates what bears no date; naive times are in `zone`, the brand's."""

    def __init__(self, columns: Columns, headers: list[str], *, told_at: datetime, zone: str, today: date) -> None:
        self.width, self.told_at, self.today = len(headers), told_at, today
        self.headers = headers
        self.zone: tzinfo = ZoneInfo(zone) if zone else UTC
        self.defaults = columns.defaults
        self.order = columns.defaults.get("date_order", "")
        where = {target: headers.index(header) for header, target in columns.columns.items()}
        self.identifiers = [(kind, where[kind]) for kind in IDENTIFIERS if kind in where]
        self.at = {name: where[name] for name in ATTRIBUTES if name in where}
        self.fields = [(target[6:], index) for target, index in where.items() if target.startswith("field.")]
        self.consents = _consent_columns(where)
        self._known: dict[str, Callable[[str], Any]] = {
            "country": lru_cache(1000)(normalise.country),
            "time_zone": lru_cache(1000)(normalise.time_zone),
            "language": lru_cache(1000)(normalise.language),
            "birth_year": lru_cache(1000)(lambda text: normalise.birth_year(text, today)),
            "visibility": lru_cache(10)(_visibility),
        }

    def read(self, record: Record) -> Row:
        """Return the row's person, consents and problems; never raises for what stands in a row."""
        values = record.values
        row = Row(record.line, None)
        if len(values) != self.width:
            found = {"found": len(values), "expected": self.width}
            row.problems.append(("", _("the row has %(found)s values, the header %(expected)s") % found))
            return row
        if any("\x00" in value for value in values):
            row.problems.append(("", _("the row holds a character that is no text")))
            return row
        attributes = self._attributes(values, row)
        visibility, observed = attributes.pop("visibility", Visibility.PUBLIC.value), self._observed(values, row)
        identifiers = self._identifiers(values, attributes.get("country", ""), row)
        if not identifiers:
            if not row.problems:
                row.problems.append(("", _("nothing in the row says who the person is")))
            return row
        row.person = Incoming(identifiers, observed, attributes, self._fields(values, row), visibility)
        row.consents = [one for cells in self.consents if (one := self._consent(values, cells, row))]
        return row

    def _identifiers(self, values: list[str], country: str, row: Row) -> tuple[tuple[str, str], ...]:
        found = []
        for kind, index in self.identifiers:
            text = values[index].strip()
            if text:
                try:
                    found.append((kind, normalise.identifier(kind, text, country)))
                except Unusable as error:
                    row.problems.append((self.headers[index], error.message))
        return tuple(found)

    def _attributes(self, values: list[str], row: Row) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, read in self._known.items():
            index = self.at.get(name)
            text = (values[index].strip() if index is not None else "") or self.defaults.get(name, "")
            if text:
                try:
                    found[name] = read(text)
                except Unusable as error:
                    row.problems.append((self.headers[index] if index is not None else name, error.message))
                    if name == "visibility":
                        found[name] = Visibility.PRIVATE.value
        return found

    def _fields(self, values: list[str], row: Row) -> dict[str, str]:
        found = {}
        for name, index in self.fields:
            text = values[index].strip()
            if len(text) > LONGEST_FIELD:
                row.problems.append((self.headers[index], _("longer than 500 characters")))
            elif text:
                found[name] = text
        return found

    def _observed(self, values: list[str], row: Row) -> datetime:
        index = self.at.get("observed_at")
        text = (values[index].strip() if index is not None else "") or self.defaults.get("observed_at", "")
        if not text:
            # A column for the age that says nothing: what is of unknown age is old, never fresh.
            return self.told_at if index is None else UNKNOWN_AGE
        try:
            return min(self._moment(text)[0], self.told_at)
        except Unusable as error:
            row.problems.append((self.headers[index] if index is not None else "observed_at", error.message))
            return UNKNOWN_AGE

    def _consent(self, values: list[str], cells: "ConsentColumns", row: Row) -> RowConsent | None:
        said = {part: values[index].strip() for part, index in cells.parts.items()}
        text = said.get("", "yes" if said.get("at") and "" not in cells.parts else "")
        if not text:
            return None
        try:
            return self._read_consent(cells, text, said)
        except Unusable as error:
            index = cells.parts.get(error.place, next(iter(cells.parts.values())))
            row.problems.append((self.headers[index], error.message))
            return None

    def _read_consent(self, cells: "ConsentColumns", text: str, said: dict[str, str]) -> RowConsent:
        target = f"consent.{cells.use}.{cells.channel}"
        for part in PARTS:
            said[part] = said.get(part) or self.defaults.get(f"{target}.{part}", "")
        state = STATES.get(text.lower().replace(" ", "_").replace("-", "_"))
        if state is None:
            raise Unusable(_("“%(text)s” is neither a yes nor a no") % {"text": text[:40]}, place="")
        positive = state in ledger.POSITIVE
        if positive and not said["at"]:
            raise Unusable(_("a consent without its date proves nothing"), place="at")
        happened_at, whole_day = self._moment(said["at"], "at") if said["at"] else (self.told_at, False)
        if whole_day and not positive:
            # Somebody said no at some time of that day: it must not lose against a yes of the same day.
            happened_at = datetime.combine(happened_at.astimezone(self.zone), DAY_ENDS, self.zone).astimezone(UTC)
        if positive and happened_at.date() > self.today:
            raise Unusable(_("a consent from the future"), place="at")
        basis = said["basis"].lower().replace(" ", "_") or "consent"
        if basis not in ledger.BASIS_STRICTNESS:
            raise Unusable(_("“%(text)s” is no lawful basis") % {"text": basis[:40]}, place="basis")
        return RowConsent(
            cells.use, cells.channel, state, happened_at, bool(said["at"]),
            self._moment(said["until"], "until")[0] if said["until"] and positive else None,
            basis, said["method"][:40], said["wording"], said["notice"][:80],
        )  # fmt: skip

    def _moment(self, text: str, place: str = "observed_at") -> tuple[datetime, bool]:
        """Return the moment in UTC, and whether only a day was said. Raises Unusable."""
        try:
            if len(text) == 10 and text[4] == "-":
                return self._local(datetime.fromisoformat(text)), True
            if text[:4].isdigit():
                return self._local(datetime.fromisoformat(text)), False
            day_first = DOTTED.fullmatch(text)
            found = day_first or (SLASHED.fullmatch(text) if self.order else None)
            if found:
                first, second, year, hour, minute, seconds = (int(one or 0) for one in found.groups())
                day, month = (first, second) if day_first or self.order == "dmy" else (second, first)
                return self._local(datetime(year, month, day, hour, minute, seconds)), found[4] is None
        except (ValueError, OverflowError):
            pass
        raise Unusable(_("“%(text)s” is no date such as 2026-05-31") % {"text": text[:40]}, place=place)

    def _local(self, moment: datetime) -> datetime:
        if moment.year < 1970:
            raise ValueError("before records began")
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class ConsentColumns:
    """Where the parts of one consent stand: "" what was said, "at" when …"""

    use: str
    channel: str
    parts: dict[str, int]


def _consent_columns(where: dict[str, int]) -> list[ConsentColumns]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    for target, index in where.items():
        named = consent_target(target)
        if named:
            found.setdefault(named[:2], {})[named[2]] = index
    return [ConsentColumns(use, channel, parts) for (use, channel), parts in found.items()]


def _visibility(text: str) -> str:
    if text.lower() not in Visibility.values:
        raise Unusable(_("not a visibility: public, followers, private or withdrawn"), place="visibility")
    return text.lower()
