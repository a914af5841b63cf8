"""Reading an append-only table on from a position, without ever skipping a row that was committed late.

A plain sequence is handed out before the commit: a reader at 7 may meet 6 only afterwards, and never see it. Here a
position is (transaction, id), and a reader takes only rows of transactions older than every one still running
(`pg_snapshot_xmin`), so whatever commits later stands behind the position.
"""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Func, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far a reader has come: the transaction and id of the last row it took."""

    transaction: int
    id: UUID


class _OldestRunning(Func):
    """The oldest transaction still running, as this statement's snapshot sees it."""

    template = "pg_snapshot_xmin(pg_current_snapshot())"


def read_on(rows: QuerySet[Row], after: Position | None, *, at_most: int) -> tuple[list[Row], Position | None]:
    """Return the next rows in commit order and the position behind them (the old one where there are none).

    `rows` must have a `transaction` of `TransactionIdField` and be limited to one brand.
    """
    found: Any = rows.filter(transaction__lt=_OldestRunning())
    if after is not None:
        later = Q(transaction__gt=after.transaction)
        found = found.filter(later | Q(transaction=after.transaction, id__gt=after.id))
    taken = list(found.order_by("transaction", "id")[:at_most])
    if not taken:
        return [], after
    last: Any = taken[-1]
    return taken, Position(last.transaction, last.pk)
