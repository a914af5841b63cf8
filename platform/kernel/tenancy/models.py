"""What a fenced table starts from."""

from typing import Any

from django.db import models

from kernel.ids import new_id


class BrandKeyed(models.Model):
    """A row that belongs to one brand, known by its id alone.

    kernel and trail use it, for they stand below the room that keeps brands; other rooms start from
    `tenants.models.BrandOwned`. The migration that creates the table fences it with `FenceTables`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand_id = models.UUIDField(editable=False)

    class Meta:
        abstract = True


class BrandForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference to a row of the same brand: the composite key (brand_id, x_id) is the real constraint."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class TransactionIdField(models.Field):  # type: ignore[type-arg]
    """The transaction (xid8) that wrote the row, filled in by the database.

    Positions are commit-ordered: a reader takes rows with a transaction below the oldest one still running
    (`pg_snapshot_xmin(pg_current_snapshot())`) in the order (transaction, id), and so never skips a late commit.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_default", models.Func(function="pg_current_xact_id"))
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        """Return the column's type."""
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        """Return the transaction as an integer."""
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return what the server takes for an xid8."""
        return str(value) if isinstance(value, int) else value
