"""The tables of campaigns."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from kernel.tenancy.models import BrandForeignKey
from sources.models import KEY
from tenants.models import BrandOwned


class Campaign(BrandOwned):
    """One campaign, as its brand is writing it: a draft that may be incomplete at any time.

    `facts` are the answers under `campaign` of a registration document; `content` the message (subject, html, text,
    landing_url, and the headers from, reply_to, list_unsubscribe, list_unsubscribe_post); `schedule` {from, until};
    `audience` the definition of whom it reaches: {"sources": [key…], "where": [{"field", "is", "value"}…]}. What is
    judged and delivered is never this row but a frozen version of it.
    """

    key = models.CharField(_("key"), max_length=100, validators=[KEY])
    name = models.CharField(_("name"), max_length=200)
    facts = models.JSONField(_("answers"), default=dict, blank=True)
    content = models.JSONField(_("message"), default=dict, blank=True)
    schedule = models.JSONField(_("schedule"), default=dict, blank=True)
    audience = models.JSONField(_("audience"), default=dict, blank=True)
    sources = models.JSONField(_("data sources"), default=list, blank=True)
    integrations = models.JSONField(_("integrations"), default=list, blank=True)
    background = models.JSONField(_("where the example comes from"), default=dict, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("registered"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [models.UniqueConstraint(fields=["brand", "key"], name="campaigns_campaign_key")]
        permissions = [("edit_campaign", "May edit this campaign")]

    def __str__(self) -> str:
        return self.name


class CampaignPermission(UserObjectPermissionBase):
    """One user's right on one campaign, kept by django-guardian; the database fills the brand in from the context."""

    brand_id = models.UUIDField(db_default=models.Func(function="lighttouch_brand"), editable=False)
    content_object = BrandForeignKey(Campaign, models.CASCADE)

    class Meta:
        db_table = "campaigns_permission"
        constraints = [
            models.UniqueConstraint(
                fields=["brand_id", "user", "permission", "content_object"], name="campaigns_permission_once"
            )
        ]


class Contribution(BrandOwned):
    """Somebody registered, edited or submitted a campaign. Append-only; who stands here cannot decide on it."""

    campaign = BrandForeignKey(Campaign, models.CASCADE, related_name="contributions")
    actor_kind = models.CharField(max_length=10)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    client_id = models.UUIDField(null=True)
    what = models.CharField(_("what"), max_length=20)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")

    def __str__(self) -> str:
        return self.what


class CampaignVersion(BrandOwned):
    """A campaign as it stood at one moment, frozen. Append-only.

    `manifest` holds the canonical bytes (RFC 8785) of {registration, audience, sources: {key: sha256}}; `sha256` is
    their fingerprint, computed by the database: no other can be written beside them. Whatever is judged, decided or
    delivered names this hash.
    """

    campaign = BrandForeignKey(Campaign, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    manifest = models.BinaryField()
    sha256 = models.GeneratedField(
        expression=models.Func(models.Func("manifest", function="sha256"), models.Value("hex"), function="encode"),
        output_field=models.CharField(max_length=64),
        db_persist=True,
        verbose_name=_("fingerprint"),
    )
    frozen_at = models.DateTimeField(_("frozen"))

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [models.UniqueConstraint(fields=["brand", "campaign", "number"], name="campaigns_version_number")]

    def __str__(self) -> str:
        return f"{self.campaign_id} v{self.number}"
