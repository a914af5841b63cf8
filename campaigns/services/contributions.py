"""Who had a hand in a campaign; the database lets none of them decide on it."""

from datetime import datetime

from campaigns.models import Campaign, Contribution
from kernel.actors import Actor, ActorKind


def contribute(*, campaign: Campaign, what: str, by: Actor, at: datetime) -> Contribution:
    """Record that somebody registered, edited or submitted the campaign. `what` is that past participle."""
    return Contribution.objects.create(
        brand_id=campaign.brand_id,
        campaign_id=campaign.pk,
        actor_kind=by.kind.value,
        user_id=by.user_id,
        client_id=by.id if by.kind is ActorKind.CLIENT else None,
        what=what,
        at=at,
    )
