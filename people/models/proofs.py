"""Proofs that an address is the visitor's own: global, for whoever proves one is of no brand yet."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.ids import new_id


class AddressProof(models.Model):
    """One request to see everything held about an address, and what came of it.

    `address` and `client` are HMACs under a key of the installation, for rate limits alone; the address itself is
    sealed and blanked when the visit ends. Opened once, within 30 minutes; the visit ends 30 minutes after that.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    address = models.BinaryField(max_length=32)
    client = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("proof of an address")
        verbose_name_plural = _("proofs of addresses")
        indexes = [
            models.Index(fields=["address", "asked_at"], name="people_addressproof_address"),
            models.Index(fields=["client", "asked_at"], name="people_addressproof_client"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
