"""What every integration can do, and what it is given."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID


class TransportError(Exception):
    """The integration cannot be used. `permanent` says that trying again changes nothing before somebody mends it."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Outcome(StrEnum):
    """What became of one message at the other side."""

    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    AGAIN = "again"
    NOT_SENT = "not_sent"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one person. `id` is its intent's: the same however often it is handed over.

    `address` is the identifier in the clear, by its kind; `fields` the values the campaign uses; `content` the message
    with these values filled in; `links` where the person sees and changes what she allows; `explanation` why she gets
    it, in one sentence of her language, empty where no true one can be said.
    """

    id: UUID
    address: Mapping[str, str]
    fields: Mapping[str, str]
    content: Mapping[str, str]
    links: Mapping[str, str]
    decided_at: datetime
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that are handed over together. `number` is the batch's within its release, and never used twice.

    `not_after`: nothing of it may begin to leave later than that, for then another worker may have taken over.
    """

    brand_id: UUID
    release_id: UUID
    number: int
    campaign: str
    channels: tuple[str, ...]
    sha256: str
    not_after: datetime
    messages: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message.

    REFUSED is final; AGAIN may be tried later, at the earliest after `retry_after`; NOT_SENT says that nothing left;
    GONE that the other side wants nothing more at all. `uncertain`: it may have arrived although no answer came.
    """

    message_id: UUID
    outcome: Outcome
    error: str = ""
    retry_after: timedelta | None = None
    uncertain: bool = False


class Transport(ABC):
    """Speaks to one integration of one brand. Use it as a context: it holds connections for that long."""

    kind: ClassVar[str]
    batch_size: ClassVar[int]
    """How many messages are in flight together: while they are, a withdrawal waits to become effective."""
    idempotent: ClassVar[bool]
    """Whether handing the same message over again has no second effect at the other side."""

    def __init__(self, *, brand_id: UUID, config: Mapping[str, Any], credentials: Mapping[str, str]) -> None:
        self.brand_id, self.config, self.credentials = brand_id, config, credentials
        self.prepare()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def close(self) -> None:
        """Let go of connections."""

    @abstractmethod
    def prepare(self) -> None:
        """Read settings and credentials. Raises TransportError where they cannot be used."""

    @abstractmethod
    def hand_over(self, batch: Batch, *, still: Callable[[UUID], bool] = lambda message_id: True) -> list[Result]:
        """Hand a batch over and return one result per message; never raises for one of them.

        `still(message id)` is asked right before a message leaves: on False it must not.
        """

    @abstractmethod
    def arrived(self, release_id: UUID, number: int) -> frozenset[UUID] | None:
        """Return which messages of a batch arrived, after a crash; None where this cannot be known."""
