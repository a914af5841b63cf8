"""The send gate: what decides at the moment of handing over, under the person's own lock.

A withdrawal and a hand-over both lock the person's gate row, so one of them is first. The gate decides again, commits
an intent (`in_flight` goes up) and only then anything leaves; afterwards the intent is settled (`in_flight` goes down).
A withdrawal is recorded at once and effective when nothing is in flight: so no delivery begins after it was
acknowledged. Locks are taken in one order: the release, then people by id.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from delivery import counting, merge, moments, reasons
from delivery.clearance import PersonFacts, Plan, Verdict, decide, facts_of
from delivery.explanation import BECAUSE
from delivery.integrations import Outcome, Result
from delivery.models import Clearance, Intent, IntentState, MessageCounter, Release, TriggerEvent
from kernel.ids import new_id
from people import queries as people
from people.explanation import Ground
from people.models import Person, PersonGate

RETRY_AFTER = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400))
"""The waits between attempts that Standard Webhooks recommends: ten attempts over 75 hours and a half."""
LINKS = frozenset({"preferences_url", "unsubscribe_url"})
"""Placeholders that every message may use."""


@dataclass(slots=True)
class Gated:
    """What the gate said of a batch: the intents that may leave now, and how many people it held back, by reason.

    `deferred` says for whom it shall be asked again, by which reason and when.
    """

    passed: list[Intent] = field(default_factory=list)
    held_back: Counter[str] = field(default_factory=Counter)
    deferred: dict[UUID, tuple[str, datetime]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Permit:
    """Under what an intent may leave: kept with it."""

    sha256: str
    batch: int
    not_after: datetime


@transaction.atomic
def pass_or_withhold(
    *,
    release: Release,
    plan: Plan,
    person_ids: Collection[UUID],
    permit: Permit,
    at: datetime,
    events: Mapping[UUID, TriggerEvent] | None = None,
) -> Gated:
    """Decide again for each person, under lock, and commit an intent for whoever passes. The release's row is locked.

    Whoever has an intent already is passed over, unless it failed and may be tried again: then the same intent goes
    through the gate anew. What cannot be decided does not pass. `events` says what happened to each of them, where
    events set the messages off: then an intent belongs to the event, and nothing passes outside of the event's time.
    """
    ids, events = sorted(person_ids), events or {}
    gates = _lock_gates(plan.brand_id, ids)
    known = {
        intent.person_id: intent
        for intent in Intent.objects.select_for_update(no_key=True).filter(
            moments.of_these(events), brand_id=plan.brand_id, release=release, person_id__in=ids
        )
    }
    facts = facts_of(plan, ids, at, {person_id: event.happened_at for person_id, event in events.items()})
    fields = dict(Person.objects.filter(brand_id=plan.brand_id, pk__in=ids).values_list("pk", "fields"))
    grounds = people.grounds(plan.brand_id, ids, needs=plan.needs, bases=plan.bases, sources=plan.sources, at=at)
    work = _Work(release, plan, permit, at, events)
    for person_id in ids:
        intent, event = known.get(person_id), events.get(person_id)
        if intent is not None and counting.bucket(intent) != "waiting":
            continue
        if event is not None and (not_before := moments.too_soon_until(event, at)) is not None:
            work.defer(person_id, intent, moments.TOO_SOON, not_before)
            continue
        verdict = moments.with_age(_verdict(plan, facts.get(person_id), at), event, at)
        known_fields = moments.printable(fields.get(person_id) or {}, event)
        problem = _merge_problem(plan, known_fields) if verdict is not None and verdict.cleared else ""
        if verdict is None or problem:
            work.withhold(person_id, intent, "error", problem)
        elif verdict.cleared:
            work.let_pass(person_id, intent, gates[person_id], grounds.get(person_id))
        elif verdict.reason in reasons.DEFERRING and verdict.until is not None:
            work.defer(person_id, intent, verdict.reason, verdict.until)
        else:
            work.withhold(person_id, intent, verdict.reason)
    return work.write()


def _verdict(plan: Plan, facts: PersonFacts | None, at: datetime) -> Verdict | None:
    return None if facts is None else decide(plan, facts, at)


def _merge_problem(plan: Plan, fields: object) -> str:
    names = merge.placeholders(plan.content) - LINKS
    if not names:
        return ""
    values = dict.fromkeys(plan.identifiers, "x") | dict.fromkeys(LINKS, "x")
    values |= {str(name): str(value) for name, value in fields.items()} if isinstance(fields, dict) else {}
    try:
        merge.merge(plan.content, values=values, approved=[*plan.fields, *LINKS])
    except merge.CannotMerge as error:
        return str(error)
    return ""


def _lock_gates(brand_id: UUID, ids: Sequence[UUID]) -> dict[UUID, int]:
    rows = PersonGate.objects.select_for_update().filter(brand_id=brand_id, person_id__in=ids)
    return dict(rows.order_by("person_id").values_list("person_id", "epoch"))


class _Work:
    """The rows that one batch writes."""

    def __init__(
        self, release: Release, plan: Plan, permit: Permit, at: datetime, events: Mapping[UUID, TriggerEvent]
    ) -> None:
        self._release, self._plan, self._permit, self._at = release, plan, permit, at
        self._events = events
        self._new: list[Intent] = []
        self._again: list[Intent] = []
        self._withheld: Counter[str] = Counter()
        self._before: list[str] = []
        self._result = Gated()

    def let_pass(self, person_id: UUID, intent: Intent | None, epoch: int, ground: Ground | None) -> None:
        """The person passes: her intent is in flight from now on, and keeps on what ground she is reached."""
        intent = self._intent(person_id, intent, IntentState.IN_FLIGHT)
        intent.attempts += 1
        intent.run_after, intent.settled_at = None, None
        intent.permit = {
            **({"uncertain": True} if intent.permit.get("uncertain") else {}),
            "epoch": epoch,
            "sha256": self._permit.sha256,
            "batch": self._permit.batch,
            "not_after": self._permit.not_after.isoformat(),
            **({BECAUSE: ground.as_dict()} if ground is not None else {}),
        }
        self._result.passed.append(intent)

    def withhold(self, person_id: UUID, intent: Intent | None, reason: str, problem: str = "") -> None:
        """The person does not pass, and will not in this release. What may have arrived before stays unknown."""
        maybe_arrived = intent is not None and intent.permit.get("uncertain")
        intent = self._intent(person_id, intent, IntentState.UNKNOWN if maybe_arrived else IntentState.WITHHELD)
        intent.reason, intent.error = reason, problem[:300]
        intent.run_after, intent.settled_at = None, self._at
        self._withheld[reason] += 1
        self._result.held_back[reason] += 1

    def defer(self, person_id: UUID, intent: Intent | None, reason: str, until: datetime) -> None:
        """The person may pass later."""
        if intent is None:
            self._result.deferred[person_id] = reason, until
        else:
            self._before.append(counting.bucket(intent))
            intent.run_after = until
            self._again.append(intent)
        self._result.held_back[reason] += 1

    def write(self) -> Gated:
        """Write everything, in a handful of statements."""
        brand = {"brand_id": self._plan.brand_id}
        counting.moved(self._release, self._before, map(counting.bucket, [*self._new, *self._again]))
        counting.add(self._release, counting.WITHHELD_BY, self._withheld)
        Intent.objects.bulk_create(self._new)
        changed = ["state", "reason", "permit", "attempts", "error", "run_after", "decided_at", "settled_at"]
        Intent.objects.bulk_update(self._again, changed)
        passed = [intent.person_id for intent in self._result.passed]
        PersonGate.objects.filter(**brand, person_id__in=passed).update(in_flight=F("in_flight") + 1)
        count_messages(self._plan.brand_id, passed, self._at, by=1)
        if not self._events:
            self._defer_clearances()
        self._release.save(update_fields=["counts"])
        return self._result

    def _intent(self, person_id: UUID, intent: Intent | None, state: IntentState) -> Intent:
        if intent is None:
            event = self._events.get(person_id)
            intent = Intent(id=new_id(), brand_id=self._plan.brand_id, release=self._release, person_id=person_id)
            intent.event = event.pk if event is not None else None
            self._new.append(intent)
        else:
            self._before.append(counting.bucket(intent))
            self._again.append(intent)
        intent.state, intent.reason, intent.error, intent.decided_at = state, "", "", self._at
        return intent

    def _defer_clearances(self) -> None:
        later = self._result.deferred
        rows = list(Clearance.objects.filter(brand_id=self._plan.brand_id, release=self._release, person_id__in=later))
        change = Counter(later[row.person_id][0] for row in rows)
        change.subtract(row.reason for row in rows)
        counting.add(self._release, counting.CLEARED_BY, change)
        for row in rows:
            row.reason, row.until = later[row.person_id]
        Clearance.objects.bulk_update(rows, ["reason", "until"])


@transaction.atomic
def settle(*, release: Release, results: Iterable[Result], at: datetime, repeatable: bool) -> Counter[str]:
    """Record what became of intents in flight: each person's `in_flight` goes down. The release's row is locked.

    `repeatable` says that handing over again under the same id has no second effect; where it has, an outcome that is
    not known stays `unknown` for a person to look at. Returns how many there are per outcome.
    """
    by_id = {result.message_id: result for result in results}
    brand_id = release.brand_id
    people = Intent.objects.filter(brand_id=brand_id, release=release, pk__in=by_id).values_list("person_id", flat=True)
    _lock_gates(brand_id, sorted(people))
    in_flight = Intent.objects.select_for_update(no_key=True).filter(
        brand_id=brand_id, release=release, pk__in=by_id, state=IntentState.IN_FLIGHT
    )
    intents = list(in_flight)
    before = [counting.bucket(intent) for intent in intents]
    for intent in intents:
        _settle_one(intent, by_id[intent.pk], at, repeatable)
    _write_settled(brand_id, intents, at)
    PersonGate.objects.filter(brand_id=brand_id, person_id__in=[intent.person_id for intent in intents]).update(
        in_flight=F("in_flight") - 1
    )
    not_sent = [intent for intent in intents if intent.state == IntentState.FAILED]
    for decided_at in {intent.decided_at for intent in not_sent}:
        those = [intent.person_id for intent in not_sent if intent.decided_at == decided_at]
        count_messages(brand_id, those, decided_at, by=-1)
    counting.moved(release, before, map(counting.bucket, intents))
    release.save(update_fields=["counts"])
    return Counter(by_id[intent.pk].outcome.value for intent in intents)


def _write_settled(brand_id: UUID, intents: Sequence[Intent], at: datetime) -> None:
    """Most arrived, and are written alike in one statement; the others one by one."""
    arrived = [intent.pk for intent in intents if intent.state == IntentState.HANDED_OVER]
    Intent.objects.filter(brand_id=brand_id, pk__in=arrived).update(
        state=IntentState.HANDED_OVER, error="", run_after=None, settled_at=at
    )
    others = [intent for intent in intents if intent.state != IntentState.HANDED_OVER]
    Intent.objects.bulk_update(others, ["state", "permit", "attempts", "error", "run_after", "settled_at"])


def _settle_one(intent: Intent, result: Result, at: datetime, repeatable: bool) -> None:
    intent.settled_at, intent.error = at, result.error
    if result.uncertain:
        intent.permit = {**intent.permit, "uncertain": True}
    maybe_arrived = bool(intent.permit.get("uncertain"))
    if result.outcome is Outcome.HANDED_OVER:
        intent.state = IntentState.HANDED_OVER
        return
    intent.state = IntentState.FAILED
    wait = result.retry_after or timedelta()
    if result.outcome in (Outcome.NOT_SENT, Outcome.GONE):
        # Nothing left, or nothing more is wanted before somebody mends it: that costs no attempt.
        intent.attempts -= 1
        intent.run_after = at + wait
    elif result.outcome is Outcome.AGAIN and (repeatable or not maybe_arrived) and intent.attempts <= len(RETRY_AFTER):
        intent.run_after = at + max(wait, RETRY_AFTER[intent.attempts - 1])
    elif maybe_arrived:
        intent.state = IntentState.UNKNOWN


def count_messages(brand_id: UUID, person_ids: Sequence[UUID], at: datetime, *, by: int) -> None:
    """Add to (or take from) the messages of these people on the day of `at`. Their gate rows are locked."""
    if not person_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MessageCounter._meta.db_table} AS held (id, brand_id, person_id, day, messages)"
            " SELECT id, %s, person_id, %s, greatest(%s, 0)"
            " FROM unnest(%s::uuid[], %s::uuid[]) AS one(id, person_id)"
            " ON CONFLICT (brand_id, person_id, day) DO UPDATE SET messages = greatest(held.messages + %s, 0)",
            [brand_id, at.date(), by, [new_id() for _ in person_ids], list(person_ids), by],
        )
