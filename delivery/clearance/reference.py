"""One person, decided in plain Python: what the rules mean. The gate asks this, and so does whoever wants to know why.

Every rule stands alone and says whether its reason holds. A rule that fails to decide is the reason `error`: silence
and confusion never clear anybody.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from delivery import reasons
from delivery.clearance.facts import ENQUIRIES, ConsentFact, PersonFacts, RecordFact
from delivery.clearance.hours import Window, candidates, local_seconds, longest_wait, seconds
from delivery.clearance.plan import RE_ASK_DAYS, Plan
from people.models import Basis, Consent, PersonState, Visibility
from sources.models import SourceState

log = logging.getLogger(__name__)

POSITIVE = (Consent.GIVEN, Consent.RENEWED)
IMPLIED = (Basis.SOFT_OPT_IN, Basis.LEGITIMATE_INTERESTS)
AFTER_A_PURCHASE, AFTER_AN_ENQUIRY = timedelta(days=730), timedelta(days=182)
"""How long consent is implied in Canada: two years, six months after an enquiry (CASL s 10(10)); whole days."""
Answer = bool | datetime
"""Whether the reason holds; a time says that it holds until then."""


class Undecidable(Exception):
    """What is recorded of the person makes no sense."""


@dataclass(frozen=True, slots=True)
class Found:
    """One reason that holds for a person, and until when if it ends by itself."""

    code: str
    until: datetime | None = None

    @property
    def sentence(self) -> str:
        """The reason in plain words, in the reader's language."""
        return reasons.sentence(self.code)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that stands against reaching one person, in order of precedence; nothing means cleared."""

    found: tuple[Found, ...]

    @property
    def cleared(self) -> bool:
        """Whether the person may be reached."""
        return not self.found

    @property
    def reason(self) -> str:
        """`cleared`, or the one reason that counts."""
        return self.found[0].code if self.found else reasons.CLEARED

    @property
    def until(self) -> datetime | None:
        """When to ask again, where the reason that counts ends by itself."""
        return self.found[0].until if self.found else None


def decide(plan: Plan, person: PersonFacts, at: datetime) -> Verdict:
    """Return all reasons that hold for the person at this moment. Never raises: what cannot be decided is `error`."""
    found = []
    for code, rule in RULES.items():
        try:
            answer = rule(plan, person, at)
        except Exception as error:
            log.warning("clearance of person %s: %s: %s", person.person_id, code, type(error).__name__)
            found.append(Found("error"))
            continue
        if answer:
            found.append(Found(code, answer if isinstance(answer, datetime) else None))
    found.sort(key=lambda one: reasons.ORDER[one.code])
    return Verdict(tuple(dict.fromkeys(found)))


def _any_state(plan: Plan, person: PersonFacts, state: Consent) -> bool:
    return any(person.consents[need].state == state for need in plan.needs if need in person.consents)


def _has_run_out(fact: ConsentFact, country: str, at: datetime) -> bool:
    over = fact.expires_at is not None and fact.expires_at <= at
    if fact.basis in IMPLIED and country.partition("-")[0] == "CA":
        lasts = AFTER_AN_ENQUIRY if fact.method in ENQUIRIES else AFTER_A_PURCHASE
        over = over or fact.happened_at + lasts <= at
    return fact.state == Consent.EXPIRED or (fact.state in POSITIVE and over)


def _expired(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    held = [person.consents[need] for need in plan.needs if need in person.consents]
    return any(_has_run_out(fact, person.country, at) for fact in held)


def _no_basis(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    held = [person.consents.get(need) for need in plan.needs]
    return not held or not all(fact and fact.state in POSITIVE and fact.basis in plan.bases for fact in held)


def _minor(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    if person.birth_year is None:
        return not plan.age_may_be_unknown
    # Whoever turns that old this year may not have had the birthday yet.
    return at.year - person.birth_year <= plan.minimum_age


def _open(person: PersonFacts) -> list[RecordFact]:
    return [record for record in person.records if record.source_state == SourceState.ACTIVE]


def _fresh(plan: Plan, person: PersonFacts, at: datetime) -> list[RecordFact]:
    return [one for one in _open(person) if one.observed_at + timedelta(days=plan.days_of(one.source)) > at]


def _recognised_otherwise(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    return not any(record.recognised_by in ("", plan.recognition) for record in _fresh(plan, person, at))


def _sender_muted(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    # Where it is not known who writes, it may be the one whom she muted.
    muted = person.settings.senders_muted
    return _wants_none_of(muted, plan.senders) or (not plan.senders and isinstance(muted, list | tuple) and bool(muted))


def _asked_lately(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    answered = [person.consents[need].happened_at for need in plan.needs if need in person.consents]
    return plan.asks_again and any(when + timedelta(days=RE_ASK_DAYS) > at for when in answered)


def _stale_event(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    if plan.event_hours is None:
        return False
    return person.event_at is None or person.event_at + timedelta(hours=plan.event_hours) <= at


def _hidden(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    return any(record.visibility != Visibility.PUBLIC for record in person.records)


def _paused(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    return person.settings.paused_until is not None and person.settings.paused_until > at


def _over_budget(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    own = person.settings.messages_per_week
    per_week = plan.per_week if own is None else min(own, plan.per_week)
    return person.week_messages >= per_week or (plan.in_all is not None and person.campaign_messages >= plan.in_all)


def _quiet(plan: Plan, person: PersonFacts, at: datetime) -> Answer:
    windows = [plan.closed_hours] if plan.closed_hours else []
    settings = person.settings
    if settings.quiet_from is not None or settings.quiet_until is not None:
        windows.append(Window(seconds(settings.quiet_from), seconds(settings.quiet_until)))
    if not windows:
        return False
    zones = candidates(person.time_zone, person.country)
    if not zones:
        raise Undecidable("where the person lives")
    wait = longest_wait(local_seconds(zones, at), windows)
    return at + timedelta(seconds=wait) if wait else False


def _too_soon(plan: Plan, person: PersonFacts, at: datetime) -> Answer:
    if person.last_message_at is None:
        return False
    free = person.last_message_at + timedelta(hours=plan.spacing_hours)
    return free if free > at else False


def _makes_no_sense(plan: Plan, person: PersonFacts, at: datetime) -> bool:
    settings = person.settings
    return (
        not person.has_gate
        or not _are_texts(settings.kinds_refused)
        or not _are_texts(settings.channels_off)
        or not _are_texts(settings.senders_muted)
        or any(fact.state not in Consent.values for fact in person.consents.values())
    )


def _are_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)


def _wants_none_of(refused: object, used: Iterable[str]) -> bool:
    return isinstance(refused, list | tuple) and any(one in refused for one in used)


Rule = Callable[[Plan, PersonFacts, datetime], Answer]
RULES: dict[str, Rule] = {
    "erased": lambda plan, person, at: person.state == PersonState.ERASED,
    "restricted": lambda plan, person, at: person.state not in (PersonState.ACTIVE, PersonState.ERASED),
    "suppressed": lambda plan, person, at: person.suppressed,
    "objected": lambda plan, person, at: _any_state(plan, person, Consent.OBJECTED),
    "withdrawn": lambda plan, person, at: _any_state(plan, person, Consent.WITHDRAWN),
    "refused": lambda plan, person, at: _any_state(plan, person, Consent.REFUSED),
    "expired": _expired,
    "no_basis": _no_basis,
    "minor": _minor,
    "country": lambda plan, person, at: not plan.covers(person.country),
    "source_closed": lambda plan, person, at: not _open(person),
    "kind_not_shared": lambda plan, person, at: _wants_none_of(person.settings.kinds_refused, plan.kinds),
    "visibility": _hidden,
    "brand_muted": lambda plan, person, at: person.settings.brand_muted,
    "sender_muted": _sender_muted,
    "channel_off": lambda plan, person, at: _wants_none_of(person.settings.channels_off, plan.channels),
    "paused": _paused,
    "no_retargeting": lambda plan, person, at: plan.retargets and person.settings.no_retargeting,
    "no_personalisation": lambda plan, person, at: plan.personalises and person.settings.no_personalisation,
    "no_inference": lambda plan, person, at: plan.infers and person.settings.no_inference,
    "signal": lambda plan, person, at: plan.heeds_signals and person.signal_unclear,
    "re_ask": _asked_lately,
    "stale_source": lambda plan, person, at: not _fresh(plan, person, at),
    "stale_event": _stale_event,
    "recognition": _recognised_otherwise,
    "unreachable": lambda plan, person, at: not person.reachable.issuperset(plan.identifiers),
    "budget": _over_budget,
    "quiet_hours": _quiet,
    "spacing": _too_soon,
    "error": _makes_no_sense,
}
