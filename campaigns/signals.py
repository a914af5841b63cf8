"""What other rooms are told of campaigns, inside the transaction that did it."""

from django.dispatch import Signal

campaign_changed = Signal()
"""A campaign that existed reads differently than before. Sends `campaign`, `by`, `at`."""
