"""What is measured of a campaign's audience: consent records and privacy settings, counted and never named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from facts import catalogue
from facts.document import Registration
from people import queries as people

SIZE = "audience_size"

# Which basis a person's record must show for the basis that a source declares; one undeclared is shown by no record.
BASES = {
    "consent": "consent",
    "explicit_consent": "consent",
    "soft_opt_in": "soft_opt_in",
    "legitimate_interests": "legitimate_interests",
    "contract": "contract",
    "service_message": "contract",
}


@dataclass(frozen=True)
class Measured:
    """Measured facts by name (see facts/measured.yaml), and a note where there was nothing to measure."""

    facts: dict[str, Any] = field(default_factory=dict)
    note: str = ""


def measure(brand_id: UUID, audience: Mapping[str, Any], registration: Registration) -> Measured:
    """Count what the audience's records and settings say. Needs the brand's context.

    Where nobody can be counted nothing is taken for granted: every rule that reads a measured fact stays unanswered.
    With several channels each fact is the worst of them.
    """
    campaign = registration.campaign
    if not audience.get("sources"):
        return Measured({}, _("No audience is defined, so nothing was measured: what is declared stands unchecked."))
    if not campaign.get("purpose") or not campaign.get("channels"):
        return Measured({}, _("Without purpose and channels nothing could be measured: what is declared is unchecked."))
    facts = worst(_of_channel(brand_id, audience, registration, channel) for channel in campaign["channels"])
    if not facts.get(SIZE):
        return Measured({SIZE: 0}, _("Nobody is in the audience: what is declared about people stands unchecked."))
    return Measured(facts)


def _of_channel(
    brand_id: UUID, audience: Mapping[str, Any], registration: Registration, channel: str
) -> Mapping[str, Any]:
    campaign, sources = registration.campaign, registration.campaign_sources
    return people.measured(
        brand_id,
        audience,
        purpose=campaign["purpose"],
        channel=channel,
        countries=campaign.get("countries", ()),
        kinds=sorted({kind for source in sources for kind in source.get("categories", ())}),
        per_week=campaign.get("timing", {}).get("per_week", 0.0),
        bases=sorted({BASES[source["lawful_basis"]] for source in sources if source.get("lawful_basis") in BASES}),
    )


def worst(counted: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the worst value of each fact; one that is unknown for any channel is unknown."""
    rows = list(counted)
    order = {fact.path.removeprefix("measured."): fact.order for fact in catalogue.load().measured.values()}
    named = {name for row in rows for name in row}
    known = {name for name in named if all(row.get(name) is not None for row in rows)}
    return {name: (min if order[name] == "falling" else max)(row[name] for row in rows) for name in sorted(known)}
