"""The trail's table."""

from django.db import models

from kernel.tenancy.models import BrandKeyed, TransactionIdField


class Entry(BrandKeyed):
    """One thing that happened, in its final form.

    `leaf` holds the canonical bytes (RFC 8785) that a log will hash and a stranger will check: pseudonyms and a
    commitment, never an identifier. `details` is what the commitment commits to; it and its `opening` key may be
    erased, and the leaf still proves that something of this kind happened then. The application's role can add
    entries and can neither change nor delete them.
    """

    happened_at = models.DateTimeField()
    verb = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.UUIDField(null=True)
    actor_label = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField(max_length=32)
    details = models.JSONField(default=dict)
    opening = models.BinaryField(max_length=32)
    transaction = TransactionIdField()

    class Meta:
        db_table = "trail_entry"
        verbose_name_plural = "entries"
        indexes = [
            # "What happened to this thing", in order.
            models.Index(fields=["brand_id", "subject_id", "id"], name="trail_entry_subject"),
            # Commit order, for whoever reads the trail on from a position.
            models.Index(fields=["brand_id", "transaction", "id"], name="trail_entry_position"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind}"
