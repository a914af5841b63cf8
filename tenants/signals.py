"""What tenants tells the rooms above, inside the transaction of the change."""

from django.dispatch import Signal

brand_changed = Signal()
"""A brand's own record was changed: `brand`, `by`, `at`."""
