"""Judging a registration: every rule in force for its countries and channels, per source, as of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from audits import content
from audits.engine import coverage, questions
from audits.engine.asking import Answer, ask
from audits.engine.case import Asked, Case, open_case, put_to, reach
from audits.engine.light_touch import mending
from audits.engine.light_touch.advice import advice
from audits.engine.light_touch.proposals import Proposal
from audits.engine.light_touch.scoring import Line, Scope, caps, lightening, lines, total
from audits.engine.light_touch.should import Should
from audits.engine.light_touch.table import Table, load_table, stricter
from audits.engine.light_touch.waterfall import waterfall
from audits.engine.packs import Packs
from audits.engine.unblocking import unblock
from audits.engine.verdict import Can, Finding, Outlook, Verdict, worst
from audits.engine.whatif import Plan
from facts import document
from facts.document import Registration


def judge(
    registration: Registration | Mapping[str, Any],
    *,
    packs: Packs,
    on: date,
    measured: Mapping[str, Any] | None = None,
    mend: bool = True,
    selection: Collection[str] | None = None,
    bands: Mapping[str, int] | None = None,
) -> Verdict:
    """Judge a registration as of a day and return the verdict.

    `measured` holds the measured facts by name (`{"minors": 3}`); rules that read them are asked only where it is
    given. `mend=False` leaves out the search for what would make the campaign lighter or unblock it. `selection` names
    the fields that the audience definition reads, where it is known; `bands` says where light and mixed begin for a
    brand that is stricter with itself. Raises InvalidDocument when `registration` is a
    mapping that is no valid document.
    """
    valid = registration if isinstance(registration, Registration) else document.parse(registration)
    case = open_case(valid, packs, on, measured)
    asked = tuple(put_to(case))
    findings = [one for question in asked for one in put(case, question)]
    findings += coverage.gaps(packs, on, case.countries, case.campaign.here)
    if valid.content:
        from audits.content.findings import look

        findings += look(valid, case.campaign.here.answer)
    table = stricter(load_table(), bands)
    findings += advice(valid, table, selection)
    plan = Plan(case, asked, findings)
    countries = {place: verdict_of(place, findings) for place in case.countries}
    can = worst([*countries.values(), *(finding.effect for finding in findings if not finding.countries)])
    search = mending.Search(packs.catalogue, table, case.campaign, case.sources, plan)
    should, unknown = light_touch(case, table, search if mend else None)
    ways_out, why_not = unblock(plan, search) if mend else ((), "")
    return Verdict(
        verdict=overall(can, should, len(asked)),
        on=on.isoformat(),
        can=can,
        countries=countries,
        should=should,
        findings=tuple(sorted(findings, key=weight)),
        questions=open_questions(case, asked, findings, countries, unknown),
        warnings=tuple(warnings(case, valid)),
        packs=packs.hashes | {"light_touch": f"sha256:{table.sha256}", "content": f"sha256:{content.sha256()}"},
        rules_asked=len(asked),
        unblock=ways_out,
        unblock_note=why_not,
    )


def overall(can: Can, should: Should, asked: int) -> Can:
    """The verdict over both sides: SHOULD never blocks; what is heavy, or asked about by no rule, needs a person."""
    if can == "clear" and (should.verdict == "heavy" or not asked):
        return "needs_human"
    return can


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
    case: Case,
    put: Sequence[Asked],
    findings: Sequence[Finding],
    countries: Mapping[str, Can],
    heavy: tuple[str, ...],
) -> tuple[str, ...]:
    """The shortest list of questions whose answers would settle the verdict, in the order of the catalogue.

    A country that is blocked anyway asks nothing, and a rule that could only refer asks nothing where a person must
    judge anyway; unknown factors are asked for while SHOULD is heavy.
    """
    judged = {place for one in findings if one.outcome == "judgement" and one.side == "can" for place in one.countries}
    rules = {one.rule.id: one.rule for one in put}
    scopes = {scope.name: scope.here for scope in (case.campaign, *case.sources)}
    waiting, asked = [], set[str]()
    for one in findings:
        settled = judged if one.severity != "block" else frozenset[str]()
        concerns = [place for place in one.countries if countries[place] != "blocked" and place not in settled]
        if one.outcome != "unanswered" or one.effect != "needs_human" or (one.countries and not concerns):
            continue
        if one.rule in rules:
            waiting.append(questions.Waiting(rules[one.rule], scopes[one.scope], one.asks))
        else:
            asked |= set(one.asks)
    asked |= questions.shortest(waiting, case.packs)
    if worst([*countries.values()]) != "blocked":
        asked |= set(heavy)
    known = [*case.packs.catalogue.facts, *case.packs.catalogue.measured]
    return tuple(path for path in known if path in asked)


def light_touch(case: Case, table: Table, search: mending.Search | None) -> tuple[Should, tuple[str, ...]]:
    """The SHOULD side, and the unanswered facts that hold it heavy; without a search nothing is proposed."""
    counted = lines(table, case.campaign, case.sources)
    limits = caps(table, case.campaign, case.sources)
    summed = total(table, [(line.family, line.points) for line in counted], [limit for limit, _ in limits])
    band = table.band(summed.score)
    found: tuple[Proposal, ...] = ()
    note = ""
    if search is not None:
        found, note = mending.proposals(search)
    spoken = tuple(line for line in sorted(counted, key=lambda line: -line.points) if line.points)
    steps = tuple(waterfall(spoken, limits, summed))
    bands = {"light": table.light, "mixed": table.mixed}
    should = Should(band, summed.score, spoken, tuple(limits), found, note, bands, steps, table.version)
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


def warnings(case: Case, valid: Registration) -> Iterator[Outlook]:
    """Rules that come into force while the campaign runs and that it would fail as it is registered.

    A schedule that names a start and no end runs on.
    """
    if not valid.schedule:
        return
    until = valid.schedule.get("until")
    last = date.fromisoformat(until) if until else date.max
    for _, rule in case.rules():
        if rule.start is None or not case.on < rule.start <= last or rule.severity == "advise":
            continue
        place, _ = reach(rule.where, case)
        for scope in case.scopes(rule):
            if ask(rule, scope.here, place).outcome in ("violated", "judgement"):
                yield Outlook(rule.start.isoformat(), rule.id, rule.title, scope.name)
