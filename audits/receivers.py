"""What audits does when another room changes something: an edit voids the case of what was edited."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from audits import queries, services
from campaigns.models import Campaign
from campaigns.signals import campaign_changed
from kernel.actors import Actor
from sources.models import DataSource
from sources.signals import source_changed
from tenants.models import Brand
from tenants.signals import brand_changed

WHEN = "%Y-%m-%d %H:%M UTC"


@receiver(campaign_changed)
def void_changed_campaign(campaign: Campaign, by: Actor, at: datetime, **_signal: Any) -> None:
    """End the open case of a campaign that was edited."""
    what = _("%(who)s changed the campaign on %(when)s") % {"who": by.label, "when": at.strftime(WHEN)}
    for case in queries.open_cases(campaign.brand_id).filter(version__campaign=campaign):
        services.void_if_changed(case=case, what=what, by=by, at=at)


@receiver(brand_changed)
def void_campaigns_of_changed_brand(brand: Brand, by: Actor, at: datetime, **_signal: Any) -> None:
    """End the open cases of a brand whose name, country or sector changed: they stand in every registration."""
    what = _("%(who)s changed the brand on %(when)s") % {"who": by.label, "when": at.strftime(WHEN)}
    for case in queries.open_cases(brand.pk):
        services.void_if_changed(case=case, what=what, by=by, at=at)


@receiver(source_changed)
def void_campaigns_of_changed_source(source: DataSource, by: Actor, at: datetime, **_signal: Any) -> None:
    """End the open cases of all campaigns that draw on a data source whose answers were changed."""
    told = {"who": by.label, "key": source.key, "when": at.strftime(WHEN)}
    what = _("%(who)s changed the data source “%(key)s” on %(when)s") % told
    drawing = queries.open_cases(source.brand_id).filter(version__campaign__sources__contains=[source.key])
    for case in drawing:
        services.void_if_changed(case=case, what=what, by=by, at=at)
