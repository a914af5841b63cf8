"""The demo's registration documents: real cases with their clean twins, and the founding stories."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from facts import catalogue

DATA = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class Example:
    """One campaign of the demo: its registration document and where the example comes from."""

    document: dict[str, Any]
    background: dict[str, Any]

    @property
    def key(self) -> str:
        """The campaign's key."""
        return str(self.document["campaign"]["key"])

    @property
    def source(self) -> dict[str, Any]:
        """Its one data source."""
        found: dict[str, Any] = self.document["sources"][0]
        return found

    @property
    def campaign(self) -> dict[str, Any]:
        """Its campaign's answers."""
        found: dict[str, Any] = self.document["campaign"]
        return found


def cases() -> Iterator[Example]:
    """Yield each real enforcement case as its brand would have registered it, and then its clean twin."""
    for case in _read("cases.yaml"):
        key = f"case-{case['id']}"
        told = {"title": case["title"], "story": case["story"], "decisive": case["decisive"], **case["decided"]}
        content = _content(case.get("subject", ""))
        yield Example(
            _document(key, case["title"], [case["facts"]], content), {"kind": "case", "twin": f"{key}-clean", **told}
        )
        yield Example(
            _document(f"{key}-clean", f"{case['title']}, done right", [case["facts"], case["twin"]], content),
            {"kind": "twin", "case": key, "changed": sorted(_paths(case["twin"])), **told},
        )


def stories() -> Iterator[Example]:
    """Yield the variants of each founding story, from the heaviest touch to the lightest."""
    for story in _read("stories.yaml"):
        order = story["order"]
        for place, variant in enumerate(order, start=1):
            title = f"{_words(story['id'])}: {variant.replace('-', ' ')}"
            background = {
                "kind": "story",
                "story": story["story"].strip(),
                "place": place,
                "of": len(order),
                "lighter": _story_key(story["id"], order[place]) if place < len(order) else "",
            }
            yield Example(
                _document(_story_key(story["id"], variant), title, [story["variants"][variant]["facts"]]), background
            )


def own(brand: str) -> Iterator[dict[str, Any]]:
    """Yield a brand's own campaigns: {document, audience, integrations, by, submit, people} (see campaigns.yaml)."""
    for entry in _read("campaigns.yaml"):
        if entry["brand"] == brand:
            yield entry | {"document": _document(entry["key"], entry["name"], [entry["facts"]], entry.get("content"))}


def overlaid(base: Mapping[str, Any], overlay: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `overlay` laid over it: mappings merge, everything else replaces."""
    result = copy.deepcopy(dict(base))
    for key, value in overlay.items():
        both = isinstance(value, Mapping) and isinstance(result.get(key), Mapping)
        result[key] = overlaid(result[key], value) if both else copy.deepcopy(value)
    return result


def _document(
    key: str, name: str, overlays: list[Mapping[str, Any]], content: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Lay overlays over the clean registration. What they say of the brand stays out: the brand is who registers."""
    facts = catalogue.load()
    source, campaign = facts.clean("source"), facts.clean("campaign")
    for overlay in overlays:
        source = overlaid(source, overlay.get("source", {}))
        campaign = overlaid(campaign, overlay.get("campaign", {}))
    list_key = next((one["source_key"] for one in overlays if "source_key" in one), f"{key}-people")
    list_name = next((one["source_name"] for one in overlays if "source_name" in one), f"People of “{name}”")
    document: dict[str, Any] = {
        "registration": 1,
        "sources": [{"key": list_key, "name": list_name, **source}],
        "campaign": {"key": key, "name": name, "sources": [list_key], **campaign},
    }
    return document | ({"content": dict(content)} if content else {})


def _content(subject: str) -> dict[str, str]:
    if not subject:
        return {}
    return {"subject": subject, "text": f"{subject}\n\nYou can choose what we send you: {{{{preferences_url}}}}"}


def _paths(tree: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in tree.items():
        path = f"{above}.{key}" if above else key
        if isinstance(value, Mapping):
            yield from _paths(value, path)
        else:
            yield path


def _story_key(story: str, variant: str) -> str:
    return f"story-{story}-{variant}"[:80]


def _words(key: str) -> str:
    text = key.replace("-", " ")
    return text[0].upper() + text[1:]


def _read(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
