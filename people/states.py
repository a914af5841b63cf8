"""The life of a person's record."""

from people.models import PersonState

PERSON: dict[PersonState, tuple[PersonState, ...]] = {
    PersonState.ACTIVE: (PersonState.RESTRICTED, PersonState.ERASED),
    PersonState.RESTRICTED: (PersonState.ACTIVE, PersonState.ERASED),
    PersonState.ERASED: (),
}
