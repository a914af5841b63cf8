"""Why a person is not reached: the codes in their order of precedence, each with a plain sentence.

A person may have several reasons; clearance tells the first in this order, the explain view all of them.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

CLEARED = "cleared"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `defers` says that it ends by itself at a time that is known; the others withhold."""

    code: str
    sentence: str
    defers: bool = False


def _reason(code: str, sentence: object, *, defers: bool = False) -> Reason:
    # A lazy translation is a text in every respect but its type.
    return Reason(code, sentence, defers)  # type: ignore[arg-type]


REASONS: tuple[Reason, ...] = (
    _reason("erased", _("The person had their data erased.")),
    _reason("restricted", _("The person had the use of their data restricted.")),
    _reason("suppressed", _("An address of the person is on the suppression list.")),
    _reason("objected", _("The person objected to this use.")),
    _reason("withdrawn", _("The person took their consent back.")),
    _reason("refused", _("The person said no to this use.")),
    _reason("expired", _("The person's consent has run out.")),
    _reason("no_basis", _("There is no record that allows this use on this channel.")),
    _reason("minor", _("The person is, or may be, too young for this campaign.")),
    _reason("country", _("The approval does not cover the country where the person lives.")),
    _reason("source_closed", _("No data source of this campaign that knows the person is open.")),
    _reason("kind_not_shared", _("The person does not share a kind of data that this campaign uses.")),
    _reason("visibility", _("What the data source knows of the person was not shown to the public.")),
    _reason("brand_muted", _("The person muted this brand.")),
    _reason("sender_muted", _("The person muted this sender.")),
    _reason("channel_off", _("The person switched this channel off.")),
    _reason("paused", _("The person paused all messages.")),
    _reason("no_retargeting", _("The person does not want to be followed by what they looked at.")),
    _reason("no_personalisation", _("The person does not want messages shaped by their data.")),
    _reason("no_inference", _("The person does not want conclusions drawn about them.")),
    _reason("signal", _("What the person's browser or device says cannot be relied on, so it counts as a no.")),
    _reason("re_ask", _("The person was asked for consent too short a time ago.")),
    _reason("stale_source", _("What the data source knows of the person is too old.")),
    _reason("stale_event", _("What set the message off is too long ago.")),
    _reason("recognition", _("The person was recognised in another way than was approved.")),
    _reason("unreachable", _("There is no address of the person for this channel.")),
    _reason("budget", _("The person has had as many messages as they, or the approval, allow.")),
    _reason("quiet_hours", _("It is not a time of day at which the person may be reached."), defers=True),
    _reason("spacing", _("The last message to the person was too short a time ago."), defers=True),
    _reason("error", _("It could not be decided, so the answer is no.")),
)
BY_CODE = {reason.code: reason for reason in REASONS}
ORDER = {reason.code: place for place, reason in enumerate(REASONS)}
DEFERRING = frozenset(reason.code for reason in REASONS if reason.defers)


def sentence(code: str) -> str:
    """Return the plain sentence for a code, in the reader's language. Raises KeyError for what is no reason."""
    if code == CLEARED:
        return str(_("The person may be reached."))
    return str(BY_CODE[code].sentence)
