"""A signal as it came, told apart, decoded and judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from facts.words import gettext as _
from people.standards import gpp, policy, tcf, usp
from people.standards.bits import LONGEST, Undecodable

Kind = Literal["tcf", "gpp", "usp"]


@dataclass(frozen=True)
class Reading:
    """What a string says (`fields`, named as in its standard) and what that is worth as of a day."""

    kind: Kind
    fields: dict[str, Any]
    reliance: policy.Reliance
    sections: Mapping[str, policy.Reliance] = field(default_factory=dict)
    """Of a GPP string: how each of its sections was judged."""

    def as_dict(self) -> dict[str, Any]:
        """As JSON data."""
        told: dict[str, Any] = {
            "kind": self.kind,
            "fields": self.fields,
            "reliable": self.reliance.reliable,
            "findings": self.reliance.findings,
            "because": self.reliance.because,
        }
        if self.sections:
            told["sections"] = {
                name: {"reliable": one.reliable, "findings": one.findings} for name, one in self.sections.items()
            }
        return told


def read(text: str, on: date, kind: Kind | None = None) -> Reading:
    """Decode a string and judge it as of a day. Raises Undecodable; `kind` refuses a string of any other kind."""
    found = kind or kind_of(text)
    if found == "gpp":
        fields, oddities = gpp.decode(text)
        reliance, sections = policy.gpp(fields, oddities, on)
        return Reading("gpp", fields, reliance, sections)
    if found == "usp":
        return Reading("usp", usp.fields(text), policy.usp(*usp.decode(text)))
    fields, odd = tcf.decode(text)
    return Reading("tcf", fields, policy.tcf(fields, odd, on))


def kind_of(text: str) -> Kind:
    """Tell the kinds apart: a GPP header begins with D, a TC string with B or C, a US Privacy string with its version.

    Raises Undecodable where it is none of them.
    """
    if not text:
        raise Undecodable(_("an empty string"))
    if len(text) > LONGEST:
        raise Undecodable(_("longer than %(longest)d characters") % {"longest": LONGEST})
    if "~" in text or text.startswith("D"):
        return "gpp"
    if text[0] in "BC":
        return "tcf"
    if len(text) <= 8 and text[0] in "0123456789":
        return "usp"
    raise Undecodable(_("neither a TC string (B or C…), a GPP string (D…) nor a US Privacy string (1…)"))
