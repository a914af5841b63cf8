"""Advice on the light touch beside its score: data that nothing uses, and what is counted as success."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from audits.engine.light_touch.table import Table
from audits.engine.verdict import Finding
from facts.document import Registration
from facts.words import gettext as _

REQUESTED, USED = "campaign.data_used.requested", "campaign.data_used.used"
SUCCESS = "campaign.success_measures"
COUNTED_ONLY = frozenset({"reach", "opens", "clicks"})
ADDRESSES = frozenset({"email", "phone", "postal_address", "device", "device_id", "customer", "customer_number"})
"""Fields by which a message finds its way: they are used without standing in its text."""


def advice(valid: Registration, table: Table, selection: Collection[str] | None) -> Iterator[Finding]:
    """Yield what is advised. `selection` names the fields that the audience definition reads, where it is known."""
    yield from diet(valid, table, selection)
    measures = (valid.campaign.get("success_measures")) or []
    if measures and COUNTED_ONLY.issuperset(measures):
        yield advised(
            table,
            "light_touch.success",
            _("What counts as success"),
            _("Only {measures} count as success: they show who was reached, not who was glad of it.").format(
                measures=listed(measures)
            ),
            _("Count what the relation gains, too: felt helpful, replies read, or consent kept."),
            {SUCCESS: list(measures)},
        )


def diet(valid: Registration, table: Table, selection: Collection[str] | None) -> Iterator[Finding]:
    """Yield the fields that are requested and not used, and those that are said to be used and are not.

    The second is seen only where the selection is known, the message is here, and no event could use a field.
    """
    data = valid.campaign.get("data_used") or {}
    requested, used = data.get("requested"), data.get("used")
    known = frozenset(used or ())
    idle = [name for name in requested or () if used is not None and name not in known]
    if idle:
        yield unused(
            table, idle, _("{fields}: requested, and neither the selection, the trigger nor the text uses it."), data
        )
    trigger = (valid.campaign.get("trigger") or {}).get("kind")
    text = valid.content or {}
    if selection is None or trigger not in ("schedule", "none") or not (text.get("html") or text.get("text")):
        return
    met = {*selection, *placeholders(text), *ADDRESSES}
    claimed = [name for name in used or () if name not in met]
    if claimed:
        yield unused(
            table, claimed, _("{fields}: said to be used, but neither the selection nor the text uses it."), data
        )


def unused(table: Table, names: Sequence[str], message: str, data: Any) -> Finding:
    """The finding on fields that nothing uses."""
    facts = {REQUESTED: data.get("requested"), USED: data.get("used")}
    remedy = _("Do not request {fields}.").format(fields=listed(names))
    title = _("No more data than is used")
    return advised(table, "light_touch.data_diet", title, message.format(fields=listed(names)), remedy, facts)


def placeholders(content: Any) -> frozenset[str]:
    """The fields that a message prints."""
    from audits.content.reading import FIELD

    return frozenset(found[1] for text in content.values() if isinstance(text, str) for found in FIELD.finditer(text))


def listed(names: Sequence[str]) -> str:
    """Names as a list of words."""
    return ", ".join(name.replace("_", " ") if name in COUNTED_ONLY else name for name in names)


def advised(table: Table, rule: str, title: str, message: str, remedy: str, facts: dict[str, Any]) -> Finding:
    """A finding that advises: it never changes the verdict or the score."""
    return Finding(
        rule=rule,
        title=title,
        pack="light_touch",
        pack_version=table.version,
        side="should",
        scope="campaign",
        countries=(),
        outcome="advised",
        severity="advise",
        citations=(),
        checked="text",
        message=message,
        remedy=remedy,
        facts=facts,
    )
