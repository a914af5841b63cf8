"""The consent ledger: what was said, and what holds."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.tenancy.models import BrandForeignKey, TransactionIdField
from people.models.persons import Person, PersonOwned
from sources.models import DataSource


class Consent(models.TextChoices):
    """What a consent event says happened."""

    GIVEN = "given", _("Given")
    RENEWED = "renewed", _("Renewed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    OBJECTED = "objected", _("Objected")
    EXPIRED = "expired", _("Expired")
    INVALIDATED = "invalidated", _("Invalidated")


class Basis(models.TextChoices):
    """On which lawful basis the record lets a brand act (GDPR 6(1); ePrivacy 13(2) for the soft opt-in)."""

    CONSENT = "consent", _("Consent")
    SOFT_OPT_IN = "soft_opt_in", _("Existing customer (soft opt-in)")
    LEGITIMATE_INTERESTS = "legitimate_interests", _("Legitimate interests")
    CONTRACT = "contract", _("Contract")


class ConsentEvent(PersonOwned):
    """One thing that a person said or did about one purpose on one channel. Append-only.

    `purpose` is a use of purposes.yaml (each has its DPV IRI); `channel` one of its channels, or "any" where a refusal,
    withdrawal or objection holds on all of them. Whoever reports the same event again under its `idempotency_key`
    changes nothing.
    """

    person = BrandForeignKey(Person, related_name="consent_events")
    purpose = models.CharField(_("purpose"), max_length=40)
    channel = models.CharField(_("channel"), max_length=20)
    state = models.CharField(_("what happened"), max_length=12, choices=Consent.choices)
    basis = models.CharField(_("basis"), max_length=24, choices=Basis.choices, default=Basis.CONSENT)
    happened_at = models.DateTimeField(_("when"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    expires_at = models.DateTimeField(_("until"), null=True, blank=True)
    notice_version = models.CharField(_("notice"), max_length=80, blank=True, default="")
    wording = models.TextField(_("what was shown"), blank=True, default="")
    method = models.CharField(_("how"), max_length=40, blank=True, default="")
    source = BrandForeignKey(DataSource, null=True, blank=True, related_name="consent_events")
    evidence = models.JSONField(_("evidence"), default=dict, blank=True)
    idempotency_key = models.CharField(max_length=200)
    transaction = TransactionIdField()

    class Meta:
        verbose_name = _("consent event")
        verbose_name_plural = _("consent events")
        constraints = [models.UniqueConstraint(fields=["brand", "idempotency_key"], name="people_consentevent_once")]
        indexes = [
            models.Index(fields=["brand", "person", "purpose", "channel"], name="people_consentevent_of"),
            # Commit order, for whoever keeps a copy current.
            models.Index(fields=["brand", "transaction", "id"], name="people_consentevent_position"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.purpose} {self.channel}"


class ConsentState(PersonOwned):
    """What holds now for one person, purpose and channel: a projection of the events, whatever order they came in.

    A refusal, withdrawal or objection is written to every purpose below its own too (and from "any" to every channel),
    so that one exact look-up answers. `expires_at` is compared with the database's clock when it is read.
    """

    person = BrandForeignKey(Person, models.CASCADE, related_name="consent_states")
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=Consent.choices)
    basis = models.CharField(max_length=24, choices=Basis.choices)
    happened_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    event = BrandForeignKey(ConsentEvent, related_name="+")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["brand", "person", "purpose", "channel"], name="people_consentstate_once")
        ]
        indexes = [models.Index(fields=["brand", "purpose", "channel", "person"], name="people_consentstate_use")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.channel}: {self.state}"
