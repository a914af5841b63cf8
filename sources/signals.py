"""What other rooms are told of data sources, inside the transaction that did it."""

from django.dispatch import Signal

source_changed = Signal()
"""A source that existed has other answers than before. Sends `source`, `by`, `at`."""

source_state_changed = Signal()
"""A source was activated, suspended or retired. Sends `source`, `by`, `at`."""
