"""Rules as people read them: sentences, the questions they rest on, and where they apply."""

from dataclasses import dataclass

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.engine import Packs
from audits.engine.packs import Citation, Example, Pack, Rule
from audits.house import PREFIX
from portal import tones
from portal.words import answer_label

SEVERITIES = {
    "block": tones.Tone(gettext_lazy("Blocks"), "lt-bad", "block"),
    "human": tones.Tone(gettext_lazy("Asks a person"), "lt-doubt", "balance"),
    "advise": tones.Tone(gettext_lazy("Advises"), "lt-info", "lightbulb"),
}
CHECKED: dict[str, Promise] = {
    "text": gettext_lazy("its text was read"),
    "secondary": gettext_lazy("read in commentary, not in the text itself"),
    "memory": gettext_lazy("from memory, not read: it only asks a person"),
}
MANY_PLACES = 12


@dataclass(frozen=True)
class RuleShown:
    """One rule for a page: its words, what it asks, and its conditions as the engine reads them."""

    rule: Rule
    looks: tones.Tone
    checked: str
    where: str
    channels: str
    asks: tuple[str, ...]
    says: tuple[str, ...]
    violates: str
    silent: str

    @property
    def links(self) -> tuple[Citation, ...]:
        """What it cites."""
        return self.rule.citations

    @property
    def requires(self) -> str:
        """The condition that must hold."""
        return self.rule.requires.source

    @property
    def applies(self) -> str:
        """The condition under which it is asked, if there is one."""
        return self.rule.applies.source if self.rule.applies else ""


@dataclass(frozen=True)
class PackLine:
    """One pack of the law for the list: how many rules it has, since when, how they were checked."""

    pack: Pack
    rules: int
    since: str
    until: str
    checked: tuple[str, ...]


def shown(rule: Rule, packs: Packs) -> RuleShown:
    """Return a rule as a page shows it. `packs` know its definitions."""
    names = [*(rule.applies.names if rule.applies else ()), *rule.requires.names]
    facts = [path for path in packs.catalogue.facts if path in rule.reads]
    measured = [path for path in packs.catalogue.measured if path in rule.reads]
    return RuleShown(
        rule=rule,
        looks=SEVERITIES[rule.severity],
        checked=_("our own rule") if _is_own(rule) else str(CHECKED[rule.checked]),
        where=_where(rule),
        channels=", ".join(answer_label(one) for one in rule.channels) or _("every channel"),
        asks=tuple(_(fact.ask) for path in [*facts, *measured] if (fact := packs.catalogue.get(path))),
        says=tuple(packs.definitions[name].says for name in dict.fromkeys(names) if name in packs.definitions),
        violates=_example(rule, True),
        silent=_example(rule, False),
    )


def lines(packs: Packs) -> tuple[PackLine, ...]:
    """Return the packs of the law for the list, by code."""
    return tuple(_line(pack) for pack in sorted(packs.packs, key=lambda pack: pack.code.lower()))


def _line(pack: Pack) -> PackLine:
    starts = [rule.start for rule in pack.rules if rule.start]
    since = min(starts).isoformat() if len(starts) == len(pack.rules) else ""
    ends = [rule.end for rule in pack.rules]
    until = max((end for end in ends if end), default=None) if all(ends) else None
    checked = tuple(word for word in CHECKED if any(rule.checked == word for rule in pack.rules))
    return PackLine(pack, len(pack.rules), since, until.isoformat() if until else "", checked)


def _is_own(rule: Rule) -> bool:
    return all(one.law.startswith(PREFIX) for one in rule.citations)


def _where(rule: Rule) -> str:
    said = []
    for places, sentence in ((rule.where.people, _("people in %s")), (rule.where.brand, _("brands in %s"))):
        if isinstance(places, str):
            said.append(sentence % _("places that change with time (%s)") % places)
        elif places:
            more = len(places) - MANY_PLACES
            named = ", ".join(places[:MANY_PLACES]) + (_(" and %d more") % more if more > 0 else "")
            said.append(sentence % named)
    return "; ".join(said) or _("everywhere")


def _example(rule: Rule, violates: bool) -> str:
    found: Example | None = next((one for one in rule.examples if one.violates is violates), None)
    if found is None:
        return ""
    return str(yaml.safe_dump(dict(found.facts), sort_keys=False, allow_unicode=True)).strip()
