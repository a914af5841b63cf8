"""What keeps an installation from starting, said to the person at the terminal."""


class CannotStart(Exception):
    """The platform cannot start here and now; the message says why and what to do about it. No traceback is wanted."""
