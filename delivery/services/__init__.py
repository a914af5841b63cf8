"""The writes of delivery."""

from delivery.services.pulling import Pulled, pull, settle_pull
from delivery.services.releases import (
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
    "ChannelNotApproved",
    "IntegrationNotApproved",
    "IntegrationPaused",
    "NotApproved",
    "Pulled",
    "create_release",
    "go",
    "pause",
    "pull",
    "resume",
    "settle_pull",
    "stop",
]
