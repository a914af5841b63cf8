"""Settings: what differs between installations comes from the environment, everything else stands here."""

import base64
import hashlib
import hmac
import os
import sys
from datetime import date
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment
from config.unfold import UNFOLD as UNFOLD

environment.load()

ROOT = Path(__file__).resolve().parents[2]
DATA_DIR = Path(os.environ.get("LIGHTTOUCH_DATA_DIR", ROOT / ".data"))
TESTING = "pytest" in sys.modules
DEBUG = os.environ.get("DEBUG", "") == "1"


def _secret(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(f"{name} is not set; see docs/installation.md") from None


def _key(name: str) -> bytes:
    value = base64.b64decode(_secret(name), validate=True)
    if len(value) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64")
    return value


def _retired_keys(name: str) -> list[tuple[date, bytes]]:
    keys = []
    for entry in os.environ.get(name, "").split():
        day, _equals, key = entry.partition("=")
        try:
            keys.append((date.fromisoformat(day), base64.b64decode(key, validate=True)))
        except ValueError:
            raise ImproperlyConfigured(f"{name}: each entry reads YYYY-MM-DD=<32 bytes in base64>") from None
    return keys


def _database(name: str) -> dict[str, object]:
    url = urlsplit(_secret(name))
    if url.scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(f"{name}: PostgreSQL 15 or newer is the one supported database")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or 5432),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": "-c timezone=UTC"},
    }


# Keys -------------------------------------------------------------------------------------------------------------
SECRET_KEY = _secret("LIGHTTOUCH_SECRET_KEY")
KEK = _key("LIGHTTOUCH_KEK")
TENANCY_KEY = _key("LIGHTTOUCH_TENANCY_KEY")
LINK_KEY = _key("LIGHTTOUCH_LINK_KEY")
LINK_KEYS_BEFORE = _retired_keys("LIGHTTOUCH_LINK_KEYS_BEFORE")
TRAIL_KEY = hmac.digest(KEK, b"trail pseudonyms", hashlib.sha256)

# Database: the owner migrates, the application owns nothing -------------------------------------------------------
DB_ROLE = os.environ.get("LIGHTTOUCH_DB_ROLE", "app")
APP_ROLE = os.environ.get("LIGHTTOUCH_APP_ROLE", "lighttouch_app")
DATABASES = {"default": _database("DATABASE_OWNER_URL" if DB_ROLE == "owner" else "DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The house --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.guardian",
    "portal.apps.LighttouchAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "kernel",
    "trail",
    "tenants",
    "sources",
    "people",
    "campaigns",
    "audits",
    "delivery",
    "portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenants.middleware.BrandMiddleware",
    "portal.middleware.BrandTimeMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "tenants.context.brand",
            ]
        },
    }
]

# Who may enter ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "guardian.backends.ObjectPermissionBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = True
LOGIN_URL = "admin:login"
OAUTH2_PROVIDER_APPLICATION_MODEL = "tenants.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES": {
        "register": "Register campaigns and data sources, submit them and read their verdicts",
        "consent": "Post consent events and ask decisions",
        "audience": "Pull cleared audiences",
    },
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
}

# Ten thousand consent events in one request, with what was shown; what is longer is sent as a stream.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# REST -------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["tenants.authentication.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["tenants.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kernel.bodies.JsonBody"],
    "DEFAULT_SCHEMA_CLASS": "config.openapi.Schema",
    "EXCEPTION_HANDLER": "kernel.problems.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lighttouch",
    "DESCRIPTION": "Register campaigns, read verdicts, post consent, ask decisions, pull cleared audiences.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "config.openapi.complete"],
}

# Work -------------------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "filesystem://localhost//")
JOB_LEASE_SECONDS = int(os.environ.get("LIGHTTOUCH_JOB_LEASE_SECONDS", "60"))
SWEEP_SECONDS = int(os.environ.get("LIGHTTOUCH_SWEEP_SECONDS", "60"))

# Clearance of large audiences: the engine, and the copy of what decides (one folder per brand, of no other) ----------
DECISION_STATE_DIR = DATA_DIR / "decisions"
CLEARANCE_ENGINE = {
    "duckdb": "delivery.clearance.bulk.engine.duckdb",
    "spark": "delivery.clearance.bulk.spark.spark",
}[os.environ.get("LIGHTTOUCH_CLEARANCE_ENGINE", "duckdb")]
CLEARANCE_BULK_FROM = int(os.environ.get("LIGHTTOUCH_CLEARANCE_BULK_FROM", "100000"))
CLEARANCE_MEMORY = os.environ.get("LIGHTTOUCH_CLEARANCE_MEMORY", "600MB")
SPARK_MASTER = os.environ.get("LIGHTTOUCH_SPARK_MASTER", "local[*]")

# Outgoing: only global addresses, but for what an installation names (host:port, comma separated) -----------------
EGRESS_ALLOW = [one for one in os.environ.get("LIGHTTOUCH_EGRESS_ALLOW", "").split(",") if one]

# Mail of the installation itself: a folder until a server is named --------------------------------------------------
DEFAULT_FROM_EMAIL = os.environ.get("LIGHTTOUCH_MAIL_FROM", "Lighttouch <no-reply@localhost>")
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_TIMEOUT = 20
_MAIL = urlsplit(os.environ.get("LIGHTTOUCH_MAIL_URL", ""))
if _MAIL.scheme not in ("", "smtp", "smtps"):
    raise ImproperlyConfigured("LIGHTTOUCH_MAIL_URL reads smtp://user:password@host:587 or smtps://…:465")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL.scheme else 'filebased'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _MAIL.hostname or "", _MAIL.port or (465 if _MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_MAIL.username or ""), unquote(_MAIL.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _MAIL.scheme == "smtps", _MAIL.scheme == "smtp"

# The preference centre --------------------------------------------------------------------------------------------
# How many proxies of our own stand in front and write X-Forwarded-For: the rate limit counts clients by it.
PROXIES = int(os.environ.get("LIGHTTOUCH_PROXIES", "0"))

# Language and time ------------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("de", _("German")),
    ("fr", _("French")),
    ("es", _("Spanish")),
    ("it", _("Italian")),
    ("pl", _("Polish")),
]
LOCALE_PATHS = [ROOT / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]

# Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("LIGHTTOUCH_STATIC_ROOT", DATA_DIR / "static"))
STATICFILES_DIRS = [path for path in [ROOT / "static"] if path.is_dir()]
_MANIFEST = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _PLAIN if TESTING or DEBUG else _MANIFEST},
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
MEDIA_ROOT = DATA_DIR / "files"

# Safety -----------------------------------------------------------------------------------------------------------
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
PUBLIC_URL = os.environ.get("LIGHTTOUCH_PUBLIC_URL", "http://localhost:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The admin theme builds expressions (Alpine) and inline styles; scripts still come from here alone.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE, "'unsafe-eval'"],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
