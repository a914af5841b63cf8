"""The decision as one Ibis expression over the columns. It means what `reference` means and shares no rule with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import add, or_
from typing import Any
from uuid import UUID

import ibis
import pyarrow as pa

from delivery.clearance.bulk import words as w
from delivery.clearance.bulk.words import Words
from delivery.clearance.facts import BUDGET_DAYS
from delivery.clearance.hours import table as local_times
from delivery.clearance.plan import RE_ASK_DAYS, Plan
from delivery.reasons import CLEARED
from people.models import Basis, Consent, Visibility

UNDECIDED = "undecided"
"""Instead of a reason: this person does not fit into the columns, and the database is to be asked."""
DAY = 86_400
MICROS_OF_A_DAY = DAY * 1_000_000
Column = Any
"""A column of Ibis, or a plain value where it is the same for everybody."""


@dataclass(frozen=True)
class Asked:
    """What is asked of everybody at once: a plan, at a moment, with what the database says of sources now.

    `sources` maps keys to (id, whether it is open); `used_up` are the numbers of those who had as many messages of the
    campaign as are approved.
    """

    plan: Plan
    at: datetime
    words: Words
    sources: Mapping[str, tuple[UUID, bool]]
    used_up: Sequence[int] = ()


def decision(state: Any, asked: Asked) -> Any:
    """Return (number, reason, until) for the rows of a state; `until` in microseconds since 1970, or null.

    `state` is an Ibis table with the columns of `words`, or some of them.
    """
    places = ibis.memtable(_places(asked))
    return _Decision(state.inner_join(places, "place"), asked).table()


def columns_for(asked: Asked) -> list[str]:
    """Return the columns that the decision reads."""
    cells = [number for number, cell in enumerate(asked.words.cells) if cell in asked.plan.needs]
    ids = {str(asked.sources[key][0]) for key in asked.plan.sources & asked.sources.keys()}
    sources = [number for number, source in enumerate(asked.words.sources) if source in ids]
    return [
        *w.FIXED,
        *(f"{letter}{number}" for number in cells for letter in "cuh"),
        *(f"{letter}{number}" for number in sources for letter in "so"),
    ]


class _Decision:
    def __init__(self, rows: Any, asked: Asked) -> None:
        self._rows, self._asked, self._plan = rows, asked, asked.plan
        self._words, self._at = asked.words, w.micros(asked.at)
        self._known = set(rows.columns)
        cells = {cell: number for number, cell in enumerate(self._words.cells)}
        self._cells = [cells.get(need) for need in self._plan.needs]

    def table(self) -> Any:
        rows = self._rows
        cases = [(test, code) for code, test in self._tests() if test is not False]
        reason = ibis.cases(*cases, else_=CLEARED)
        told = rows.select(number=rows.number, reason=reason, over=self._quiet_until(), free=self._spacing_until())
        until = ibis.cases((told.reason == "quiet_hours", told.over), (told.reason == "spacing", told.free))
        return told.select("number", "reason", until=until)

    def _tests(self) -> Iterable[tuple[str, Column]]:
        plan, rows = self._plan, self._rows
        yield UNDECIDED, self._flag("unsure")
        yield "erased", rows.standing == w.ERASED
        yield "restricted", rows.standing != w.ACTIVE
        yield "suppressed", self._flag("suppressed")
        for state in (Consent.OBJECTED, Consent.WITHDRAWN, Consent.REFUSED):
            yield state.value, _any(self._said(cell) == w.CONSENTS[state] for cell in self._held())
        yield "expired", _any(self._ran_out(cell) for cell in self._held())
        yield "no_basis", _any(self._no_basis(cell) for cell in self._cells) if plan.needs else ibis.literal(True)
        yield "minor", self._minor()
        yield "country", ~rows.covered
        yield "source_closed", ~_some(seen != 0 for seen, _ in self._records(only_open=True))
        yield "kind_not_shared", self._refused("kinds", plan.kinds)
        yield "visibility", _any(self._hidden(seen) for seen, _ in self._records())
        yield "brand_muted", self._flag("brand_muted")
        yield "sender_muted", self._refused("senders", plan.senders) if plan.senders else rows.senders != 0
        yield "channel_off", self._refused("channels", plan.channels)
        yield "paused", rows.paused > self._at
        yield "no_retargeting", plan.retargets and self._flag("no_retargeting")
        yield "no_personalisation", plan.personalises and self._flag("no_personalisation")
        yield "no_inference", plan.infers and self._flag("no_inference")
        yield "signal", plan.heeds_signals and self._flag("unclear_signal")
        yield "re_ask", plan.asks_again and _any(self._asked_lately(cell) for cell in self._held())
        yield "stale_source", ~_some(fresh for _, fresh in self._fresh())
        yield "stale_event", plan.event_hours is not None and ibis.literal(True)
        yield "recognition", ~_some(fresh & self._recognised(seen) for seen, fresh in self._fresh())
        yield "unreachable", self._unreachable()
        yield "budget", self._over_budget()
        yield "quiet_hours", rows.wait > 0
        yield "spacing", (rows["last"] > 0) & (self._spacing_until() > self._at)
        yield "error", self._makes_no_sense()

    def _column(self, name: str) -> Column:
        return self._rows[name] if name in self._known else ibis.literal(w.empty_value(name))

    def _flag(self, name: str) -> Column:
        return (self._rows.flags & w.FLAG[name]) != 0

    def _held(self) -> list[int]:
        return [cell for cell in self._cells if cell is not None]

    def _said(self, cell: int) -> Column:
        return self._column(f"c{cell}") >> 4

    def _positive(self, cell: int) -> Column:
        return self._said(cell).isin([w.CONSENTS[Consent.GIVEN], w.CONSENTS[Consent.RENEWED]])

    def _based(self, cell: int, bases: Iterable[str]) -> Column:
        wanted = [w.BASES[basis] for basis in bases if basis in w.BASES]
        return ((self._column(f"c{cell}") >> 1) & 7).isin(wanted) if wanted else ibis.literal(False)

    def _ran_out(self, cell: int) -> Column:
        over, said = self._column(f"u{cell}") <= self._at, self._column(f"h{cell}")
        lasts = ibis.ifelse((self._column(f"c{cell}") & 1) == 1, 182, 730)
        implied = self._based(cell, [Basis.SOFT_OPT_IN, Basis.LEGITIMATE_INTERESTS]) & self._rows.canada
        over = over | (implied & (said <= self._at - lasts * MICROS_OF_A_DAY))
        return (self._said(cell) == w.CONSENTS[Consent.EXPIRED]) | (self._positive(cell) & over)

    def _no_basis(self, cell: int | None) -> Column:
        return ibis.literal(True) if cell is None else ~(self._positive(cell) & self._based(cell, self._plan.bases))

    def _asked_lately(self, cell: int) -> Column:
        return (self._said(cell) != 0) & (self._column(f"h{cell}") > self._at - RE_ASK_DAYS * MICROS_OF_A_DAY)

    def _minor(self) -> Column:
        born = self._rows.born
        too_young = born >= self._asked.at.year - self._plan.minimum_age
        return too_young if self._plan.age_may_be_unknown else too_young | (born == w.UNKNOWN)

    def _records(self, *, only_open: bool = False) -> list[tuple[Column, Column]]:
        """What each source of the plan knows of her: (record, the instant before which it may not have been seen)."""
        found = []
        for key in sorted(self._plan.sources & self._asked.sources.keys()):
            source, is_open = self._asked.sources[key]
            if str(source) in self._words.sources and (is_open or not only_open):
                number = self._words.sources.index(str(source))
                oldest = self._at - self._plan.days_of(key) * MICROS_OF_A_DAY
                found.append((self._column(f"s{number}"), self._column(f"o{number}") > oldest))
        return found

    def _fresh(self) -> list[tuple[Column, Column]]:
        return [(seen, (seen != 0) & fresh) for seen, fresh in self._records(only_open=True)]

    def _hidden(self, seen: Column) -> Column:
        return (seen != 0) & ((seen & 15) != w.VISIBILITIES[Visibility.PUBLIC])

    def _recognised(self, seen: Column) -> Column:
        paths = self._words.paths
        return (seen >> 4).isin([paths.index(path) for path in {"", self._plan.recognition} if path in paths])

    def _refused(self, listed: str, used: Iterable[str]) -> Column:
        mask = self._words.mask(listed, used)
        return bool(mask) and (self._rows[listed] & mask) != 0

    def _unreachable(self) -> Column:
        if not w.REACH.keys() >= set(self._plan.identifiers):
            return ibis.literal(True)
        needed = sum(w.REACH[kind] for kind in set(self._plan.identifiers))
        return (self._rows.reach & needed) != needed

    def _over_budget(self) -> Column:
        rows, today = self._rows, self._asked.at.toordinal() - w.EPOCH.toordinal()
        # A slot counts while it is less than a week old: `back` days before her last day with a message.
        counts = [
            ibis.ifelse(
                rows.day - back > today - BUDGET_DAYS,
                (rows.messages >> (back * w.SLOT_BITS)) & ((1 << w.SLOT_BITS) - 1),
                0,
            )
            for back in range(w.SLOTS)
        ]
        week = reduce(add, counts)
        over = (week >= rows.weekly) | (week >= self._plan.per_week)
        # Most people got nothing: that is told by one column.
        over = ((rows.messages != 0) & over) | (rows.weekly <= 0) | ibis.literal(self._plan.per_week <= 0)
        used_up = [ibis.literal(True)] if self._plan.in_all is not None and self._plan.in_all <= 0 else []
        if len(self._asked.used_up):
            used_up.append(rows.number.isin(ibis.memtable({"number": list(self._asked.used_up)}).number))
        return reduce(or_, used_up, over)

    def _quiet_until(self) -> Column:
        return self._rows.wait * 1_000_000 + self._at

    def _spacing_until(self) -> Column:
        return self._rows["last"] + timedelta(hours=self._plan.spacing_hours) // timedelta(microseconds=1)

    def _makes_no_sense(self) -> Column:
        odd = ((self._rows.flags & (w.FLAG["no_gate"] | w.FLAG["unreadable"])) != 0) | self._rows.lost
        return reduce(or_, [self._said(cell) == w.NO_STATE for cell in self._held()], odd)


def _any(tests: Iterable[Column]) -> Column:
    found = list(tests)
    return reduce(or_, found) if found else False


def _some(tests: Iterable[Column]) -> Column:
    found = list(tests)
    return reduce(or_, found) if found else ibis.literal(False)


def _places(asked: Asked) -> pa.Table:
    """What holds for everybody of one country, time zone and quiet hours: one row per place."""
    plan, times = asked.plan, local_times(asked.at)
    closed = [(plan.closed_hours.start, plan.closed_hours.end)] if plan.closed_hours else []
    waits, lost = [], []
    for country, zone, start, end in asked.words.places:
        windows = closed + ([(start, end)] if start is not None else [])
        here = times.get(zone) or times.get(f"country:{country.split('-')[0]}") or ()
        waits.append(max((_wait(now, *window) for now in here for window in windows), default=0))
        lost.append(bool(windows) and not here)
    names = [country for country, *_ in asked.words.places]
    covered = [bool({name, name.split("-")[0]} & plan.countries) and bool(name) for name in names]
    columns = {"place": range(len(names)), "covered": covered, "wait": waits, "lost": lost}
    columns["canada"] = [name.split("-")[0] == "CA" for name in names]
    kinds = {"place": pa.int32(), "wait": pa.int64()}
    return pa.table({name: pa.array(told, kinds.get(name, pa.bool_())) for name, told in columns.items()})


def _wait(now: int, start: int, end: int) -> int:
    """Seconds from a time of day until a window is over, 0 outside of it."""
    length, gone = (end - start) % DAY or DAY, (now - start) % DAY
    return length - gone if gone < length else 0
