"""What the columns of a file may be, in words, for the page where they are assigned."""

from collections.abc import Mapping

from django.http import QueryDict
from django.utils.translation import gettext as _

from people import purposes
from people.imports.columns import ATTRIBUTES, IDENTIFIERS, consent_target
from portal.words import answer_label

OptionGroup = tuple[str, list[tuple[str, str]]]


def choices(headers: list[str], mapping: Mapping[str, str]) -> list[OptionGroup]:
    """Return the targets to choose from, in groups; what is in use and none of the usual ones stands at the end."""
    table = purposes.table()
    found: list[OptionGroup] = [
        (_("Who it is"), [(kind, _identifier(kind)) for kind in IDENTIFIERS]),
        (_("About the person"), [(name, _attribute(name)) for name in ATTRIBUTES]),
        (_("A field that messages may use"), [(_field(header), header) for header in headers if _field(header)]),
    ]
    for use in table.uses:
        entries = []
        for channel in table.channels:
            words = _("%(use)s by %(channel)s") % {"use": answer_label(use), "channel": answer_label(channel).lower()}
            target = f"consent.{use}.{channel}"
            entries += [
                (target, _("%(what)s: yes or no") % {"what": words}),
                (f"{target}.at", _("%(what)s: when") % {"what": words}),
            ]
        found.append((_("Agreed to: %(use)s") % {"use": answer_label(use)}, entries))
    usual = {target for _title, entries in found for target, _words in entries}
    others = [(target, in_words(target)) for target in mapping.values() if target and target not in usual]
    return [*found, (_("Others"), others)] if others else found


def in_words(target: str) -> str:
    """Return a target in words."""
    if not target:
        return _("left out")
    if consent := consent_target(target):
        use, channel, part = consent
        said = _("%(use)s by %(channel)s") % {"use": answer_label(use), "channel": answer_label(channel).lower()}
        return f"{said}: {part}" if part else said
    if target.startswith("field."):
        return _("field “%(name)s”") % {"name": target.removeprefix("field.")}
    return _identifier(target) if target in IDENTIFIERS else _attribute(target)


def read(posted: QueryDict, headers: list[str]) -> dict[str, str]:
    """Return header → target from the posted page, whose fields are numbered in the order of the headers."""
    return {header: posted.get(f"column.{number}", "") for number, header in enumerate(headers)}


def _field(header: str) -> str:
    name = "".join(one if one.isalnum() else "_" for one in header.strip().lower()).strip("_")[:60]
    return f"field.{name}" if name else ""


def _identifier(kind: str) -> str:
    words = {
        "email": _("E-mail address"),
        "phone": _("Phone number"),
        "device": _("Device"),
        "customer": _("Customer number"),
    }
    return words.get(kind, kind)


def _attribute(name: str) -> str:
    words = {
        "country": _("Country"),
        "birth_year": _("Year or date of birth"),
        "time_zone": _("Time zone"),
        "language": _("Language"),
        "visibility": _("Visibility (social networks)"),
        "observed_at": _("When it was last known to be right"),
    }
    return words.get(name, name)
