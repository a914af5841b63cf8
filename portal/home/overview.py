"""How far a brand is: a few counts, and the first steps of a new one."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from audits.models import Case
from campaigns.models import Campaign
from delivery.models import Release
from people.models import Person
from sources.models import DataSource
from tenants.models import Brand, Integration, Membership, Role


@dataclass(frozen=True)
class Step:
    """One of the first things a new brand does, and whether it is done."""

    title: str
    url: str
    done: bool


def first_steps(brand: Brand) -> list[Step]:
    """Return how to get to a first release; nothing once there was one."""
    if Release.objects.filter(brand_id=brand.pk).exists():
        return []
    officers = Membership.objects.filter(brand_id=brand.pk, role=Role.OFFICER)
    integrations = Integration.objects.filter(brand_id=brand.pk)
    return [
        Step(_("Add a data source"), _list("sources_datasource"), _any(DataSource, brand)),
        Step(_("Import people and what they agreed to"), _list("sources_datasource"), _any(Person, brand)),
        Step(_("Set up where to deliver"), _list("tenants_integration"), integrations.exists()),
        Step(_("Add a compliance officer to the team"), _list("tenants_membership"), officers.exists()),
        Step(_("Register a campaign and submit it"), _list("campaigns_campaign"), _any(Case, brand)),
        Step(_("Release what was approved"), _list("delivery_release"), False),
    ]


def _any(model: Any, brand: Brand) -> bool:
    return bool(model.objects.filter(brand_id=brand.pk).exists())


def figures(brand_id: UUID) -> list[tuple[str, int, str]]:
    """Return a few counts of the brand: (name, number, address)."""
    return [
        (_("Campaigns"), Campaign.objects.filter(brand_id=brand_id).count(), _list("campaigns_campaign")),
        (_("Data sources"), DataSource.objects.filter(brand_id=brand_id).count(), _list("sources_datasource")),
        (_("People"), Person.objects.filter(brand_id=brand_id).count(), _list("people_person")),
        (_("Releases"), Release.objects.filter(brand_id=brand_id).count(), _list("delivery_release")),
    ]


def _list(name: str) -> str:
    return reverse(f"admin:{name}_changelist")
