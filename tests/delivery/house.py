"""An approved campaign with people, an integration, and the work done as workers do it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from audits.models import Case
from config import receiver
from delivery import services
from delivery.integrations.webhook import signing
from delivery.models import Clearance, Intent, Release
from kernel import clock, jobs
from kernel.models import Job, JobState
from tenants.models import Brand, Integration
from tenants.services import create_integration
from tests import factories
from tests.conftest import SYSTEM, acting

ANY_TIME = {"timing": {"local_hours": "00:00-24:00"}}
SECRET = signing.new_secret()
CONTENT = {"subject": "Hello {{first_name|there}}", "text": "Settings: {{preferences_url}}", "html": "<p>Hello</p>"}


def approved(brand: Brand, people: int = 3, **overlay: Any) -> Case:
    """The exemplary newsletter, approved, to be delivered at any hour."""
    campaign = {**ANY_TIME, **overlay.pop("campaign", {})}
    return factories.approved_case(brand, people=people, campaign=campaign, content=CONTENT, **overlay)


def webhook(brand: Brand, url: str, key: str = "hook", **config: Any) -> Integration:
    with acting(brand):
        return create_integration(
            brand=brand, key=key, name=key.title(), kind="webhook", config={"url": url, **config},
            credentials={"secret": SECRET}, by=SYSTEM, at=clock.now(),
        )  # fmt: skip


def csv_file(brand: Brand, key: str = "file") -> Integration:
    with acting(brand):
        return create_integration(
            brand=brand, key=key, name=key.title(), kind="csv_file", config={}, credentials={}, by=SYSTEM,
            at=clock.now(),
        )  # fmt: skip


@contextmanager
def hook(brand: Brand, settings: Any, *, status: int = 200) -> Iterator[tuple[Integration, receiver.Receiver]]:
    """A webhook integration with a real receiver behind it."""
    with receiver.running(port=0, secrets=[SECRET], status=status) as other:
        settings.EGRESS_ALLOW = [f"127.0.0.1:{other.port}"]
        yield webhook(brand, other.url), other


def created(case: Case, integration: Integration) -> Release:
    with acting(case.brand, factories.owner_of(case.brand)) as by:
        return services.create_release(case=case, integration=integration, by=by, at=clock.now())


def cleared(case: Case, integration: Integration) -> Release:
    release = created(case, integration)
    work(case.brand)
    return fresh(release)


def gone(case: Case, integration: Integration) -> Release:
    """A release that the owner started; nothing has left yet."""
    return step(cleared(case, integration), "go")


def step(release: Release, name: str, **told: Any) -> Release:
    with acting(release.brand, factories.owner_of(release.brand)) as by:
        getattr(services, name)(release=release, by=by, at=clock.now(), **told)
    return fresh(release)


def delivered(case: Case, integration: Integration) -> Release:
    release = gone(case, integration)
    work(case.brand)
    return fresh(release)


def work(brand: Brand) -> int:
    """Do all work that is due, as a worker does it. Fails where a job failed."""
    total = 0
    while done := jobs.run_due(brand.pk):
        total += done
    with acting(brand):
        failed = Job.objects.exclude(error="").exclude(state=JobState.DONE).values_list("kind", "error")
        assert not failed, list(failed)
    return total


def fresh(release: Release) -> Release:
    with acting(release.brand):
        return Release.objects.select_related("brand", "integration", "case__version").get(pk=release.pk)


def states(release: Release) -> list[str]:
    with acting(release.brand):
        rows = Intent.objects.filter(release=release).order_by("person__number")
        return list(rows.values_list("state", flat=True))


def reasons_of(release: Release) -> list[str]:
    with acting(release.brand):
        rows = Clearance.objects.filter(release=release).order_by("person__number")
        return list(rows.values_list("reason", flat=True))
