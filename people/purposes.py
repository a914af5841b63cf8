"""Which uses of her data a person must have agreed to, for a campaign's purpose on a channel (purposes.yaml)."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from kernel.errors import Invalid

FILE = Path(__file__).with_name("purposes.yaml")
ANY_CHANNEL = "any"
"""The channel of a refusal, withdrawal or objection that holds on every channel. Consent is never given on it."""


class UnknownPurpose(Invalid):
    """No such campaign purpose, use or channel."""

    code = "unknown_purpose"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of data: `iri` is its purpose in the W3C Data Privacy Vocabulary, `parent` the use above it."""

    key: str
    iri: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Channel:
    """One medium: `identifier` is the kind of identifier that reaches a person by it."""

    key: str
    family: str
    identifier: str


@dataclass(frozen=True, slots=True)
class Purposes:
    """The whole table."""

    uses: dict[str, Use]
    channels: dict[str, Channel]
    needed: dict[str, dict[str, tuple[str, ...]]]


@cache
def table() -> Purposes:
    """Return the table as purposes.yaml has it."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Purposes(
        uses={key: Use(key, one["iri"], one["parent"]) for key, one in raw["uses"].items()},
        channels={key: Channel(key, one["family"], one["identifier"]) for key, one in raw["channels"].items()},
        needed={
            purpose: {where: tuple(uses) for where, uses in by_family.items()}
            for purpose, by_family in raw["needed"].items()
        },
    )


def uses_for(purpose: str, channel: str) -> list[str]:
    """Return the uses that a person must have agreed to on `channel`, all of them. Raises UnknownPurpose."""
    by_family = table().needed.get(purpose)
    if by_family is None:
        raise UnknownPurpose(_("There is no campaign purpose “%(name)s”.") % {"name": purpose}, place="purpose")
    found = channel_of(channel)
    return list(by_family.get(channel) or by_family[found.family])


def channel_of(channel: str) -> Channel:
    """Return one channel. Raises UnknownPurpose."""
    try:
        return table().channels[channel]
    except KeyError:
        raise UnknownPurpose(_("There is no channel “%(name)s”.") % {"name": channel}, place="channel") from None


def iris_for(purpose: str, channel: str) -> list[str]:
    """Return the DPV purposes of `uses_for`."""
    return [table().uses[use].iri for use in uses_for(purpose, channel)]


def tree() -> dict[str, list[str]]:
    """Return the children of every use."""
    uses = table().uses
    return {key: [child.key for child in uses.values() if child.parent == key] for key in uses}


@cache
def with_all_below(use: str) -> tuple[str, ...]:
    """Return the use and everything below it: where a refusal of it holds."""
    below = tree()
    return (use, *(deeper for child in below[use] for deeper in with_all_below(child)))


def check(uses: Iterable[str], channels: Iterable[str]) -> None:
    """Raise UnknownPurpose unless every use and every channel (or ANY_CHANNEL) is in the table."""
    for use in uses:
        if use not in table().uses:
            raise UnknownPurpose(
                _("There is no use “%(name)s”.") % {"name": use},
                place="purpose",
                remedy=_("It is one of: %(uses)s.") % {"uses": ", ".join(table().uses)},
            )
    for channel in channels:
        if channel != ANY_CHANNEL:
            channel_of(channel)
