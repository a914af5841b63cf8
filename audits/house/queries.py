"""Reads of house packs."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from audits import rules_in_use
from audits.house import law_of
from audits.house.in_use import versions_on
from audits.house.reading import House, read
from audits.models import Case, CaseState, DryRun, HousePack, HousePackVersion

STANDING = (CaseState.IN_REVIEW, CaseState.APPROVED)
"""Cases that have a verdict and are not closed."""


def packs_of(brand_id: UUID) -> QuerySet[HousePack]:
    """Return the brand's house packs by their code."""
    return HousePack.objects.filter(brand_id=brand_id).order_by("code")


def versions_of(pack: HousePack) -> QuerySet[HousePackVersion]:
    """Return the versions of a pack, the newest first."""
    rows = HousePackVersion.objects.filter(brand_id=pack.brand_id, pack=pack)
    return rows.select_related("pack", "written_by", "switched_by").order_by("-number")


def standing_cases(brand_id: UUID) -> QuerySet[Case]:
    """Return the cases that were judged and not closed, in the order in which they are locked."""
    rows = Case.objects.filter(brand_id=brand_id, state__in=STANDING)
    return rows.select_related("version__campaign").order_by("pk")


def houses_with(version: HousePackVersion | None, brand_id: UUID) -> list[House]:
    """Read the packs that are on, with this version in the place of its pack's own. Raises PackFault."""
    others = [one.text for one in versions_on(brand_id) if version is None or one.pack_id != version.pack_id]
    return [read(text) for text in [*others, *([version.text] if version is not None else [])]]


def rules_with(houses: Iterable[House], brand_id: UUID) -> dict[str, str]:
    """Return the hashes of the rules that would be in use with these house packs and no other."""
    return law_of(rules_in_use(brand_id)) | {house.code: f"sha256:{house.sha256}" for house in houses}


def last_dry_run(version: HousePackVersion) -> DryRun | None:
    """Return the newest dry run of a version, done or under way."""
    runs = DryRun.objects.filter(brand_id=version.brand_id, version=version)
    return runs.order_by("-started_at", "-pk").first()
