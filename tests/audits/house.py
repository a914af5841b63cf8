"""House packs that tests write, and what they do with them: as Olivia, by the services."""

from typing import Any

import yaml

from audits import services
from audits.house.queries import last_dry_run
from audits.models import HousePackVersion
from kernel import clock
from kernel.jobs import run_due
from tenants.models import Brand
from tests.conftest import acting
from tests.factories import officer_of

QUIET = """\
pack: house-quiet-evenings
title: Quiet evenings
version: "1"
about: We do not write to people in the evening.
rules:
  - id: house.quiet-evenings.until-nine
    title: Nothing after nine in the evening
    article: "1"
    scope: campaign
    requires: called_by_day
    severity: block
    checked: text
    message: Messages may come after nine in the evening.
    remedy: Let messages end by nine in the evening of the person's own time.
    examples:
      violates: [{campaign: {timing: {local_hours: "09:00-22:00"}}}]
      silent: [{campaign: {timing: {local_hours: "09:00-20:00"}}}]
"""


def text(**changes: Any) -> str:
    """The pack above with other keys; those that are a rule's go into its rule."""
    data = yaml.safe_load(QUIET)
    for key, value in changes.items():
        into = (
            data if key in ("pack", "version", "about", "rules", "values", "url", "law", "where") else data["rules"][0]
        )
        into[key] = value
    return yaml.safe_dump(data, sort_keys=False)


STRICTER = text(
    requires="campaign.timing.per_week <= 0.5",
    examples={"violates": [{"campaign": {"timing": {"per_week": 1}}}], "silent": [{"campaign": {"timing": {"per_week": 0.5}}}]},
    title="Once in two weeks",
)  # fmt: skip
"""A pack that the exemplary newsletter, once a week, violates."""


def written(brand: Brand, pack: str = QUIET) -> HousePackVersion:
    """The version that Olivia wrote."""
    with acting(brand, officer_of(brand)) as by:
        return services.write_pack(brand=brand, text=pack, by=by, at=clock.now())


def looked_at(version: HousePackVersion) -> HousePackVersion:
    """The version after a dry run, which is done as a worker does it."""
    with acting(version.brand, officer_of(version.brand)) as by:
        services.start_dry_run(version=version, by=by, at=clock.now())
    run_due(version.brand_id)
    return version


def worked(brand: Brand) -> None:
    """Do all that is due, and what comes of it."""
    while run_due(brand.pk):
        pass


def results(version: HousePackVersion) -> list[dict[str, Any]]:
    """What the last dry run showed."""
    with acting(version.brand):
        run = last_dry_run(version)
    assert run is not None and run.done_at is not None
    return run.results


def switched_on(brand: Brand, pack: str = QUIET) -> HousePackVersion:
    """The version that Olivia wrote, looked at and switched on."""
    version = looked_at(written(brand, pack))
    switch_on(version)
    return fresh(version)


def switch_on(version: HousePackVersion) -> services.Switched:
    with acting(version.brand, officer_of(version.brand)) as by:
        return services.switch_on(version=version, sha256=version.sha256, by=by, at=clock.now())


def switch_off(version: HousePackVersion) -> services.Switched:
    with acting(version.brand, officer_of(version.brand)) as by:
        return services.switch_off(version=version, by=by, at=clock.now())


def fresh(version: HousePackVersion) -> HousePackVersion:
    with acting(version.brand):
        return HousePackVersion.objects.select_related("pack", "brand").get(pk=version.pk)
