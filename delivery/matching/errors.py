"""What cannot be matched."""

from kernel.errors import Invalid


class Unmatchable(Invalid):
    """No platform could match this value, so it is not hashed: an empty or broken value would match others like it."""

    code = "unmatchable_value"
