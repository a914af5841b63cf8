"""The mail with the link that proves an address. It says the same to everybody."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _


def letter(token: str, kept: str = "") -> tuple[str, str]:
    """Return subject and text in the active language. `kept` is what keeps a chosen language in the link."""
    link = settings.PUBLIC_URL.rstrip("/") + reverse("centre:open", kwargs={"token": token}) + kept
    parts = (
        _("Hello,"),
        _("somebody, most likely you, asked to see what the brands here hold about this e-mail address."),
        _("This link shows it to you. It works once, for the next 30 minutes:"),
        link,
        _("Was it not you? Then there is nothing to do: without this mail nobody sees anything."),
    )
    return _("Your link to your choices"), "\n\n".join(parts) + "\n"
