"""The persons, by what they are known, and in which sources they stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.tenancy.models import BrandForeignKey
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
