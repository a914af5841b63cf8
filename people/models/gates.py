"""The row that a withdrawal and a delivery both lock, and what changed since a position."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.tenancy.models import BrandForeignKey, TransactionIdField
from people.models.persons import Person, PersonOwned
from tenants.models import BrandOwned


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
