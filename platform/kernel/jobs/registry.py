"""Which function does which kind of job, and where the sweep learns the brands."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from kernel.jobs.run import Run

Handler = Callable[["Run"], None]

_handlers: dict[str, Handler] = {}
_brands: list[Callable[[], Iterable[UUID]]] = []


class UnknownKind(LookupError):
    """No room has said how this kind of job is done."""


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function below as the one that does jobs of `kind`.

    It is called outside any transaction, may be called again after a crash, and must then go on where it stopped.
    """

    def register(function: Handler) -> Handler:
        if _handlers.get(kind, function) is not function:
            raise ValueError(f"two handlers for jobs of kind {kind}")
        _handlers[kind] = function
        return function

    return register


def handler_of(kind: str) -> Handler:
    """Return the function for a kind. Raises UnknownKind."""
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownKind(kind) from None


def brands_come_from(source: Callable[[], Iterable[UUID]]) -> None:
    """Let the room that keeps brands tell the sweep their ids."""
    _brands[:] = [source]


def all_brands() -> list[UUID]:
    """Return the ids of all brands of the installation."""
    return [brand for source in _brands for brand in source()]
