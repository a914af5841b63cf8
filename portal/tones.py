"""The words of verdicts and states as the pages show them: label, colour, icon and a sentence."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Tone:
    """How one word of a verdict or a state looks: a label, a colour class, an icon and a sentence."""

    label: str | Promise
    colour: str
    icon: str
    sentence: str | Promise = ""


VERDICTS = {
    "clear": Tone(
        _("Clear"), "lt-good", "check_circle", _("Nothing speaks against it. An officer decides before it is released.")
    ),
    "needs_human": Tone(
        _("Needs a person"), "lt-doubt", "help", _("The rules do not settle it: a person has to weigh what is below.")
    ),
    "blocked": Tone(
        _("Blocked"), "lt-bad", "block", _("It cannot be released like this. Each finding says what would mend it.")
    ),
}
ALONE = {
    "clear": Tone(
        _("Fit for use"),
        "lt-good",
        "check_circle",
        _("Nothing speaks against it alone. Each campaign is judged besides."),
    ),
    "needs_human": Tone(
        _("Needs a person"),
        "lt-doubt",
        "help",
        _("What is open or unsettled here stays so in every campaign that uses it."),
    ),
    "blocked": Tone(
        _("Not to be used"),
        "lt-bad",
        "block",
        _("Every campaign that draws on it is held back by what is below."),
    ),
}
"""The verdict on a data source alone."""

CAN = {
    "clear": Tone(_("Allowed"), "lt-good", "gavel"),
    "needs_human": Tone(_("Unsettled"), "lt-doubt", "gavel"),
    "blocked": Tone(_("Not allowed"), "lt-bad", "gavel"),
}
SHOULD = {
    "light": Tone(_("Light touch"), "lt-good", "touch_app"),
    "mixed": Tone(_("Mixed"), "lt-doubt", "touch_app"),
    "heavy": Tone(_("Heavy"), "lt-bad", "touch_app"),
}
OUTCOMES = {
    "violated": Tone(_("Against the rule"), "lt-bad", "block"),
    "errored": Tone(_("Could not be judged"), "lt-bad", "error"),
    "judgement": Tone(_("Needs judgement"), "lt-doubt", "balance"),
    "unanswered": Tone(_("Unanswered"), "lt-doubt", "help"),
    "advised": Tone(_("Advice"), "lt-info", "lightbulb"),
}
ORDER = {outcome: number for number, outcome in enumerate(OUTCOMES)}
CHECKED: dict[str, Promise] = {
    "text": _("read in the law's text"),
    "secondary": _("from a secondary source"),
    "memory": _("from memory: have it confirmed"),
}
"""How surely the law behind a finding is known."""

CASES = {
    "draft": Tone(_("Draft"), "lt-neutral", "edit_note"),
    "checking": Tone(_("Checking"), "lt-info", "progress_activity"),
    "in_review": Tone(_("In review"), "lt-info", "visibility"),
    "approved": Tone(_("Approved"), "lt-good", "verified"),
    "changes_asked": Tone(_("Changes asked"), "lt-doubt", "edit"),
    "refused": Tone(_("Refused"), "lt-bad", "do_not_disturb_on"),
    "voided": Tone(_("No longer holds"), "lt-doubt", "history_toggle_off"),
    "failed": Tone(_("Check failed"), "lt-bad", "error"),
}
RELEASES = {
    "clearing": Tone(_("Clearing"), "lt-info", "progress_activity"),
    "ready": Tone(_("Ready to go"), "lt-good", "task_alt"),
    "running": Tone(_("Running"), "lt-info", "send"),
    "paused": Tone(_("Paused"), "lt-doubt", "pause_circle"),
    "stopped": Tone(_("Stopped"), "lt-neutral", "stop_circle"),
    "done": Tone(_("Done"), "lt-good", "done_all"),
    "failed": Tone(_("Failed"), "lt-bad", "error"),
}
SOURCES = {
    "draft": Tone(_("Draft"), "lt-neutral", "edit_note"),
    "active": Tone(_("Active"), "lt-good", "check_circle"),
    "suspended": Tone(_("Suspended"), "lt-doubt", "pause_circle"),
    "retired": Tone(_("Retired"), "lt-neutral", "inventory_2"),
}
WORK = {
    "waiting": Tone(_("Waiting"), "lt-neutral", "schedule"),
    "running": Tone(_("Running"), "lt-info", "progress_activity"),
    "done": Tone(_("Done"), "lt-good", "done_all"),
    "failed": Tone(_("Failed"), "lt-bad", "error"),
    "active": Tone(_("Active"), "lt-good", "check_circle"),
    "paused": Tone(_("Paused"), "lt-doubt", "pause_circle"),
}
PACKS = {
    "draft": Tone(_("Draft"), "lt-neutral", "edit_note"),
    "on": Tone(_("On"), "lt-good", "check_circle"),
    "off": Tone(_("Off"), "lt-doubt", "pause_circle"),
    "replaced": Tone(_("Replaced"), "lt-neutral", "history"),
}
UNKNOWN = Tone(_("Not judged yet"), "lt-neutral", "hourglass_empty")


def tone(table: dict[str, Tone], word: object) -> Tone:
    """Return how a word of a verdict looks."""
    return table.get(str(word or ""), UNKNOWN)
