"""The one family of errors that a user may see. Each names the place and the remedy."""

from typing import ClassVar


class DomainError(Exception):
    """Something the user asked for cannot be done, and nothing was done.

    `code` is stable (clients may switch on it), `status` the HTTP status that tells it best, `place` the field or
    document path at fault, `remedy` what to do about it.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409

    def __init__(self, message: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (self.message, self.remedy) if part)


class NotPermitted(DomainError):
    """The actor has no right to do this."""

    code = "not_permitted"
    status = 403


class NotFound(DomainError):
    """There is no such thing here; a thing of another brand answers the same."""

    code = "not_found"
    status = 404


class Invalid(DomainError):
    """The input cannot be used."""

    code = "invalid"
    status = 422
