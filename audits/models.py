"""The tables of audits."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import CampaignVersion
from kernel.tenancy.models import BrandForeignKey
from tenants.models import BrandOwned


class CaseState(models.TextChoices):
    """Where an audit case stands. See states.py."""

    CHECKING = "checking", _("Checking")
    IN_REVIEW = "in_review", _("In review")
    APPROVED = "approved", _("Approved")
    CHANGES_ASKED = "changes_asked", _("Changes asked")
    REFUSED = "refused", _("Refused")
    VOIDED = "voided", _("Voided")
    FAILED = "failed", _("Check failed")


OPEN = (CaseState.CHECKING, CaseState.FAILED, CaseState.IN_REVIEW, CaseState.APPROVED)


class Case(BrandOwned):
    """The audit of one frozen version, from its submission to a decision.

    `verdict` is the engine's document (see the registration format); `measured` what was counted in the consent
    records and settings of the audience, empty where nobody could be counted; `sha256` the fingerprint an approval is
    bound to: {version, packs}; `note` why it failed or was voided, or what the check could not see. A version that is
    submitted again after its case was closed gets a new case; at most one is open. The database itself lets a case
    begin only at `checking`, and move only as states.py says.
    """

    version = BrandForeignKey(CampaignVersion, related_name="cases")
    state = models.CharField(_("state"), max_length=14, choices=CaseState.choices, default=CaseState.CHECKING)
    verdict = models.JSONField(_("verdict"), default=dict)
    measured = models.JSONField(_("measured"), default=dict)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(_("submitted"))
    checked_at = models.DateTimeField(_("checked"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["brand", "version"], condition=models.Q(state__in=OPEN), name="audits_case_open"
            )
        ]
        indexes = [models.Index(fields=["brand", "state", "submitted_at"], name="audits_case_desk")]

    def __str__(self) -> str:
        return str(self.version_id)


class DecisionKind(models.TextChoices):
    """What an officer can decide."""

    APPROVE = "approve", _("Approve")
    ASK_CHANGES = "ask_changes", _("Ask for changes")
    REFUSE = "refuse", _("Refuse")


class Decision(BrandOwned):
    """What one officer decided on one case, bound to the fingerprint she saw. Append-only.

    The database itself refuses a decision by anybody but the signed-in user, by whoever contributed to the campaign,
    by whoever is no officer of the brand, and on another fingerprint than the case's. `reasons` holds the officer's
    words on each open judgement by finding, `reason` those on the whole.
    """

    case = BrandForeignKey(Case, related_name="decisions")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(_("decision"), max_length=12, choices=DecisionKind.choices)
    reason = models.TextField(_("reason"))
    reasons = models.JSONField(_("reasons by finding"), default=dict)
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")

    def __str__(self) -> str:
        return self.get_kind_display()
