"""Where two frozen states of a campaign differ."""

from collections.abc import Iterator, Mapping
from typing import Any


def changed_places(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the paths at which two manifests differ, in order, e.g. `source.shop.retention_months`."""
    return sorted(set(_differing("", _readable(before), _readable(after))))


def _readable(manifest: Mapping[str, Any]) -> dict[str, Any]:
    registration = manifest.get("registration") or {}
    parts = {name: part for name, part in registration.items() if name not in ("registration", "sources")}
    return parts | {
        "source": {source["key"]: source for source in registration.get("sources", ())},
        "audience": manifest.get("audience") or {},
    }


def _differing(place: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {*before, *after}:
            yield from _differing(f"{place}.{name}" if place else name, before.get(name), after.get(name))
    else:
        yield place
