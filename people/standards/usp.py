"""The US Privacy string (IAB Tech Lab, “US Privacy String”, version 1; deprecated since 31 January 2024)."""

import re

from facts.words import gettext as _
from people.standards.bits import Undecodable

_STRING = re.compile(r"1([YN-])([YN-])([YN-])")


def decode(text: str) -> tuple[str, str, str]:
    """Return notice given, opt-out of sale and covered by the LSPA, each `Y`, `N` or `-` (not applicable).

    The specification writes upper case alone, so lower case is refused. Raises Undecodable.
    """
    found = _STRING.fullmatch(text)
    if not found:
        raise Undecodable(_("not a US Privacy string: 1 and three times Y, N or -"))
    notice, opt_out, covered = found.groups()
    return notice, opt_out, covered


def fields(text: str) -> dict[str, object]:
    """Return the fields of a string that travels alone. It applies unless all three places say it does not."""
    notice, opt_out, covered = decode(text)
    return {"notice": notice, "opt_out_sale": opt_out, "lspa": covered, "applies": text != "1---"}
