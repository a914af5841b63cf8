"""The systems that deliveries leave by: one folder per kind, all alike."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from delivery.integrations.base import Batch, Message, Outcome, Result, Transport, TransportError
from delivery.integrations.csv_file.transport import CsvFile
from delivery.integrations.webhook.transport import Webhook

KINDS: dict[str, type[Transport]] = {"webhook": Webhook, "csv_file": CsvFile}


def transport_for(kind: str, *, brand_id: UUID, config: Mapping[str, Any], credentials: Mapping[str, str]) -> Transport:
    """Return the code that speaks to an integration. Raises TransportError for a kind or settings it cannot use."""
    try:
        transport = KINDS[kind]
    except KeyError:
        raise TransportError(f"there is no integration of kind {kind}", permanent=True) from None
    return transport(brand_id=brand_id, config=config, credentials=credentials)


__all__ = ["KINDS", "Batch", "Message", "Outcome", "Result", "Transport", "TransportError", "transport_for"]
