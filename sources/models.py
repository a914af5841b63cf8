"""The tables of sources."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from facts.checking import KEY as KEY_PATTERN
from kernel.tenancy.models import BrandForeignKey
from tenants.models import BrandOwned

KEY = RegexValidator(KEY_PATTERN, _("a key of letters, digits, dots, hyphens and underscores"))


class SourceKind(models.TextChoices):
    """What a data source technically is."""

    LIST = "list", _("List of people")
    TAG = "tag", _("Tag or pixel")
    SDK = "sdk", _("SDK in an app")
    MODEL = "model", _("Model or inference")
    FEED = "feed", _("Feed of events")
    SOCIAL = "social", _("Social network")


class SourceState(models.TextChoices):
    """Where a data source stands. See states.py."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    RETIRED = "retired", _("Retired")


class DataSource(BrandOwned):
    """One source of personal data as the brand registered it.

    `facts` is what stands under this source in a registration document (the answers, without key and name); `sha256`
    is the fingerprint of {key, name, kind, facts}, so that a version can say which state of the source it saw.
    """

    key = models.CharField(_("key"), max_length=100, validators=[KEY])
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind.choices, default=SourceKind.LIST)
    facts = models.JSONField(_("answers"), default=dict, blank=True)
    sha256 = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=SourceState.choices, default=SourceState.DRAFT)
    created_at = models.DateTimeField(_("registered"))
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("data source")
        verbose_name_plural = _("data sources")
        constraints = [models.UniqueConstraint(fields=["brand", "key"], name="sources_datasource_key")]

    def __str__(self) -> str:
        return self.name


class SourceContribution(BrandOwned):
    """Somebody registered or edited a data source. Append-only.

    The database carries it on to every campaign that draws on the source: who wrote a source's answers wrote part of
    the campaign, and cannot decide on it. `client_id` is the API client's, where one acted.
    """

    source = BrandForeignKey(DataSource, models.CASCADE, related_name="contributions")
    actor_kind = models.CharField(max_length=10)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    client_id = models.UUIDField(null=True)
    what = models.CharField(_("what"), max_length=20)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("contribution to a data source")
        verbose_name_plural = _("contributions to data sources")

    def __str__(self) -> str:
        return self.what


class ImportState(models.TextChoices):
    """Where an import stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class SourceImport(BrandOwned):
    """One file of people read into a source, or only looked at (`dry_run`).

    `mapping` says which column is what; `counts` what came of the rows. The work itself is a kernel job of the same id.
    """

    source = BrandForeignKey(DataSource, related_name="imports", verbose_name=_("data source"))
    file = models.FileField(_("file"), upload_to="imports/")
    file_name = models.CharField(_("file name"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(_("columns"), default=dict)
    dry_run = models.BooleanField(_("only look"), default=True)
    state = models.CharField(_("state"), max_length=10, choices=ImportState.choices, default=ImportState.WAITING)
    counts = models.JSONField(_("counts"), default=dict)
    resume_line = models.BigIntegerField(default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("asked for"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.file_name


class ImportProblem(BrandOwned):
    """One row of an imported file that was left out, and why."""

    source_import = BrandForeignKey(SourceImport, models.CASCADE, related_name="problems")
    line = models.BigIntegerField(_("line"))
    column = models.CharField(_("column"), max_length=200, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("row left out")
        verbose_name_plural = _("rows left out")
        constraints = [
            models.UniqueConstraint(fields=["brand", "source_import", "line", "column"], name="sources_problem_once")
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.reason}"
