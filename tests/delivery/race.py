"""A race between senders and people who withdraw, against a real receiver that notes when each request began."""

import random
import statistics
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections

from config import receiver
from delivery import gate, messages
from delivery.approval import plan_for
from delivery.clearance import Plan, decide, facts_of
from delivery.integrations import Batch, transport_for
from delivery.models import Intent, IntentState, Release, ReleaseState
from delivery.services import releases
from kernel import clock
from kernel.ids import new_id
from kernel.tenancy import brand_context
from people import services as people
from people.models import Person, PersonGate
from tests.conftest import SYSTEM
from tests.delivery import house

BATCH = 5
LONGEST_WAIT = 60.0


@dataclass
class Race:
    """The course: who takes part, and what was acknowledged when (CLOCK_MONOTONIC, as the receiver's)."""

    case: Any
    integration: Any
    other: receiver.Receiver
    gated: bool = True
    acknowledged: dict[str, float] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    problems: list[BaseException] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self, *, senders: int, withdrawers: int, withdrawals: int) -> None:
        with brand_context(self.case.brand_id):
            everybody = list(Person.objects.order_by("number").values_list("pk", flat=True))
            plan = plan_for(self.case, None)
        # Nothing but consent shall hold anybody back here.
        plan = replace(plan, per_week=10**6, in_all=None, spacing_hours=0.0, closed_hours=None)
        assert len(everybody) >= withdrawals
        leaving = iter(everybody[:withdrawals])
        lock = threading.Lock()
        # The receiver knows people by their address: here it is their number.
        addresses = {person_id: f"spring-{number}@example.org" for number, person_id in enumerate(everybody)}

        def next_one() -> UUID | None:
            with lock:
                return next(leaving, None)

        sending = [threading.Thread(target=self._guarded, args=(self._send, plan, everybody)) for _ in range(senders)]
        taking_back = [
            threading.Thread(target=self._guarded, args=(self._withdraw, next_one, addresses))
            for _ in range(withdrawers)
        ]
        for thread in sending + taking_back:
            thread.start()
        for thread in taking_back:
            thread.join()
        time.sleep(0.3)
        self.over.set()
        for thread in sending:
            thread.join()
        if self.problems:
            raise self.problems[0]

    def violations(self) -> list[str]:
        """Who was reached by a request that began after her withdrawal was acknowledged."""
        found = []
        for message in self.other.messages():
            address = message.body["data"]["to"]["email"]
            if message.began > self.acknowledged.get(address, float("inf")):
                found.append(address)
        return found

    def told(self) -> str:
        ordered = sorted(self.waits)
        p99 = ordered[int(len(ordered) * 0.99) - 1]
        return (
            f"{len(self.acknowledged)} withdrawals acknowledged, {len(self.other.messages())} deliveries,"
            f" {len(self.violations())} began after; acknowledged within p50 {statistics.median(ordered) * 1000:.0f} ms,"
            f" p99 {p99 * 1000:.0f} ms"
        )

    def _guarded(self, work: Any, *args: Any) -> None:
        try:
            work(*args)
        except BaseException as error:
            self.problems.append(error)
            self.over.set()
        finally:
            connections.close_all()

    def _withdraw(self, next_one: Any, addresses: dict[UUID, str]) -> None:
        while (person_id := next_one()) is not None:
            began = time.monotonic()
            with brand_context(self.case.brand_id):
                outcome = people.withdraw(
                    brand_id=self.case.brand_id, person=person_id, purpose="direct_marketing", channel="email",
                    idempotency_key=f"race {person_id}", by=SYSTEM, at=clock.now(),
                )  # fmt: skip
            effective = outcome.effective
            while not effective:
                assert time.monotonic() - began < LONGEST_WAIT, "a withdrawal never became effective"
                time.sleep(0.005)
                with brand_context(self.case.brand_id):
                    effective = PersonGate.objects.get(person_id=person_id).in_flight == 0
            self.acknowledged[addresses[person_id]] = time.monotonic()
            self.waits.append(time.monotonic() - began)
            time.sleep(random.uniform(0, 0.01))

    def _send(self, plan: Plan, everybody: list[UUID]) -> None:
        hook = transport_for(
            "webhook",
            brand_id=self.case.brand_id,
            config=self.integration.config,
            credentials={"secret": house.SECRET},
        )
        with hook:
            while not self.over.is_set():
                release, order = self._release(), random.sample(everybody, len(everybody))
                for start in range(0, len(order), BATCH):
                    if self.over.is_set():
                        return
                    send = self._send_gated if self.gated else self._check_then_send
                    send(hook, release, plan, order[start : start + BATCH], start)

    def _release(self) -> Release:
        with brand_context(self.case.brand_id):
            return Release.objects.create(
                brand_id=self.case.brand_id, case=self.case, integration=self.integration, sha256=self.case.sha256,
                state=ReleaseState.RUNNING, created_at=clock.now(),
            )  # fmt: skip

    def _send_gated(self, hook: Any, release: Release, plan: Plan, people_ids: list[UUID], number: int) -> None:
        at = clock.now()
        permit = gate.Permit(release.sha256, number, at + timedelta(seconds=30))
        with brand_context(release.brand_id):
            held = releases.lock(release)
            gated = gate.pass_or_withhold(release=held, plan=plan, person_ids=people_ids, permit=permit, at=at)
            told = messages.for_intents(plan, gated.passed)
        results = hook.hand_over(_batch(release, plan, permit, told))
        with brand_context(release.brand_id):
            gate.settle(release=releases.lock(release), results=results, at=clock.now(), repeatable=True)

    def _check_then_send(self, hook: Any, release: Release, plan: Plan, people_ids: list[UUID], number: int) -> None:
        """The seeded defect: the same decision, asked before sending instead of held during it."""
        at = clock.now()
        permit = gate.Permit(release.sha256, number, at + timedelta(seconds=30))
        with brand_context(release.brand_id):
            facts = facts_of(plan, people_ids, at)
            cleared = [person_id for person_id in people_ids if decide(plan, facts[person_id], at).cleared]
            intents = [
                Intent(id=new_id(), brand_id=release.brand_id, release=release, person_id=person_id,
                       state=IntentState.IN_FLIGHT, decided_at=at)
                for person_id in cleared
            ]  # fmt: skip
            told = messages.for_intents(plan, intents)
        time.sleep(random.uniform(0.001, 0.005))
        hook.hand_over(_batch(release, plan, permit, told))


def _batch(release: Release, plan: Plan, permit: gate.Permit, told: Any) -> Batch:
    return Batch(
        release.brand_id, release.pk, permit.batch, plan.campaign, plan.channels, permit.sha256, permit.not_after, told
    )
