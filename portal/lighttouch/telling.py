"""What people of a campaign's audience would read about why they get it: of the first of them, as their rows stand."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import get_language

from campaigns.models import Campaign
from campaigns.queries import present_manifest
from delivery.approval import plan_from
from kernel import clock
from kernel.errors import DomainError
from people import queries
from people.explanation import FALLBACK, languages, sentence, spoken

LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Told:
    """Of `looked_at` people, `told` could be told why; the commonest reason, in the page's language and the others."""

    looked_at: int
    told: int
    sentence: str
    language: str
    others: tuple[tuple[str, str], ...]


def told_to(campaign: Campaign) -> Told | None:
    """Return what the first people of the audience would read; None where the draft does not say whom it reaches."""
    manifest = present_manifest(campaign)
    try:
        plan = plan_from(manifest, campaign.brand_id, campaign.pk, None)
        people = queries.audience(campaign.brand_id, manifest["audience"])
        ids = list(people.values_list("pk", flat=True)[:LOOKED_AT])
    except (DomainError, ValueError):
        return None
    at = clock.now()
    found = queries.grounds(
        campaign.brand_id, ids, needs=plan.needs, bases=plan.bases, sources=plan.sources, at=at
    ).values()
    if not found:
        return Told(len(ids), 0, "", FALLBACK, ())
    alike = Counter((one.basis, one.how, one.source) for one in found)
    commonest = alike.most_common(1)[0][0]
    ground = next(one for one in found if (one.basis, one.how, one.source) == commonest)
    brand, language = campaign.brand.name, spoken(get_language() or FALLBACK)
    others = tuple((other, sentence(ground, brand=brand, language=other)) for other in languages() if other != language)
    return Told(len(ids), len(found), sentence(ground, brand=brand, language=language), language, others)
