"""While a batch leaves: who of it may still be reached."""

import time
from collections.abc import Sequence
from uuid import UUID

from delivery.models import Intent, Release, ReleaseState
from kernel.jobs import Run
from kernel.tenancy import brand_context
from people.models import PersonGate

WATCH_SECONDS = 0.25
"""How often, while a batch leaves, it is asked who of it may still be reached."""


class Watch:
    """Says, right before a message leaves, whether it still may; looks again every quarter of a second."""

    def __init__(self, run: Run, release_id: UUID, intents: Sequence[Intent], done: int) -> None:
        self._run, self._release_id, self._done = run, release_id, done
        self._epochs = {intent.person_id: intent.permit["epoch"] for intent in intents}
        self._people = {intent.pk: intent.person_id for intent in intents}
        self._stopped: set[UUID] = set()
        self._looked = time.monotonic()

    def __call__(self, message_id: UUID) -> bool:
        """Say whether this message may still leave."""
        if time.monotonic() - self._looked >= WATCH_SECONDS:
            self._look()
        return self._people[message_id] not in self._stopped

    def _look(self) -> None:
        self._run.progress(done=self._done)
        with brand_context(self._run.brand_id):
            brand = {"brand_id": self._run.brand_id}
            states = Release.objects.filter(**brand, pk=self._release_id).values_list("state", flat=True)
            epochs = PersonGate.objects.filter(**brand, person_id__in=self._epochs).values_list("person_id", "epoch")
            running = states.first() == ReleaseState.RUNNING
            now = dict(epochs)
        self._stopped = {
            person_id for person_id, epoch in self._epochs.items() if not running or now.get(person_id) != epoch
        }
        self._looked = time.monotonic()
