"""How the admin looks: the theme of django-unfold, fed by the portal."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Lighttouch",
    "SITE_HEADER": "portal.navigation.header",
    "SITE_SUBHEADER": "portal.navigation.subheader",
    "SITE_SYMBOL": "touch_app",
    "SITE_URL": None,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("portal/icon.svg")},
    ],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": "portal.theme.primary"},
    "STYLES": [lambda request: static("portal/portal.css"), lambda request: static("portal/light_touch.css")],
    "SCRIPTS": [lambda request: static("portal/portal.js")],
    "LOGIN": {"redirect_after": reverse_lazy("admin:index")},
    "ACCOUNT": {
        "navigation": [{"title": _("Change password"), "link": reverse_lazy("admin:password_change")}],
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
        "navigation": "portal.navigation.sidebar",
    },
}
