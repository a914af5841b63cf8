"""Judging a registration: every rule in force for its countries and channels, per source, as of a day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from audits.engine import coverage, questions
from audits.engine.asking import Answer, ask, both, channel_truth
from audits.engine.environment import Environment, answered, environment
from audits.engine.light_touch import mending
from audits.engine.light_touch.scoring import Line, Proposal, Scope, Should, caps, lightening, lines, total
from audits.engine.light_touch.table import Table, load_table
from audits.engine.packs import Pack, Packs, Place, Rule
from audits.engine.verdict import Can, Finding, Outlook, Verdict, worst
from facts import document
from facts.conditions import Truth
from facts.document import Registration
from facts.places import reaches


@dataclass(frozen=True)
class Asked:
    """One rule that is in force and about the place and a channel of a campaign: for which countries, how surely."""

    pack: Pack
    rule: Rule
    place: Truth
    countries: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """One registration as it is judged on a day: its countries, the campaign's environment and those of its sources."""

    packs: Packs
    on: date
    values: Mapping[str, Any]
    countries: tuple[str, ...]
    campaign: Scope
    sources: tuple[Scope, ...]
    measured: bool

    def scopes(self, rule: Rule) -> tuple[Scope, ...]:
        """The scopes that a rule is put to."""
        return (self.campaign,) if rule.scope == "campaign" else self.sources

    def rules(self) -> Iterator[tuple[Pack, Rule]]:
        """Every rule that may be asked: those that read measured facts only where these are supplied."""
        for pack in self.packs.packs:
            for rule in pack.rules:
                if self.measured or not rule.measured:
                    yield pack, rule


def judge(
    registration: Registration | Mapping[str, Any],
    *,
    packs: Packs,
    on: date,
    measured: Mapping[str, Any] | None = None,
    mend: bool = True,
) -> Verdict:
    """Judge a registration as of a day and return the verdict.

    `measured` holds the measured facts by name (`{"minors": 3}`); rules that read them are asked only where it is
    given. `mend=False` leaves out the search for what would make the campaign lighter. Raises InvalidDocument when
    `registration` is a mapping that is no valid document.
    """
    valid = registration if isinstance(registration, Registration) else document.parse(registration)
    case = open_case(valid, packs, on, measured)
    asked = tuple(put_to(case))
    findings = [one for question in asked for one in put(case, question)]
    findings += coverage.gaps(packs, on, case.countries, case.campaign.here)
    countries = {place: verdict_of(place, findings) for place in case.countries}
    can = worst([*countries.values(), *(finding.effect for finding in findings if not finding.countries)])
    should, unknown = light_touch(case, load_table(), can if mend else None)
    return Verdict(
        verdict=overall(can, should, len(asked)),
        on=on.isoformat(),
        can=can,
        countries=countries,
        should=should,
        findings=tuple(sorted(findings, key=weight)),
        questions=open_questions(case, findings, countries, unknown),
        warnings=tuple(warnings(case, valid)),
        packs=packs.hashes,
        rules_asked=len(asked),
    )


def open_case(valid: Registration, packs: Packs, on: date, measured: Mapping[str, Any] | None) -> Case:
    """Build the environments in which a registration is judged. Without any source, an unanswered one is judged."""
    values = packs.values(on)
    campaign = environment(packs, values, valid.brand, valid.campaign, None, measured)
    sources = tuple(
        Scope(
            f"source:{source['key']}" if "key" in source else "source",
            environment(packs, values, valid.brand, valid.campaign, source, measured),
        )
        for source in valid.campaign_sources or ({},)
    )
    countries = tuple(valid.campaign.get("countries", ()))
    return Case(packs, on, values, countries, Scope("campaign", campaign), sources, measured is not None)


def overall(can: Can, should: Should, asked: int) -> Can:
    """The verdict over both sides: SHOULD never blocks; what is heavy, or asked about by no rule, needs a person."""
    if can == "clear" and (should.verdict == "heavy" or not asked):
        return "needs_human"
    return can


def places(where: tuple[str, ...] | str, case: Case) -> tuple[str, ...]:
    """The places of a rule on the day: a dated list has none before its first date."""
    return tuple(case.values.get(where, ())) if isinstance(where, str) else where


def reach(where: Place, case: Case) -> tuple[Truth, tuple[str, ...]]:
    """Whether a rule applies by place, and for which countries of the campaign.

    By where people live, or by where the brand is established; unknown where only the brand could bring it in and its
    country is unanswered. A rule bound to no place applies everywhere.
    """
    people, brand = places(where.people, case), places(where.brand, case)
    if not where.people and not where.brand:
        return Truth.TRUE, case.countries
    home = case.campaign.here.answer("brand.country")
    if brand and home is not None and reaches(brand, home):
        return Truth.TRUE, case.countries
    reached = tuple(country for country in case.countries if reaches(people, country))
    if reached:
        return Truth.TRUE, reached
    return (Truth.UNKNOWN, case.countries) if brand and home is None else (Truth.FALSE, ())


def put_to(case: Case) -> Iterator[Asked]:
    """Every rule that is in force and is about the place and a channel of the campaign."""
    for pack, rule in case.rules():
        if rule.in_force(case.on):
            place, countries = reach(rule.where, case)
            if both(place, channel_truth(rule, case.campaign.here)) is not Truth.FALSE:
                yield Asked(pack, rule, place, countries)


def put(case: Case, asked: Asked) -> Iterator[Finding]:
    """Put one rule to each of its scopes and yield what it finds."""
    for scope in case.scopes(asked.rule):
        answer = ask(asked.rule, scope.here, asked.place)
        if answer.outcome is not None:
            yield finding(case, asked, scope, answer)


def finding(case: Case, asked: Asked, scope: Scope, answer: Answer) -> Finding:
    """What a rule found, with the answers that it read."""
    rule = asked.rule
    asks: tuple[str, ...] = ()
    if answer.outcome == "unanswered":
        asks = questions.facts_to_ask(rule, scope.here, case.packs, asked.place)
    read = sorted(path for path in rule.reads if not path.startswith("values."))
    return Finding(
        rule=rule.id,
        title=rule.title,
        pack=asked.pack.code,
        pack_version=asked.pack.version,
        side=rule.side,
        scope=scope.name,
        countries=asked.countries,
        outcome=answer.outcome or "errored",
        severity=rule.severity,
        citations=rule.citations,
        checked=rule.checked,
        message=rule.message,
        remedy=rule.remedy,
        facts={path: scope.here.answer(path) for path in read},
        asks=asks,
        error=answer.error,
    )


def weight(one: Finding) -> tuple[int, str, str, str]:
    """Findings are told in the order of their effect, then by rule and scope."""
    order = ("errored", "violated", "judgement", "unanswered", "advised")
    return order.index(one.outcome), one.side, one.rule, one.scope


def verdict_of(place: str, findings: Sequence[Finding]) -> Can:
    """The CAN verdict of one country of the campaign."""
    return worst([one.effect for one in findings if place in one.countries])


def open_questions(
    case: Case, findings: Sequence[Finding], countries: Mapping[str, Can], heavy: tuple[str, ...]
) -> tuple[str, ...]:
    """The unanswered facts whose answer could change the verdict, in the order of the catalogue.

    A country that is blocked anyway asks nothing; unknown factors are asked for while SHOULD is heavy.
    """
    asked = {
        path
        for one in findings
        if one.outcome == "unanswered" and one.effect == "needs_human"
        and (not one.countries or any(countries[place] != "blocked" for place in one.countries))
        for path in one.asks
    }  # fmt: skip
    if worst([*countries.values()]) != "blocked":
        asked |= set(heavy)
    known = [*case.packs.catalogue.facts, *case.packs.catalogue.measured]
    return tuple(path for path in known if path in asked)


def light_touch(case: Case, table: Table, can: Can | None) -> tuple[Should, tuple[str, ...]]:
    """The SHOULD side, and the unanswered facts that hold it heavy. Without `can` nothing is proposed."""
    counted = lines(table, case.campaign, case.sources)
    limits = caps(table, case.campaign, case.sources)
    score = total(table, [line.points for line in counted], [limit for limit, _ in limits])
    band = table.band(score)
    found: tuple[Proposal, ...] = ()
    if can is not None:
        allowed = lambda changes: can_after(case, changes) in (can, "clear")  # noqa: E731
        found = mending.proposals(mending.Search(case.packs, table, case.campaign, case.sources, allowed))
    spoken = tuple(line for line in sorted(counted, key=lambda line: -line.points) if line.points)
    should = Should(band, score, spoken, tuple(limits), found, table.version)
    return should, silent_facts(case, table, counted) if band == "heavy" else ()


def silent_facts(case: Case, table: Table, counted: Sequence[Line]) -> tuple[str, ...]:
    """The unanswered facts whose exemplary answer would lighten a factor that counts only because of silence."""
    scopes = {scope.name: scope for scope in (case.campaign, *case.sources)}
    unknown = {line.factor: scopes[line.scope] for line in counted if line.unknown}
    found = {
        path
        for factor in table.factors
        if factor.id in unknown
        for path in lightening(factor, unknown[factor.id], case.packs.catalogue)
    }
    return tuple(sorted(found))


def can_after(case: Case, changes: Mapping[str, Any]) -> Can:
    """The CAN verdict as it would be with other answers of the campaign."""
    changed = Case(
        case.packs,
        case.on,
        case.values,
        case.countries,
        Scope("campaign", environment_after(case, case.campaign, changes)),
        tuple(Scope(scope.name, environment_after(case, scope, changes)) for scope in case.sources),
        case.measured,
    )
    effects: list[Can] = []
    for one in put_to(changed):
        effects += [effect_of(one.rule, ask(one.rule, scope.here, one.place)) for scope in changed.scopes(one.rule)]
    gaps = coverage.gaps(case.packs, case.on, case.countries, changed.campaign.here)
    return worst([*effects, *(gap.effect for gap in gaps)])


def environment_after(case: Case, scope: Scope, changes: Mapping[str, Any]) -> Environment:
    """The environment of a scope with other answers."""
    return answered(case.packs, scope.here, changes)


def effect_of(rule: Rule, answer: Answer) -> Can:
    """What one answer makes of the CAN verdict; see `Finding.effect`."""
    if rule.side != "can" or answer.outcome is None or (rule.severity == "advise" and answer.outcome != "errored"):
        return "clear"
    return "blocked" if answer.outcome in ("violated", "errored") else "needs_human"


def warnings(case: Case, valid: Registration) -> Iterator[Outlook]:
    """Rules that come into force while the campaign runs and that it would fail as it is registered."""
    until = valid.schedule.get("until")
    if until is None:
        return
    last = date.fromisoformat(until)
    for _, rule in case.rules():
        if rule.start is None or not case.on < rule.start <= last or rule.severity == "advise":
            continue
        place, _ = reach(rule.where, case)
        for scope in case.scopes(rule):
            if ask(rule, scope.here, place).outcome in ("violated", "judgement"):
                yield Outlook(rule.start.isoformat(), rule.id, rule.title, scope.name)
