"""Why a house pack cannot be used, and where in its text."""

from typing import Any

from django.utils.translation import gettext as _

from kernel.errors import Invalid


class PackFault(Invalid):
    """A text that is no pack, or a pack that its own examples do not prove.

    `line` counts from 1 and is None where it is unknown; `rule` is the id of the rule at fault.
    """

    code = "pack_fault"

    def __init__(self, message: str, *, place: str = "", line: int | None = None, rule: str = "") -> None:
        super().__init__(message, place=place)
        self.line = line
        self.rule = rule

    def __str__(self) -> str:
        told = f"{self.place}: {self.message}" if self.place else self.message
        return _("Line %(line)d, %(told)s") % {"line": self.line, "told": told} if self.line else told

    def as_dict(self) -> dict[str, Any]:
        """The fault as it is kept with a version."""
        told = {"message": self.message, "place": self.place, "line": self.line, "rule": self.rule}
        return {name: value for name, value in told.items() if value}
