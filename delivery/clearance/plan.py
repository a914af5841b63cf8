"""What a release may do, read from the frozen version that was approved, and from nothing else.

Where an answer is missing the strictest reading holds.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from campaigns.audience import fields_read
from delivery import merge
from delivery.clearance.hours import DAY, Window
from people import purposes, signal_meaning
from people.models import Basis, IdentifierKind

ADULT = 18
SHORTEST_SPACING_HOURS = 20.0
"""Under a day between two messages weighs on people (light touch, factor "spacing"); four hours of it are leeway."""
USUAL_HOURS = Window(21 * 3600, 9 * 3600)
"""When nobody is reached where the approval names no hours: from nine in the evening to nine in the morning."""
RE_ASK_DAYS = 183
"""How long nobody who answered is asked again: six months (CNIL, guidelines on cookies and other trackers, 2020)."""
DAYS_OF_A_MONTH = 30
USUAL_RETENTION_MONTHS = 12
"""How old a record may be where its source does not say how long records are kept."""
LOCAL_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

# Which recorded bases carry which declared basis: a stronger record always does (GDPR 6(1), ePrivacy 13(2)).
ACCEPTED: dict[str, frozenset[str]] = {
    "consent": frozenset({Basis.CONSENT}),
    "explicit_consent": frozenset({Basis.CONSENT}),
    "soft_opt_in": frozenset({Basis.CONSENT, Basis.SOFT_OPT_IN}),
    "legitimate_interests": frozenset({Basis.CONSENT, Basis.SOFT_OPT_IN, Basis.LEGITIMATE_INTERESTS}),
    "contract": frozenset({Basis.CONSENT, Basis.CONTRACT}),
    "service_message": frozenset({Basis.CONSENT, Basis.CONTRACT}),
}
PLANNED_TRIGGERS = frozenset({"schedule", "none"})
"""What sets messages off without anything having happened to the person."""
FOLLOWING_TRIGGERS = frozenset({"browse", "search", "cart", "form_abandoned", "inactivity", "location"})
PLAIN_TRIGGERS = frozenset({"schedule", "none", "account_notice", "signup"})
PLAIN_FIELDS = frozenset(
    {*IdentifierKind.values, "name", "first_name", "last_name", "title", "postal_address", "language", "country"}
)
INFERRING = frozenset({"model", "lookalike", "behaviour", "bidstream"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What was approved, as far as single persons are concerned.

    `needs` are the (use, channel) pairs that a person must have a record for, `bases` the bases that such a record may
    have; `identifiers` the kinds of identifier, all of them needed; `closed_hours` when nobody is reached. `senders`
    are the names that a person may have muted: of the integration, and of whom it writes for. `record_days` says for
    each source how many days old its record of a person may be; `recognition` is the approved path; `event_hours` how
    old an event may be that sets a message off, None where no event is needed.
    """

    brand_id: UUID
    campaign_id: UUID
    campaign: str
    channels: tuple[str, ...]
    needs: tuple[tuple[str, str], ...]
    bases: frozenset[str]
    countries: frozenset[str]
    sources: frozenset[str]
    kinds: frozenset[str]
    identifiers: tuple[str, ...]
    minimum_age: int = ADULT
    age_may_be_unknown: bool = False
    retargets: bool = True
    personalises: bool = True
    infers: bool = True
    per_week: int = 1
    in_all: int | None = None
    spacing_hours: float = SHORTEST_SPACING_HOURS
    closed_hours: Window | None = USUAL_HOURS
    senders: frozenset[str] = frozenset()
    record_days: Mapping[str, int] = field(default_factory=dict)
    recognition: str = ""
    asks_again: bool = False
    heeds_signals: bool = False
    event_hours: float | None = None
    fields: tuple[str, ...] = ()
    content: Mapping[str, str] = field(default_factory=dict)

    def days_of(self, source: str) -> int:
        """Return how many days old a record of the source may be."""
        return self.record_days.get(source, USUAL_RETENTION_MONTHS * DAYS_OF_A_MONTH)

    def covers(self, country: str) -> bool:
        """Say whether the approval speaks for a place; a country covers its parts, never the other way round."""
        return bool(country) and (country in self.countries or country.partition("-")[0] in self.countries)


def plan_of(
    *,
    brand_id: UUID,
    campaign_id: UUID,
    registration: Mapping[str, Any],
    audience: Mapping[str, Any],
    channels: Sequence[str] | None = None,
    senders: Iterable[str] = (),
) -> Plan:
    """Read a plan from a version's registration document and audience definition.

    `channels` narrows the approved channels to those of one integration; with several, a person must be cleared for
    each of them. `senders` are the names that it writes under. Raises
    people.purposes.UnknownPurpose, and ValueError where no channel is left.
    """
    campaign, sources = registration["campaign"], list(registration.get("sources", []))
    used = tuple(one for one in campaign.get("channels") or () if channels is None or one in channels)
    if not used:
        raise ValueError("the approval covers no channel of this integration")
    timing, people = campaign.get("timing") or {}, campaign.get("audience") or {}
    purpose = campaign.get("purpose") or ""
    needs = {(use, one) for one in used for use in purposes.uses_for(purpose, one)}
    return Plan(
        brand_id=brand_id,
        campaign_id=campaign_id,
        campaign=campaign.get("key") or "",
        channels=used,
        needs=tuple(sorted(needs)),
        bases=_bases(sources),
        countries=frozenset(campaign.get("countries") or ()),
        sources=frozenset(audience.get("sources") or campaign.get("sources") or ()),
        kinds=frozenset(kind for source in sources for kind in source.get("categories") or ()),
        identifiers=tuple(sorted({purposes.channel_of(one).identifier for one in used})),
        minimum_age=max(ADULT, people.get("youngest_age") or ADULT),
        age_may_be_unknown=people.get("minors") == "none",
        retargets=_retargets(campaign),
        personalises=_personalises(campaign),
        infers=_infers(campaign, sources),
        per_week=max(1, math.floor(timing.get("per_week") or 1)),
        in_all=timing.get("total"),
        spacing_hours=_spacing(timing.get("per_week")),
        closed_hours=_closed(timing.get("local_hours")),
        fields=_handed_over(campaign, audience, registration.get("content") or {}),
        senders=frozenset(senders),
        record_days={one["key"]: _days(one.get("retention_months")) for one in sources if "key" in one},
        recognition=(campaign.get("recognition") or {}).get("path") or "",
        heeds_signals=any(use in signal_meaning.uses() for use, _ in needs),
        asks_again=purpose == "re_permission",
        event_hours=_event_hours(campaign.get("trigger") or {}),
        content={key: str(value) for key, value in (registration.get("content") or {}).items()},
    )


def _bases(sources: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Several sources: a record must satisfy the strictest of them. No source, no basis."""
    accepted = [ACCEPTED.get(source.get("lawful_basis") or "", frozenset()) for source in sources]
    return frozenset.intersection(*accepted) if accepted else frozenset()


def _handed_over(
    campaign: Mapping[str, Any], audience: Mapping[str, Any], content: Mapping[str, Any]
) -> tuple[str, ...]:
    """The fields that leave with a message: used and requested, and not for the selection alone."""
    data = campaign.get("data_used") or {}
    used, requested = data.get("used") or (), data.get("requested") or ()
    selecting: frozenset[str] = frozenset()
    if content.get("html") or content.get("text"):
        printed = merge.placeholders({part: text for part, text in content.items() if isinstance(text, str)})
        selecting = fields_read(audience) - printed
    return tuple(name for name in used if name in requested and name not in selecting)


def _retargets(campaign: Mapping[str, Any]) -> bool:
    trigger, recognition = campaign.get("trigger") or {}, campaign.get("recognition") or {}
    return (
        campaign.get("purpose") == "retargeting"
        or trigger.get("kind") is None
        or trigger["kind"] in FOLLOWING_TRIGGERS
        or recognition.get("crosses_sites") is not False
    )


def _personalises(campaign: Mapping[str, Any]) -> bool:
    trigger, people = campaign.get("trigger") or {}, campaign.get("audience") or {}
    used = (campaign.get("data_used") or {}).get("used")
    return (
        people.get("built_by") is None
        or any(one != "whole_list" for one in people["built_by"])
        or trigger.get("kind") not in PLAIN_TRIGGERS
        or (campaign.get("offer") or {}).get("price_personalised") is not False
        or used is None
        or not PLAIN_FIELDS.issuperset(used)
    )


def _infers(campaign: Mapping[str, Any], sources: Sequence[Mapping[str, Any]]) -> bool:
    people, recognition = campaign.get("audience") or {}, campaign.get("recognition") or {}
    return (
        people.get("built_by") is None
        or not INFERRING.isdisjoint(people["built_by"])
        or recognition.get("path") in (None, "inferred")
        or (campaign.get("message") or {}).get("reveals_inference") is not False
        or any(
            source.get("origin") in (None, "inferred") or source.get("collected_by") == "model" for source in sources
        )
    )


def _days(months: int | None) -> int:
    return DAYS_OF_A_MONTH * (USUAL_RETENTION_MONTHS if months is None else max(0, months))


def _event_hours(trigger: Mapping[str, Any]) -> float | None:
    if trigger.get("kind") in PLANNED_TRIGGERS:
        return None
    return float(trigger.get("expires_hours") or 0.0)


def _spacing(per_week: float | None) -> float:
    if not per_week or per_week <= 0:
        return SHORTEST_SPACING_HOURS
    week = 7 * 24.0
    return week / per_week if per_week < 1 else min(SHORTEST_SPACING_HOURS, week / per_week)


def _closed(local_hours: str | None) -> Window | None:
    found = LOCAL_HOURS.fullmatch(local_hours or "")
    if not found:
        return USUAL_HOURS
    hours = [int(one) for one in found.groups()]
    opens, closes = hours[0] * 3600 + hours[1] * 60, hours[2] * 3600 + hours[3] * 60
    if opens == 0 and closes >= DAY:
        return None
    return Window(closes % DAY, opens % DAY)
