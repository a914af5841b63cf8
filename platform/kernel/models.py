"""The kernel's tables: jobs, mail of the installation, and the answers kept for idempotency keys."""

from django.db import models

from kernel.ids import new_id
from kernel.tenancy.models import BrandKeyed


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(BrandKeyed):
    """One piece of work or one outgoing effect, promised in the transaction that wanted it.

    `key` says what the work is about: the same kind and key is the same job, however often it is asked for. A running
    job is leased until `leased_until`; whoever claims it next counts `attempts` up, and the former holder's writes
    are refused from then on. Celery only rings the bell: a job is found without it by the sweep.
    """

    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    report = models.JSONField(default=dict)
    error = models.TextField(default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    run_after = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_job"
        constraints = [models.UniqueConstraint(fields=["brand_id", "kind", "key"], name="kernel_job_once")]
        # The sweep asks for what is due, brand by brand.
        indexes = [models.Index(fields=["brand_id", "state", "run_after"], name="kernel_job_due")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class IdempotentAnswer(BrandKeyed):
    """The answer that one client got for one Idempotency-Key on one route, kept so that a repeat gets the same.

    Written in the transaction of the effect itself: a request that fails leaves no row, and the same key may finish it.
    """

    client_id = models.UUIDField()
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_idempotent_answer"
        constraints = [
            models.UniqueConstraint(fields=["brand_id", "client_id", "route", "key"], name="kernel_idempotent_once")
        ]

    def __str__(self) -> str:
        return f"{self.route} {self.key}"


class MailState(models.TextChoices):
    """Where a mail stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Mail(models.Model):
    """One mail of the installation itself, of no brand: recipient and text sealed, blanked once it is out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=80, default="", blank=True)
    run_after = models.DateTimeField()
    not_after = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_mail"
        indexes = [models.Index(fields=["state", "run_after"], name="kernel_mail_due")]

    def __str__(self) -> str:
        return str(self.pk)
