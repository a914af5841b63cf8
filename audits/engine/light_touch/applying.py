"""Putting a proposal's changes into a registration."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from facts import catalogue


class NotAPlan(ValueError):
    """A change to a fact that no plan can change; the message names the fact."""


def applied(document: Mapping[str, Any], changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the registration with the changes (`{fact, to}`) put in; `document` itself stays as it is.

    Raises NotAPlan for a fact that is not one of the campaign's. Recognition that comes with a path is put in with it.
    """
    result = copy.deepcopy(dict(document))
    facts = catalogue.load().facts
    for change in changes:
        section, *keys = change["fact"].split(".")
        if change["fact"] not in facts or section != "campaign":
            raise NotAPlan(f"{change['fact']}: no plan of a campaign can change it")
        here = result.setdefault("campaign", {})
        for key in keys[:-1]:
            here[key] = here.get(key) or {}
            here = here[key]
        here[keys[-1]] = copy.deepcopy(change["to"])
    return result
