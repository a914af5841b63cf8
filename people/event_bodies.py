"""Consent events as partners write them, read fast where they are plain.

Only what needs no second look is taken here: the right types, nothing too long, times with their zone. Everything else
is left to the form of the API, which takes more and explains what it refuses.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from people.models import Basis, Consent, IdentifierKind
from people.services.reported import Reported

_Instant = Annotated[datetime, Meta(tz=True)]
_KINDS, _STATES, _BASES = (frozenset(one.values) for one in (IdentifierKind, Consent, Basis))


class _Identifier(msgspec.Struct):
    kind: str
    value: Annotated[str, Meta(min_length=1, max_length=254)]
    country: Annotated[str, Meta(max_length=6)] = ""


class _Body(msgspec.Struct):
    id: Annotated[str, Meta(min_length=1, max_length=150)]
    identifier: _Identifier
    purpose: Annotated[str, Meta(min_length=1, max_length=40)]
    channel: Annotated[str, Meta(min_length=1, max_length=20)]
    state: str
    happened_at: _Instant
    basis: str = Basis.CONSENT.value
    expires_at: _Instant | None = None
    source: Annotated[str, Meta(max_length=80)] = ""
    method: Annotated[str, Meta(max_length=40)] = ""
    notice_version: Annotated[str, Meta(max_length=80)] = ""
    wording: Annotated[str, Meta(max_length=4_000)] = ""
    evidence: dict[str, Any] = {}


def plain(body: Any, client_id: UUID) -> Reported | None:
    """Return the decoded event as it is to be recorded, or None where the form has to look at it.

    The event's key is its name at this client: two partners may use the same one.
    """
    if not isinstance(body, Mapping):
        return None
    try:
        said = msgspec.convert(body, _Body)
    except msgspec.ValidationError:
        return None
    who = said.identifier
    if who.kind not in _KINDS or said.state not in _STATES or said.basis not in _BASES or _padded(said):
        return None
    return Reported(
        key=f"{client_id}:{said.id}",
        kind=who.kind,
        value=who.value,
        country=who.country,
        purpose=said.purpose,
        channel=said.channel,
        state=said.state,
        happened_at=said.happened_at,
        basis=said.basis,
        expires_at=said.expires_at,
        source=said.source,
        method=said.method,
        notice_version=said.notice_version,
        wording=said.wording,
        evidence=said.evidence,
    )


def _padded(said: _Body) -> bool:
    """Say whether a text begins or ends with space, which the form takes off."""
    who = said.identifier
    texts = (said.id, who.value, who.country, said.purpose, said.channel, said.source, said.method)
    return any(text != text.strip() for text in (*texts, said.notice_version, said.wording))
