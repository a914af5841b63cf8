"""What the engine raises."""


class InvalidPack(ValueError):
    """A rule pack that cannot be used; the message names the file, the rule and what to mend."""
