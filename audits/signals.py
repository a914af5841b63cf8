"""What other rooms are told of cases, inside the transaction that did it."""

from django.dispatch import Signal

case_changed = Signal()
"""A case came into another state. Sends `case`, `event` (see states.py), `by`, `at`."""
