"""The rules that a brand is judged by: the law, and the house packs that it switched on."""

from collections import OrderedDict
from uuid import UUID

from audits import packs_in_use as law_in_use
from audits.engine import Packs
from audits.house.reading import read, together
from audits.models import HousePackVersion, PackState

Fingerprints = tuple[tuple[str, str], ...]

KEPT = 64
_kept: OrderedDict[Fingerprints, Packs] = OrderedDict()


def versions_on(brand_id: UUID) -> list[HousePackVersion]:
    """Return the versions that are on, by the code of their pack."""
    rows = HousePackVersion.objects.filter(brand_id=brand_id, state=PackState.ON).select_related("pack")
    return list(rows.order_by("pack__code"))


def fingerprints(brand_id: UUID) -> Fingerprints:
    """Return (code, SHA-256 of the text) of the house packs that are on, by code."""
    rows = HousePackVersion.objects.filter(brand_id=brand_id, state=PackState.ON)
    return tuple(rows.order_by("pack__code").values_list("pack__code", "sha256"))


def hashes(brand_id: UUID) -> dict[str, str]:
    """Return the hashes of the house packs that are on, as a verdict names them."""
    return {code: f"sha256:{sha256}" for code, sha256 in fingerprints(brand_id)}


def packs(brand_id: UUID) -> Packs:
    """Return the law with the brand's house packs, read once for each set of texts. Raises PackFault."""
    wanted = fingerprints(brand_id)
    if not wanted:
        return law_in_use()
    if wanted not in _kept:
        versions = versions_on(brand_id)
        # By the fingerprints of these very texts: since they were asked for, another pack may have been switched.
        wanted = tuple((version.pack.code, version.sha256) for version in versions)
        _kept[wanted] = together(law_in_use(), [read(version.text) for version in versions])
    found = _kept[wanted]
    _kept.move_to_end(wanted)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return found
