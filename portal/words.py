"""Answers of the catalogue in the words that people use for them."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.form import label

SPECIAL: dict[str, Promise] = {
    "email": gettext_lazy("E-mail"),
    "email_given": gettext_lazy("E-mail address given"),
    "sms": gettext_lazy("SMS"),
    "sdk": gettext_lazy("SDK"),
    "phone_live": gettext_lazy("Phone call"),
    "phone_automated": gettext_lazy("Automated call"),
    "post": gettext_lazy("Post"),
    "push": gettext_lazy("Push message"),
    "inbox_ad": gettext_lazy("Ad in the inbox"),
    "in_app": gettext_lazy("In the app"),
    "web": gettext_lazy("On the website"),
    "in_store": gettext_lazy("In the shop"),
    "device_id": gettext_lazy("Device ID"),
    "one_click": gettext_lazy("One click"),
    "os_permission": gettext_lazy("Permission of the operating system"),
    "opt_out_only": gettext_lazy("Opt-out only"),
    "double_opt_in": gettext_lazy("Double opt-in"),
    "opt_in": gettext_lazy("Opt-in"),
    "explicit_opt_in": gettext_lazy("Explicit opt-in"),
    "pre_ticked": gettext_lazy("Pre-ticked box"),
}
"""Where an answer's name in the catalogue, spelled out, would read badly."""


def answer_label(value: str) -> str:
    """Return an answer's value in plain words: `self_excluded` becomes "Self excluded"."""
    return str(SPECIAL[value]) if value in SPECIAL else _(label(value))


def in_words(value: Any) -> str:
    """Return an answer in plain words."""
    if value is None:
        return _("not answered")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(in_words(one) for one in value) or _("none")
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return answer_label(text) if text.islower() and text.replace("_", "").isalpha() else text
