"""The tables of people."""

from django.db import models
from django.db.models import Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kernel.tenancy.models import BrandForeignKey, TransactionIdField
from people.proof_models import AddressProof as AddressProof
from people.signal_kinds import Carrier, Scope, SignalKind
from sources.models import DataSource
from tenants.models import Brand, BrandOwned


class PersonOwned(BrandOwned):
    """A row about a person. Her composite key already proves the brand: a second check per row would prove nothing."""

    brand = models.ForeignKey(
        Brand, models.PROTECT, editable=False, related_name="+", verbose_name=_("brand"), db_constraint=False
    )

    class Meta:
        abstract = True


class PersonState(models.TextChoices):
    """Whether a person's data may be used at all."""

    ACTIVE = "active", _("Active")
    RESTRICTED = "restricted", _("Restricted")
    ERASED = "erased", _("Erased")


class Person(BrandOwned):
    """One person as one brand knows her.

    `number` is dense within the brand (it indexes columnar state). `wrapped_key` is her own data key under the master
    key: destroying it makes every identifier sealed with it unreadable for good. `fields` are the values a message
    may print, each a short text. `provenance` says for each attribute from which data source it came and how old it
    is: {"country": ["shop-accounts", "2026-05-01T00:00:00+00:00"]}.
    """

    number = models.BigIntegerField(editable=False)
    country = models.CharField(_("country"), max_length=6, blank=True, default="")
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    language = models.CharField(_("language"), max_length=8, blank=True, default="")
    fields = models.JSONField(_("fields"), default=dict, blank=True)
    provenance = models.JSONField(_("where it comes from"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PersonState.choices, default=PersonState.ACTIVE)
    wrapped_key = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(_("known since"))

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(fields=["brand", "number"], name="people_person_number")]

    def __str__(self) -> str:
        return f"#{self.number}"


class NumberCounter(BrandOwned):
    """The next free `Person.number` of one brand. Its row is locked while people are added, so numbers have no gaps."""

    next = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("counter of people")
        verbose_name_plural = _("counters of people")
        constraints = [models.UniqueConstraint(fields=["brand"], name="people_numbercounter_once")]

    def __str__(self) -> str:
        return str(self.next)


class IdentifierKind(models.TextChoices):
    """By what a person can be known."""

    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    DEVICE = "device", _("Device")
    CUSTOMER = "customer", _("Customer number")


class Identifier(PersonOwned):
    """One way to know a person: its pseudonym under the brand's key, and sealed where the brand must send to it."""

    person = BrandForeignKey(Person, models.CASCADE, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=10, choices=IdentifierKind.choices)
    pseudonym = models.BinaryField(max_length=32)
    sealed = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        constraints = [models.UniqueConstraint(fields=["brand", "kind", "pseudonym"], name="people_identifier_once")]
        indexes = [models.Index(fields=["brand", "person", "kind"], name="people_identifier_person")]

    def __str__(self) -> str:
        return self.kind


class Visibility(models.TextChoices):
    """What the person's own settings at a social network allow for one record."""

    PUBLIC = "public", _("Public")
    FOLLOWERS = "followers", _("Followers only")
    PRIVATE = "private", _("Private")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SourceRecord(PersonOwned):
    """One person's presence in one data source, with the age of what it says and its visibility (social sources).

    `recognised_by` is the way the source knew who she was (an answer of the fact campaign.recognition.path), where
    that is another than the source is registered with.
    """

    person = BrandForeignKey(Person, models.CASCADE, related_name="records")
    source = BrandForeignKey(DataSource, related_name="records")
    visibility = models.CharField(max_length=10, choices=Visibility.choices, default=Visibility.PUBLIC)
    recognised_by = models.CharField(max_length=20, blank=True, default="", db_default="")
    observed_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("record in a source")
        verbose_name_plural = _("records in sources")
        constraints = [models.UniqueConstraint(fields=["brand", "source", "person"], name="people_sourcerecord_once")]
        indexes = [models.Index(fields=["brand", "person"], name="people_sourcerecord_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.source_id}"


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


class PersonChange(PersonOwned):
    """A transaction changed something that decides about a person: for whoever keeps a copy of it current.

    Triggers write it beside every change, whoever makes it; once per person and transaction. It says that, never what.
    """

    person_id = models.UUIDField(editable=False)
    transaction = TransactionIdField()

    class Meta:
        verbose_name = _("change of a person")
        verbose_name_plural = _("changes of people")
        constraints = [
            models.UniqueConstraint(fields=["brand", "transaction", "person_id"], name="people_personchange_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} by {self.transaction}"


class ChangeFollower(BrandOwned):
    """Somebody who keeps a copy current from the notes of changes: how far it came, and when it was last seen.

    Notes that every follower has read are forgotten. `people` is how many its copy holds.
    """

    name = models.CharField(_("name"), max_length=60)
    position = TransactionIdField()
    people = models.BigIntegerField(_("people"), default=0)
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("copy kept current")
        verbose_name_plural = _("copies kept current")
        constraints = [models.UniqueConstraint(fields=["brand", "name"], name="people_changefollower_once")]

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


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


class PersonGate(PersonOwned):
    """The one row per person that a withdrawal and a delivery both lock, so that one of them is first.

    `epoch` goes up whenever she allows less than before; `in_flight` counts intents whose outcome is not known yet. A
    withdrawal is recorded at once and effective when nothing is in flight.
    """

    person = BrandForeignKey(Person, models.CASCADE, related_name="gates", verbose_name=_("person"))
    epoch = models.BigIntegerField(default=0)
    in_flight = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("gate")
        verbose_name_plural = _("gates")
        constraints = [models.UniqueConstraint(fields=["brand", "person"], name="people_persongate_once")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.epoch}"


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
