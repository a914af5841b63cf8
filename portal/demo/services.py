"""Loading the demo: the cast at once, everything else step by step in one job per brand.

Every step goes through the doors that users have: documents are registered, lists are read in by the import, campaigns
are handed in and judged by the audit's own job. Each step may be done again after a crash and then finds itself done.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from audits import services as audits
from audits.house import queries as house_packs
from audits.house.starting import templates
from campaigns import queries as campaigns
from campaigns import services as register
from campaigns.models import Campaign
from kernel import clock, jobs
from kernel.actors import Actor
from kernel.models import Job
from kernel.tenancy import brand_context, user_context
from people.imports.columns import suggest_mapping
from people.imports.services import KIND as IMPORT
from people.imports.services import start_import
from portal.demo import cast, lists, plan
from portal.demo.queries import KIND
from sources import queries as sources
from sources import services as register_sources
from sources.models import DataSource, ImportState, SourceImport, SourceState
from tenants.models import Brand

CHUNK = 5_000
POLL_SECONDS = 0.5
DRAFT = "second-life"
HOUSE_PACK = "quiet-evenings"


class ImportFailed(RuntimeError):
    """A list of the demo could not be read in."""


def load(*, people: int, at: datetime) -> cast.Cast:
    """Create the cast and promise the rest. Raises cast.NotEmpty."""
    made = cast.create(at=at)
    for brand in made.brands:
        with brand_context(brand.pk):
            jobs.enqueue(brand_id=brand.pk, kind=KIND, key="demo", payload={"people": people}, at=at)
    return made


@jobs.handler(KIND)
def load_brand(run: jobs.Run) -> None:
    """Load one brand's demo, entry by entry, telling how far it is."""
    brand = Brand.objects.get(pk=run.brand_id)
    entries = plan.entries(brand.slug, run.payload["people"])
    done, total = 0, sum(entry.people.count + 1 for entry in entries)
    _save_draft(brand)
    _write_house_pack(brand)
    for entry in entries:
        run.progress(done=done, total=total, report={"doing": _("Registering “%(name)s”") % {"name": entry.name}})
        campaign = _register(brand, entry)
        for first in range(0, entry.people.count, CHUNK):
            count = min(CHUNK, entry.people.count - first)
            doing = _("Reading in people: %(list)s") % {"list": entry.document["sources"][0]["name"]}
            run.progress(done=done, total=total, report={"doing": doing})
            _wait(run, brand, _read_in(brand, entry.people, first, count), done, total)
            done += count
        if entry.submit:
            with _acting(brand, entry.by) as by:
                audits.submit(campaign=campaign, by=by, at=clock.now())
        done += 1
    run.progress(done=total, total=total, report={"doing": _("Done")})


def _register(brand: Brand, entry: plan.Entry) -> Campaign:
    at = clock.now()
    schedule = {"from": at.date().isoformat(), "until": (at + timedelta(days=90)).date().isoformat()}
    with _acting(brand, entry.by) as by:
        known = campaigns.by_key(brand.pk, entry.document["campaign"]["key"])
        if known is not None:
            # What an earlier attempt registered stays as it is: by now somebody may have changed it.
            return known
        document = entry.document | {"schedule": schedule}
        campaign = register.register_document(brand=brand, document=document, by=by, at=at)
        if entry.background:
            register.set_background(campaign=campaign, background=entry.background, by=by, at=at)
        for source in sources.by_keys(brand.pk, [entry.people.source_key]).values():
            if source.state == SourceState.DRAFT:
                register_sources.activate(source=source, by=by, at=at)
        return campaign


def _save_draft(brand: Brand) -> None:
    """Leave something half-written on Alice's desk."""
    if brand.slug != "northwind":
        return
    with _acting(brand, "alice") as by:
        if campaigns.by_key(brand.pk, DRAFT) is None:
            register.save_draft(
                brand=brand,
                key=DRAFT,
                name="A second life for old boots",
                facts={"purpose": "newsletter", "channels": ["email"]},
                content={"subject": "Bring them back: we mend boots"},
                schedule={},
                audience={},
                sources=[],
                integrations=["receiver"],
                by=by,
                at=clock.now(),
            )


def _write_house_pack(brand: Brand) -> None:
    """Leave a rule of the house on Olivia's desk, proved and not switched on."""
    if brand.slug != "northwind":
        return
    with _acting(brand, "olivia") as by:
        if not house_packs.packs_of(brand.pk).exists():
            text = next(one.text for one in templates() if one.name == HOUSE_PACK)
            audits.write_pack(brand=brand, text=text, by=by, at=clock.now())


def _read_in(brand: Brand, people: plan.PeopleList, first: int, count: int) -> SourceImport:
    name = f"{people.source_key}-{first // CHUNK + 1:03d}.csv"
    with brand_context(brand.pk):
        source = sources.by_keys(brand.pk, [people.source_key])[people.source_key]
        known = SourceImport.objects.filter(brand_id=brand.pk, source=source, file_name=name, dry_run=False).first()
        return known or _ask_import(source, people, first, count, name)


def _ask_import(source: DataSource, people: plan.PeopleList, first: int, count: int, name: str) -> SourceImport:
    at = clock.now()
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        path = Path(folder) / name
        lists.write(path, people, first=first, count=count, now=at)
        with path.open("rb") as file:
            mapping = suggest_mapping(lists.headers(people))
            return start_import(
                source=source, file=file, mapping=mapping, dry_run=False, by=cast.BY, at=at, file_name=name
            )


def _wait(run: jobs.Run, brand: Brand, asked: SourceImport, done: int, total: int) -> None:
    """Wait until the file is read in, and do it here where no other worker has taken it up. Raises ImportFailed."""
    while True:
        with brand_context(brand.pk):
            state = SourceImport.objects.values_list("state", flat=True).get(brand_id=brand.pk, pk=asked.pk)
            job = Job.objects.values_list("pk", flat=True).get(brand_id=brand.pk, kind=IMPORT, key=str(asked.pk))
        if state == ImportState.DONE:
            return
        if state == ImportState.FAILED:
            raise ImportFailed(asked.file_name)
        if not jobs.run(brand.pk, job):
            time.sleep(POLL_SECONDS)
        run.progress(done=done, total=total)


@contextmanager
def _acting(brand: Brand, name: str | None) -> Iterator[Actor]:
    """Act for the brand, as one of the cast or as the demo itself."""
    with ExitStack() as stack:
        user = cast.user_of(brand, name) if name else None
        if user is not None:
            stack.enter_context(user_context(user.pk))
        stack.enter_context(brand_context(brand.pk))
        yield Actor.user(user) if user is not None else cast.BY
