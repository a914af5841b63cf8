"""The writes of delivery."""

from delivery.services.events import Happened, Posted, post_event
from delivery.services.pulling import Pulled, pull, settle_pull
from delivery.services.releases import (
    AlreadyReleased,
    ChannelNotApproved,
    IntegrationNotApproved,
    IntegrationPaused,
    NotApproved,
    create_release,
    go,
    pause,
    resume,
    stop,
)

__all__ = [
    "AlreadyReleased",
    "ChannelNotApproved",
    "Happened",
    "IntegrationNotApproved",
    "IntegrationPaused",
    "NotApproved",
    "Posted",
    "Pulled",
    "create_release",
    "go",
    "pause",
    "post_event",
    "pull",
    "resume",
    "settle_pull",
    "stop",
]
