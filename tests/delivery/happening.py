"""A campaign that answers to events, running, and events posted as Percy's client does it."""

import csv
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from audits.models import Case
from campaigns.models import Campaign
from delivery import services
from delivery.models import Release, TriggerEvent
from delivery.services import events
from kernel import clock
from kernel.actors import Actor
from people.services import find_person
from tenants.models import ApiClient, Brand, Integration
from tests import factories
from tests.conftest import NOW, acting
from tests.delivery import house

BASKET: dict[str, Any] = {
    "kind": "cart", "delay_hours": 3, "expires_hours": 72, "stops_on": ["purchase", "refusal", "complaint", "end_date"],
}  # fmt: skip
EVERY_DAY = {"per_week": 7, "total": 50}
CONTENT = {"subject": "Your {{last_category|basket}}", "text": "Settings: {{preferences_url}}", "html": "<p>Hello</p>"}
FIELDS = ["email", "first_name", "last_category"]
NAMES = count()


def basket_case(brand: Brand, people: int = 3, **overlay: Any) -> Case:
    """Approved: a mail three hours after a basket was left, for three days."""
    trigger = {**BASKET, **overlay.pop("trigger", {})}
    timing = {**house.ANY_TIME["timing"], **EVERY_DAY, **overlay.pop("timing", {})}
    campaign = {"trigger": trigger, "timing": timing, "data_used": {"requested": FIELDS, "used": FIELDS}}
    campaign |= {"key": overlay.pop("key", "spring")}
    return factories.approved_case(brand, people=people, campaign=campaign, content=CONTENT, **overlay)


def running(case: Case, integration: Integration) -> Release:
    return house.step(house.created(case, integration), "go")


def basket(release: Release, client: ApiClient, who: str = "spring-0@example.org", **told: Any) -> services.Posted:
    """Post an event of the campaign of a release: by default, a basket that was left just now."""
    happened = services.Happened(
        told.get("name", f"e{next(NAMES)}"),
        told.get("kind", "cart"),
        told.get("happened_at", clock.now()),
        told.get("data", {}),
    )
    with acting(release.brand):
        campaign = Campaign.objects.get(pk=release.case.version.campaign_id)
        return services.post_event(
            campaign=campaign, person=find_person(release.brand_id, "email", who), happened=happened,
            by=Actor.client(client), at=clock.now(),
        )  # fmt: skip


def working_at(brand: Brand, at: datetime) -> None:
    with clock.held(at):
        house.work(brand)


def event_of(posted: services.Posted) -> TriggerEvent:
    with acting(posted.event.brand):
        return TriggerEvent.objects.get(pk=posted.event.pk)


def after(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def stands(posted: services.Posted) -> str:
    with acting(posted.event.brand):
        return events.status_of(TriggerEvent.objects.get(pk=posted.event.pk))


def told(folder: Path, column: str = "email") -> list[str]:
    """What all files of a folder say, in the order in which they were written."""
    files = sorted(folder.rglob("*.csv"), key=lambda file: file.stat().st_mtime_ns)
    rows = [row for file in files for row in csv.DictReader(file.open(encoding="utf-8", newline=""))]
    return [row[column] for row in rows]
