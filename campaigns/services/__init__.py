"""The writes of campaigns: drafts, whole registration documents, frozen versions, and who contributed."""

from campaigns.services.contributions import contribute
from campaigns.services.documents import Registered, register_and_tell, register_document
from campaigns.services.drafts import (
    CampaignExists,
    ChangedMeanwhile,
    UnknownKey,
    save_draft,
    set_background,
)
from campaigns.services.versions import freeze

__all__ = [
    "CampaignExists",
    "ChangedMeanwhile",
    "Registered",
    "UnknownKey",
    "contribute",
    "freeze",
    "register_and_tell",
    "register_document",
    "save_draft",
    "set_background",
]
