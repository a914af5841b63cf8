"""The tables of delivery."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audits.models import Case
from kernel.tenancy.models import BrandForeignKey, TransactionIdField
from people.models import Person
from tenants.models import BrandOwned, Integration


class ReleaseState(models.TextChoices):
    """Where a release stands. See states.py."""

    CLEARING = "clearing", _("Clearing")
    READY = "ready", _("Ready")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    STOPPED = "stopped", _("Stopped")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class ReleaseMode(models.TextChoices):
    """Whom a release delivers to."""

    AUDIENCE = "audience", _("An audience")
    EVENTS = "events", _("Single events")


class Release(BrandOwned):
    """One delivery of one approved case to one integration.

    By `mode` it goes to a cleared audience once, or to single people, each because something happened to her.
    `sha256` is the approved fingerprint that it may deliver, and no other. `counts` is maintained, never aggregated:
    people per clearance reason under "cleared_by", per reason at the gate under "withheld_by", and per state of their
    hand-over: in_flight, handed_over, withheld, waiting (to be tried again), failed, unknown; events per state under
    "events", and what stopped them under "stopped_by". `batch` is the number of the last batch, `runner` the job that
    delivers now, `note` why it stands still or ended.
    """

    case = BrandForeignKey(Case, related_name="releases")
    integration = BrandForeignKey(Integration, related_name="releases", verbose_name=_("integration"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    mode = models.CharField(_("goes to"), max_length=10, choices=ReleaseMode.choices, default=ReleaseMode.AUDIENCE)
    state = models.CharField(_("state"), max_length=10, choices=ReleaseState.choices, default=ReleaseState.CLEARING)
    counts = models.JSONField(_("counts"), default=dict)
    audience_size = models.BigIntegerField(null=True)
    batch = models.PositiveIntegerField(default=0, editable=False)
    runner = models.UUIDField(null=True, editable=False)
    note = models.TextField(_("note"), blank=True, default="")
    created_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")

    def __str__(self) -> str:
        return str(self.pk)


class Clearance(BrandOwned):
    """What clearance said of one person for one release: `cleared`, or exactly one reason, with a time if deferred."""

    release = BrandForeignKey(Release, models.CASCADE, related_name="clearances")
    person = BrandForeignKey(Person, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=20)
    until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("clearance")
        verbose_name_plural = _("clearances")
        constraints = [models.UniqueConstraint(fields=["brand", "release", "person"], name="delivery_clearance_once")]
        indexes = [models.Index(fields=["brand", "release", "reason"], name="delivery_clearance_reason")]

    def __str__(self) -> str:
        return self.reason


class IntentState(models.TextChoices):
    """How far one hand-over came."""

    IN_FLIGHT = "in_flight", _("In flight")
    HANDED_OVER = "handed_over", _("Handed over")
    WITHHELD = "withheld", _("Withheld at the gate")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Outcome unknown")


class Intent(BrandOwned):
    """One hand-over of one person's message to one integration, committed before anything leaves.

    There is one per release and person, or one per event where events set messages off (`event` is that event's id), so
    nobody is delivered twice; `permit` says under which epoch and approval it was decided, and on what ground the
    person is reached ("because"); `reason` why the gate withheld it.
    """

    release = BrandForeignKey(Release, models.CASCADE, related_name="intents")
    person = BrandForeignKey(Person, models.CASCADE, related_name="intents")
    event = models.UUIDField(null=True, editable=False)
    state = models.CharField(max_length=12, choices=IntentState.choices)
    reason = models.CharField(max_length=20, blank=True, default="")
    permit = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True, default="")
    run_after = models.DateTimeField(null=True)
    decided_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    transaction = TransactionIdField()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "release", "person", "event"], nulls_distinct=False, name="delivery_intent_once"
            )
        ]
        indexes = [
            models.Index(fields=["brand", "person", "decided_at"], name="delivery_intent_person"),
            models.Index(fields=["brand", "release", "state"], name="delivery_intent_state"),
        ]

    def __str__(self) -> str:
        return self.state


class EventState(models.TextChoices):
    """Where an event that was posted stands. See states.py."""

    WAITING = "waiting", _("Waiting")
    DECIDED = "decided", _("Decided at the gate")
    STOPPED = "stopped", _("Stopped")
    EXPIRED = "expired", _("Ended with its release")
    NOTED = "noted", _("Noted")


class TriggerEvent(BrandOwned):
    """One thing that happened to one person, as a partner posted it: it sets a message off, or stops one.

    `name` is the partner's (`client`) own for it, and never taken twice. Nothing leaves before `not_before`; the gate
    is asked at `due_at`, which every deferral moves. `data` are values that the message may print. `reason` says why
    it was deferred last, or what stopped it. An event that stops messages is `noted` and sets nothing off.
    """

    release = BrandForeignKey(Release, models.CASCADE, related_name="events")
    person = BrandForeignKey(Person, models.CASCADE, related_name="+")
    client = models.CharField(max_length=64)
    name = models.CharField(max_length=150)
    kind = models.CharField(_("what happened"), max_length=20)
    happened_at = models.DateTimeField(_("when"))
    not_before = models.DateTimeField()
    due_at = models.DateTimeField()
    data = models.JSONField(default=dict)
    state = models.CharField(_("state"), max_length=10, choices=EventState.choices, default=EventState.WAITING)
    reason = models.CharField(max_length=20, blank=True, default="")
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["brand", "client", "name"], name="delivery_event_once")]
        indexes = [
            models.Index(fields=["brand", "release", "state", "due_at"], name="delivery_event_due"),
            models.Index(fields=["brand", "person", "kind", "happened_at"], name="delivery_event_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"


class MessageCounter(BrandOwned):
    """How many messages one person was handed over on one day (UTC): the budget's memory, kept with each hand-over."""

    person = BrandForeignKey(Person, models.CASCADE, related_name="+")
    day = models.DateField()
    messages = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("message counter")
        verbose_name_plural = _("message counters")
        constraints = [models.UniqueConstraint(fields=["brand", "person", "day"], name="delivery_counter_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.messages}"
