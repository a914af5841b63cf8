"""In which ways a signal can come."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignalKind(models.TextChoices):
    """By which standard it speaks."""

    TCF = "tcf", _("TC string (IAB Europe)")
    GPP = "gpp", _("GPP string (IAB Tech Lab)")
    USP = "usp", _("US Privacy string")
    GPC = "gpc", _("Global Privacy Control")


class Carrier(models.TextChoices):
    """What brought it."""

    HEADER = "header", _("Request header")
    COOKIE = "cookie", _("Cookie")
    SCRIPT = "script", _("Consent manager's script")
    BID_REQUEST = "bid_request", _("Bid request")
    APP = "app", _("App's storage")
    OTHER = "other", _("Other")


class Scope(models.TextChoices):
    """Whom or what it speaks for."""

    PERSON = "person", _("The person, known by name")
    PSEUDONYM = "pseudonym", _("A pseudonym")
    DEVICE = "device", _("A device")
    BROWSER = "browser", _("A browser")
