"""The tables of tenants."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from kernel.ids import new_id

LIGHT_FROM, MIXED_FROM = 80, 60
"""Where the bands of the light touch begin for everybody. A brand may be stricter with itself, never milder."""
COLOUR = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("a colour as #rrggbb"))


class UserManager(BaseUserManager["User"]):
    """Users are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; the address is kept in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create an operator of the installation. Operators enter no brand by that alone."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user with this address, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """One person who works with the platform: for one brand, for several, or for the installation itself."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=8, default="en")
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the admin"), default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name to address the user by."""
        return self.name


class Brand(models.Model):
    """One brand, the unit that must never see another. The table is global: it names the tenants themselves."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, default="GB")
    sector = models.CharField(_("what it sells"), max_length=40, default="retail")
    colour = models.CharField(_("colour"), max_length=7, default="#0f766e", validators=[COLOUR])
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/London")
    postal_address = models.TextField(_("postal address"), blank=True, default="")
    privacy_url = models.URLField(_("privacy notice"), blank=True, default="")
    light_from = models.PositiveSmallIntegerField(_("light from"), default=LIGHT_FROM)
    mixed_from = models.PositiveSmallIntegerField(_("mixed from"), default=MIXED_FROM)
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("brand")
        verbose_name_plural = _("brands")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    light_from__gte=LIGHT_FROM,
                    light_from__lte=100,
                    mixed_from__gte=MIXED_FROM,
                    mixed_from__lte=models.F("light_from"),
                ),
                name="tenants_brand_never_milder",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def bands(self) -> dict[str, int]:
        """Where light and mixed begin for this brand."""
        return {"light": self.light_from, "mixed": self.mixed_from}


class BrandOwned(models.Model):
    """What a table of a brand's rows starts from; the migration that creates it fences it with `FenceTables`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, models.PROTECT, editable=False, related_name="+", verbose_name=_("brand"))

    class Meta:
        abstract = True


class Role(models.TextChoices):
    """What somebody is to a brand. Officers decide; nobody decides on their own work whatever their role."""

    OWNER = "owner", _("Brand owner")
    MARKETER = "marketer", _("Brand team")
    OFFICER = "officer", _("Compliance officer")
    VIEWER = "viewer", _("Reader")


class Membership(BrandOwned):
    """One user's role at one brand. The user herself may see it without a brand: so she finds her brands.

    `name` is what this brand calls her; empty where it never said so. What she is called elsewhere is not shown here.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    since = models.DateTimeField(_("since"))
    name = models.CharField(_("name"), max_length=120, blank=True, default="")

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["brand", "user"], name="tenants_membership_once")]

    def __str__(self) -> str:
        return f"{self.called}: {self.get_role_display()}"

    @property
    def called(self) -> str:
        """What the brand calls her: the name that it gave, else the address."""
        return self.name or self.user.email


class BrandKey(BrandOwned):
    """One key of a brand, wrapped by the master key that lies outside the database.

    `purpose` "pseudonym" keys the HMAC of identifiers; "integration" seals credentials.
    """

    purpose = models.CharField(max_length=20)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["brand", "purpose"], name="tenants_brandkey_once")]

    def __str__(self) -> str:
        return self.purpose


class ApiClient(AbstractApplication):
    """One partner's OAuth client (RFC 6749, section 4.4) at one brand. Global: tokens come before any context."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="+", verbose_name=_("brand"))
    scopes = models.CharField(_("may"), max_length=200, default="register consent audience")

    class Meta(AbstractApplication.Meta):
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return str(self.name)


class IntegrationKind(models.TextChoices):
    """The kinds of system that a brand delivers to."""

    WEBHOOK = "webhook", _("Signed webhook")
    CSV_FILE = "csv_file", _("CSV file")
    PULL = "pull", _("Pulled by a partner")


class IntegrationState(models.TextChoices):
    """Where an integration stands."""

    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")


class Integration(BrandOwned):
    """One system that the brand delivers to. Credentials are sealed; `config` holds nothing secret."""

    key = models.SlugField(_("key"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=IntegrationKind.choices)
    config = models.JSONField(_("settings"), default=dict, blank=True)
    sealed_credentials = models.BinaryField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=IntegrationState.choices, default="active")
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("integration")
        verbose_name_plural = _("integrations")
        constraints = [models.UniqueConstraint(fields=["brand", "key"], name="tenants_integration_key")]

    def __str__(self) -> str:
        return self.name
