"""Reads of sources that others may use."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from kernel.canonical import fingerprint
from sources.models import DataSource


def by_keys(brand_id: UUID, keys: Iterable[str]) -> dict[str, DataSource]:
    """Return the brand's sources of these keys, by key; a key without a source is left out."""
    return {source.key: source for source in DataSource.objects.filter(brand_id=brand_id, key__in=list(keys))}


def document_of(source: DataSource) -> dict[str, Any]:
    """Return the source as it stands in a registration document: key, name and answers."""
    return {**source.facts, "key": source.key, "name": source.name}


def sha256_of(source: DataSource) -> str:
    """Return the fingerprint of the source as it stands now, whatever its column says."""
    return fingerprint({"key": source.key, "name": source.name, "kind": source.kind, "facts": source.facts})
