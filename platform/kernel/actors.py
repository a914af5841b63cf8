"""Who does something: every write takes one as `by=`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class ActorKind(StrEnum):
    """What kind of actor."""

    USER = "user"
    CLIENT = "client"
    PERSON = "person"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something. `id` is the user's, client's or person's; the system has none, but a name in `label`."""

    kind: ActorKind
    id: UUID | None
    label: str

    @classmethod
    def user(cls, user: Any) -> "Actor":
        """Return the actor for a signed-in user."""
        return cls(ActorKind.USER, user.pk, user.get_username())

    @classmethod
    def client(cls, client: Any) -> "Actor":
        """Return the actor for a partner's API client."""
        return cls(ActorKind.CLIENT, client.pk, client.name)

    @classmethod
    def person(cls, person_id: UUID) -> "Actor":
        """Return the actor for a person who acts for herself."""
        return cls(ActorKind.PERSON, person_id, "person")

    @classmethod
    def system(cls, part: str) -> "Actor":
        """Return the actor for a part of the platform that acts by itself."""
        return cls(ActorKind.SYSTEM, None, part)

    @property
    def user_id(self) -> UUID | None:
        """The user's id, or None where the actor is not a user."""
        return self.id if self.kind is ActorKind.USER else None
