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


class PackState(models.TextChoices):
    """Where one version of a house pack stands. See states.py."""

    DRAFT = "draft", _("Draft")
    ON = "on", _("On")
    OFF = "off", _("Off")
    REPLACED = "replaced", _("Replaced")


class HousePack(BrandOwned):
    """One rule pack that a brand keeps for itself: its code, and nothing else. Its rules stand in its versions."""

    code = models.CharField(_("code"), max_length=60)
    made_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("house pack")
        verbose_name_plural = _("house packs")
        constraints = [models.UniqueConstraint(fields=["brand", "code"], name="audits_housepack_code")]

    def __str__(self) -> str:
        return self.code


class HousePackVersion(BrandOwned):
    """One text of a house pack, as an officer wrote it; the text never changes, a correction is the next version.

    `sha256` is that of the text, which is what verdicts name; `fault` says why its examples did not prove it when it
    was written ({message, line, place}), empty where they did. At most one version of a pack is on. The database
    itself lets nobody but an officer of the brand write one, and move it only as states.py says.
    """

    pack = BrandForeignKey(HousePack, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    fault = models.JSONField(_("fault"), default=dict)
    state = models.CharField(_("state"), max_length=10, choices=PackState.choices, default=PackState.DRAFT)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))
    switched_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    switched_at = models.DateTimeField(_("switched"), null=True)

    class Meta:
        verbose_name = _("version of a house pack")
        verbose_name_plural = _("versions of house packs")
        constraints = [
            models.UniqueConstraint(fields=["brand", "pack", "number"], name="audits_housepack_number"),
            models.UniqueConstraint(
                fields=["brand", "pack"], condition=models.Q(state="on"), name="audits_housepack_one_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.number}"


class DryRun(BrandOwned):
    """One look at what a version of a house pack would find in the cases that stand; it changes none of them.

    `rules` are the hashes of the rules that would be in use, `results` one entry for each case that was looked at.
    """

    version = BrandForeignKey(HousePackVersion, related_name="dry_runs")
    rules = models.JSONField(_("rules"), default=dict)
    results = models.JSONField(_("results"), default=list)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("started"))
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("dry run")
        verbose_name_plural = _("dry runs")

    def __str__(self) -> str:
        return str(self.version_id)


class Confirmation(BrandOwned):
    """One case that was asked again when the brand's house packs changed, and of which they find nothing new.

    It lets the case stand under the rules in `packs` beside those it was judged by: the same version, the same law.
    `sha256` is the fingerprint of {version, packs}. Append-only; the database lets only an officer of the brand write
    it, only where the law is that of the verdict, and only for the house packs that are on.
    """

    case = BrandForeignKey(Case, related_name="confirmations")
    packs = models.JSONField(_("rules"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"))

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [models.UniqueConstraint(fields=["brand", "case", "sha256"], name="audits_confirmation_once")]

    def __str__(self) -> str:
        return str(self.case_id)
