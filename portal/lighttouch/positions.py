"""Where each campaign of a brand stands on the plane of law and light touch, now and before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from audits.models import Case
from campaigns.models import Campaign
from kernel import clock
from portal.verdicts import draft_verdict


@dataclass(frozen=True, slots=True)
class Position:
    """One verdict as a place: what it says of the law, the score and its band; of a case, or (None) of the draft."""

    can: str
    score: int
    band: str
    at: datetime | None = None
    case_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Track:
    """One campaign: its last place, the places before, the oldest first; `now` is None where it cannot be judged."""

    campaign: Campaign
    now: Position | None
    before: tuple[Position, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether its last place is another than the one before."""
        return bool(self.now and self.before and _place(self.now) != _place(self.before[-1]))


def position_of(verdict: dict[str, Any], at: datetime | None = None, case_id: UUID | None = None) -> Position | None:
    """Return the place of a verdict; None where nothing could be judged."""
    can, should = verdict.get("can") or {}, verdict.get("should") or {}
    return _position(can.get("verdict"), should.get("score"), should.get("verdict"), at, case_id)


@dataclass(frozen=True)
class Register:
    """The campaigns of a brand, by name, and of each the places where its checks put it and when it was handed in."""

    campaigns: tuple[Campaign, ...]
    checked: Mapping[UUID, Sequence[tuple[Position, datetime]]]

    def tracks(self, until: date | None = None) -> list[Track]:
        """Return where the campaigns stand; `until` a day: where they stood when it ended.

        A campaign stands where its latest check put it. One that was never checked, or was changed after it was handed
        in, stands where its draft puts it as declared: only today, for what a draft once said is not kept.
        """
        found = []
        for campaign in self.campaigns:
            places = [one for one in self.checked.get(campaign.pk, ()) if until is None or _day(one[0].at) <= until]
            reviewed = tuple(place for place, _submitted in places)
            if until is None and (not places or campaign.changed_at > places[-1][1]):
                found.append(Track(campaign, position_of(draft_verdict(campaign, clock.today())), reviewed))
            elif reviewed:
                found.append(Track(campaign, reviewed[-1], reviewed[:-1]))
        return found

    @property
    def days(self) -> list[date]:
        """The days on which campaigns were checked, the first one first."""
        return sorted({_day(place.at) for places in self.checked.values() for place, _submitted in places})


def register(brand_id: UUID, campaign_id: UUID | None = None) -> Register:
    """Return the register of a brand, or of one of its campaigns."""
    campaigns = Campaign.objects.filter(brand_id=brand_id).select_related("brand").order_by("name", "pk")
    cases = Case.objects.filter(brand_id=brand_id, checked_at__isnull=False)
    if campaign_id is not None:
        campaigns, cases = campaigns.filter(pk=campaign_id), cases.filter(version__campaign_id=campaign_id)
    return Register(tuple(campaigns), _checked(cases))


def _checked(cases: QuerySet[Case]) -> dict[UUID, list[tuple[Position, datetime]]]:
    """Read the places of cases without the findings around them."""
    rows = cases.annotate(
        campaign=F("version__campaign_id"),
        can=KT("verdict__can__verdict"),
        score=KT("verdict__should__score"),
        band=KT("verdict__should__verdict"),
    ).order_by("submitted_at", "pk")
    names = ("campaign", "can", "score", "band", "checked_at", "pk", "submitted_at")
    found: dict[UUID, list[tuple[Position, datetime]]] = {}
    for campaign, can, score, band, at, pk, submitted_at in rows.values_list(*names):
        place = _position(can, score, band, at, pk)
        if place is not None:
            found.setdefault(campaign, []).append((place, submitted_at))
    return found


def _day(at: datetime | None) -> date:
    return timezone.localtime(at).date()


def _position(can: Any, score: Any, band: Any, at: datetime | None, case_id: UUID | None) -> Position | None:
    if can is None or score is None or band is None:
        return None
    return Position(str(can), int(score), str(band), at, case_id)


def _place(one: Position) -> tuple[str, int]:
    return one.can, one.score
