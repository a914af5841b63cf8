"""What persons ask of a brand: their settings, suppressed addresses, signals of their devices."""

from django.db import models
from django.db.models import Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.tenancy.models import BrandForeignKey
from people.models.persons import IdentifierKind, Person, PersonOwned
from people.signal_kinds import Carrier, Scope, SignalKind
from tenants.models import BrandOwned


class PrivacySettings(PersonOwned):
    """What one person asked of one brand. A field that is empty restricts nothing; the strictest holds."""

    person = BrandForeignKey(Person, models.CASCADE, related_name="privacy_settings")
    kinds_refused = models.JSONField(_("kinds of data not shared"), default=list, blank=True)
    channels_off = models.JSONField(_("channels switched off"), default=list, blank=True)
    senders_muted = models.JSONField(
        _("senders muted"), default=list, blank=True, db_default=Value([], models.JSONField())
    )
    messages_per_week = models.PositiveSmallIntegerField(_("messages per week at most"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    no_personalisation = models.BooleanField(_("no personalisation"), default=False)
    no_inference = models.BooleanField(_("no inference"), default=False)
    no_retargeting = models.BooleanField(_("no retargeting"), default=False)
    brand_muted = models.BooleanField(_("this brand muted"), default=False)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("privacy settings")
        verbose_name_plural = _("privacy settings")
        constraints = [models.UniqueConstraint(fields=["brand", "person"], name="people_privacysettings_once")]

    def __str__(self) -> str:
        return str(self.person_id)


class Suppression(BrandOwned):
    """One identifier that this brand must never reach again. It outlives the person: it holds the pseudonym alone."""

    kind = models.CharField(_("kind"), max_length=10, choices=IdentifierKind.choices)
    pseudonym = models.BinaryField(max_length=32)
    reason = models.CharField(_("reason"), max_length=40)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppression list")
        constraints = [models.UniqueConstraint(fields=["brand", "kind", "pseudonym"], name="people_suppression_once")]

    def __str__(self) -> str:
        return self.reason


class Signal(PersonOwned):
    """One consent signal of one person: where, when and by what it came, what it says and what that is worth.

    `reliable` is empty where it could not be read (`error` says why): it is unknown then and clears nobody. `noes` are
    the [use, channel, state] that went into the ledger. It is personal data and goes when the person is erased.
    """

    person = BrandForeignKey(Person, models.CASCADE, related_name="signals")
    kind = models.CharField(_("kind"), max_length=3, choices=SignalKind.choices)
    value = models.TextField(_("as it came"))
    carrier = models.CharField(_("carrier"), max_length=12, choices=Carrier.choices)
    place = models.CharField(_("place"), max_length=6, blank=True, default="")
    scope = models.CharField(_("scope"), max_length=10, choices=Scope.choices)
    applicable = models.JSONField(_("applicable sections"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    fields = models.JSONField(_("what it says"), default=dict, blank=True)
    error = models.CharField(_("why it cannot be read"), max_length=200, blank=True, default="")
    reliable = models.BooleanField(_("may be relied on"), null=True)
    findings = models.JSONField(_("findings"), default=list, blank=True)
    noes = models.JSONField(_("what it says no to"), default=list, blank=True)
    idempotency_key = models.CharField(max_length=200)

    class Meta:
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        constraints = [models.UniqueConstraint(fields=["brand", "idempotency_key"], name="people_signal_once")]
        indexes = [models.Index(fields=["brand", "person", "seen_at"], name="people_signal_of")]

    def __str__(self) -> str:
        return self.kind
