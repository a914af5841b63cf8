"""What the ledger says, in words for the person it is about."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from people.ledger import POSITIVE
from people.models import Basis
from people.purposes import ANY_CHANNEL

USES = {
    "marketing": gettext_lazy("All marketing"),
    "direct_marketing": gettext_lazy("Marketing messages"),
    "profiling": gettext_lazy("Drawing conclusions about what you may like"),
    "sensitive_targeting": gettext_lazy("Using sensitive things about you"),
    "location": gettext_lazy("Using where you are"),
    "tracking": gettext_lazy("Following what you look at"),
    "ad_matching": gettext_lazy("Finding you on advertising platforms"),
    "sharing": gettext_lazy("Passing your data to others"),
    "political": gettext_lazy("Political messages"),
    "service": gettext_lazy("Messages about your orders and your account"),
}
CHANNELS = {
    "email": gettext_lazy("by e-mail"),
    "sms": gettext_lazy("by text message"),
    "messaging_app": gettext_lazy("in a messaging app"),
    "push": gettext_lazy("by push notification"),
    "phone_live": gettext_lazy("by phone call"),
    "phone_automated": gettext_lazy("by automated call"),
    "post": gettext_lazy("by post"),
    "inbox_ad": gettext_lazy("as an advertisement in your inbox"),
    "in_app": gettext_lazy("inside an app"),
    "in_store": gettext_lazy("in a shop"),
    "display_ad": gettext_lazy("in advertisements on websites"),
    "social_ad": gettext_lazy("in advertisements on social networks"),
    "search_ad": gettext_lazy("in advertisements beside search results"),
    "web": gettext_lazy("on websites"),
    ANY_CHANNEL: gettext_lazy("on every channel"),
}
STATES = {
    "given": gettext_lazy("Agreed"),
    "renewed": gettext_lazy("Agreed"),
    "refused": gettext_lazy("Refused"),
    "withdrawn": gettext_lazy("Withdrawn"),
    "objected": gettext_lazy("Objected"),
    "expired": gettext_lazy("Ended"),
    "invalidated": gettext_lazy("Not valid"),
}
IDENTIFIERS = {
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Phone number"),
    "device": gettext_lazy("Identifier of a device"),
    "customer": gettext_lazy("Customer number"),
}
ATTRIBUTES = {
    "country": gettext_lazy("country"),
    "birth_year": gettext_lazy("year of birth"),
    "time_zone": gettext_lazy("time zone"),
    "language": gettext_lazy("language"),
    "first_name": gettext_lazy("first name"),
    "last_name": gettext_lazy("last name"),
    "city": gettext_lazy("town"),
}
KINDS = {
    "contact": gettext_lazy("How to reach you"),
    "name": gettext_lazy("Your name"),
    "postal_address": gettext_lazy("Your postal address"),
    "demographic": gettext_lazy("Your situation in life"),
    "age": gettext_lazy("Your age"),
    "purchases": gettext_lazy("What you bought"),
    "loyalty": gettext_lazy("Your loyalty programme"),
    "browsing": gettext_lazy("What you looked at on the web"),
    "app_usage": gettext_lazy("What you did in the app"),
    "device": gettext_lazy("Your devices"),
    "location_coarse": gettext_lazy("Your region"),
    "location_precise": gettext_lazy("Exactly where you are"),
    "financial": gettext_lazy("Your finances"),
    "credit": gettext_lazy("Your credit"),
    "employment": gettext_lazy("Your work"),
    "education": gettext_lazy("Your education"),
    "household": gettext_lazy("Your household"),
    "interests": gettext_lazy("Your interests"),
    "behaviour": gettext_lazy("How you behave"),
    "viewing_history": gettext_lazy("What you watched"),
    "communications_content": gettext_lazy("What you wrote or said"),
    "social_profile": gettext_lazy("Your social media profile"),
    "social_graph": gettext_lazy("Whom you know"),
    "image": gettext_lazy("Pictures of you"),
    "voice": gettext_lazy("Your voice"),
    "gambling": gettext_lazy("Gambling"),
    "pregnancy": gettext_lazy("Pregnancy"),
    "children": gettext_lazy("Your children"),
    "health": gettext_lazy("Your health"),
    "genetic": gettext_lazy("Your genes"),
    "biometric": gettext_lazy("Your body's features"),
    "sex_life": gettext_lazy("Your sex life"),
    "sexual_orientation": gettext_lazy("Your sexual orientation"),
    "ethnicity": gettext_lazy("Your ethnic origin"),
    "religion": gettext_lazy("Your religion"),
    "politics": gettext_lazy("Your political views"),
    "trade_union": gettext_lazy("Your trade union"),
    "criminal": gettext_lazy("Criminal records"),
    "immigration": gettext_lazy("Your immigration status"),
}
METHODS = {
    "explicit_opt_in": gettext_lazy("you said so expressly"),
    "double_opt_in": gettext_lazy("you ticked a box and confirmed it by e-mail"),
    "opt_in": gettext_lazy("you ticked a box"),
    "verbal": gettext_lazy("you said so in a conversation"),
    "preference_page": gettext_lazy("on this page"),
    "one_click": gettext_lazy("with the unsubscribe button of a message"),
}


INTEGRATIONS = {
    "webhook": gettext_lazy("another system, told directly"),
    "csv_file": gettext_lazy("a file"),
    "pull": gettext_lazy("fetched by a partner"),
    "smtp": gettext_lazy("e-mail"),
}
REASONS = {
    "erased": gettext_lazy("You had your data erased."),
    "restricted": gettext_lazy("The use of your data is restricted."),
    "suppressed": gettext_lazy("Your address is on the list of those never to be written to."),
    "objected": gettext_lazy("You objected."),
    "withdrawn": gettext_lazy("You took your consent back."),
    "refused": gettext_lazy("You said no."),
    "expired": gettext_lazy("Your consent had run out."),
    "no_basis": gettext_lazy("There is no record that you agreed."),
    "minor": gettext_lazy("You are, or may be, too young for it."),
    "country": gettext_lazy("It was not approved for your country."),
    "source_closed": gettext_lazy("The list that names you may not be used."),
    "kind_not_shared": gettext_lazy("It would use a kind of data that you do not share."),
    "visibility": gettext_lazy("What it rests on, you had not shown to everybody."),
    "brand_muted": gettext_lazy("You muted this brand."),
    "sender_muted": gettext_lazy("You muted this sender."),
    "channel_off": gettext_lazy("You switched this channel off."),
    "paused": gettext_lazy("You paused all messages."),
    "no_retargeting": gettext_lazy("You do not want to be followed around."),
    "no_personalisation": gettext_lazy("You do not want messages adapted to you."),
    "no_inference": gettext_lazy("You do not want things guessed about you."),
    "signal": gettext_lazy("Your browser or device said no."),
    "re_ask": gettext_lazy("You were asked too short a time ago."),
    "stale_source": gettext_lazy("What is known of you was too old."),
    "stale_event": gettext_lazy("What gave rise to it was too long ago."),
    "recognition": gettext_lazy("You were recognised in a way that was not approved."),
    "unreachable": gettext_lazy("There was no address of yours for it."),
    "budget": gettext_lazy("You had had enough messages already."),
    "quiet_hours": gettext_lazy("It was put off: your quiet hours."),
    "spacing": gettext_lazy("It was put off: the last message was too recent."),
}


def integration(kind: str) -> str:
    """Return by what a message would have left, in words."""
    return str(INTEGRATIONS.get(kind, kind.replace("_", " ")))


def why_stopped(code: str) -> str:
    """Return why a message was held back, in words for the person; what is not known was stopped all the same."""
    return str(REASONS.get(code, _("It could not be decided, so the answer was no.")))


def agreement(brand: str, channel: str) -> str:
    """Return what a person agrees to when she allows marketing on a channel."""
    return _("%(name)s may send me marketing %(channel)s. I can take this back here at any time.") % {
        "name": brand,
        "channel": on_channel(channel),
    }


def own_word() -> str:
    """Return the source of what she said herself."""
    return _("you said so yourself")


def use(key: str) -> str:
    """Return a use in words."""
    return str(USES.get(key, key))


def on_channel(key: str) -> str:
    """Return a channel in words."""
    return str(CHANNELS.get(key, key))


def kind(key: str) -> str:
    """Return a kind of data in words."""
    return str(KINDS.get(key, key.replace("_", " ")))


def attribute(key: str) -> str:
    """Return the name of an attribute or field in words."""
    return str(ATTRIBUTES.get(key, key.replace("_", " ")))


def how(method: str) -> str:
    """Return how something was said, in words; a method of the brand's own naming as the brand wrote it."""
    return str(METHODS.get(method, method))


def effect(in_flight: int) -> str:
    """Return when something that was taken back holds, in words."""
    if not in_flight:
        return _("Recorded now; effective at once.")
    return ngettext(
        "Recorded now. One message was already on its way; nothing new will be sent.",
        "Recorded now. %(count)s messages were already on their way; nothing new will be sent.",
        in_flight,
    ) % {"count": in_flight}


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on the colour (WCAG 2.2, relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    luminance = sum(weight * one for weight, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return "#ffffff" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "#111111"


def standing(state: Any, *, ended: bool) -> str:
    """Return what holds in one word; what she never agreed to herself is not called agreed."""
    if state.state not in POSITIVE:
        return str(STATES[state.state])
    if ended:
        return str(STATES["expired"])
    return str(STATES[state.state]) if state.basis == Basis.CONSENT else _("In use")


def consent(state: Any) -> str:
    """Return what holds, as a title: "Marketing messages by e-mail"."""
    return f"{use(state.purpose)} {on_channel(state.channel)}"
