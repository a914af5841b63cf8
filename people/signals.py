"""What other rooms may hear of, sent inside the transaction of what happened."""

from django.dispatch import Signal

permission_lowered = Signal()
"""A person allows less than before: brand_id=, person_id=, at=."""

person_erased = Signal()
"""A person was erased, and every room must let go of what it holds of her: brand_id=, person_id=, by=, at=."""
