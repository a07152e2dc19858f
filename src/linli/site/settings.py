"""Settings of the site. They refuse to guess: a value that cannot be read stops the start and says what to set.

Every secret comes from the environment (``NAME``), from a file that ``NAME_FILE`` names, or, with the embedded
database of a laptop, from the data folder where it is made once.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.messages import constants as messages
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from linli.site import embedded

PACKAGE = Path(__file__).resolve().parents[1]
CHECKOUT = PACKAGE.parents[1] if (PACKAGE.parents[1] / "pyproject.toml").exists() else None


def _text(name: str, default: str = "") -> str:
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {path}, which cannot be read: {error.strerror}") from error
    return os.environ.get(name, default)


def _flag(name: str, default: bool) -> bool:
    text = _text(name, "true" if default else "false").lower()
    if text not in ("true", "false"):
        raise ImproperlyConfigured(f"{name} is true or false, not {text!r}")
    return text == "true"


def _key(name: str) -> bytes:
    """A 32-byte key, hexadecimal in the environment or a file; made once in the data folder on a laptop."""
    text = _text(name)
    if text:
        try:
            key = bytes.fromhex(text)
        except ValueError:
            key = b""
        if len(key) != 32:
            raise ImproperlyConfigured(f"{name} must be 64 hexadecimal digits (32 bytes)")
        return key
    if EMBEDDED:
        return embedded.secret(DATA, name.lower())
    raise ImproperlyConfigured(f"{name} is not set: give 64 hexadecimal digits in {name} or a file in {name}_FILE")


def _number(name: str, default: int, least: int) -> int:
    text = _text(name, str(default))
    if not text.isascii() or not text.isdigit() or int(text) < least:
        raise ImproperlyConfigured(f"{name} is a whole number from {least} upwards, not {text!r}")
    return int(text)


def _list(name: str, default: str) -> list[str]:
    return [part.strip() for part in _text(name, default).split(",") if part.strip()]


def _address(name: str, address: str) -> str:
    if address and not (address.startswith("/") or urlsplit(address).scheme in ("http", "https")):
        raise ImproperlyConfigured(f"{name} is an address that begins with https:// or /, not {address!r}")
    return address


def _gateway(name: str, url: str, key: str) -> dict[str, str] | None:
    """Address and shared key of a gateway for messages; None where none is set."""
    if not url:
        return None
    if urlsplit(url).scheme not in ("http", "https"):
        raise ImproperlyConfigured(f"{name}_URL is an address that begins with https://, not {url!r}")
    if len(key) < 32:
        raise ImproperlyConfigured(f"{name}_KEY is the key that both sides know: at least 32 characters")
    return {"url": url, "key": key}


def _origins(*addresses: str) -> tuple[str, ...]:
    parts = [urlsplit(address) for address in addresses]
    return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts if part.netloc))


def _live_url(name: str) -> str:
    """Nothing, a path of this site, or a whole address; it stands in a header, so it holds nothing but an address."""
    text = _text(name)
    if text and not re.fullmatch(
        r"(https?://([A-Za-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?)?(/[A-Za-z0-9_.-]+)+/?", text
    ):
        raise ImproperlyConfigured(
            f"{name} is the address of the live process (https://host/live) or a path, not {text!r}"
        )
    return text


def _database(name: str, url: str) -> dict[str, object]:
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise ImproperlyConfigured(
            f"{name} is no address of a PostgreSQL (postgresql://role:password@host:5432/database): {error}"
        ) from error
    options: dict[str, object] = {
        "pool": {"min_size": 1, "max_size": _number("LINLI_POOL", 8, least=1), "timeout": 30},
        "server_side_binding": True,
        "prepare_threshold": 3,
    }
    known = {"dbname", "user", "password", "host", "port"}
    options |= {key: value for key, value in parts.items() if key not in known}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.get("dbname") or "linli",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "OPTIONS": options,
        "TEST": {"NAME": _text("LINLI_TEST_DATABASE", "linli_test")},
    }


DATA = Path(_text("LINLI_DATA") or (CHECKOUT / "var" if CHECKOUT else Path.home() / ".linli"))
EMBEDDED = not _text("DATABASE_URL")
if EMBEDDED:
    try:
        _server = embedded.planned(DATA)
    except embedded.EmbeddedError as error:
        raise ImproperlyConfigured(str(error)) from error
    DATABASE_URL, DATABASE_OWNER_URL = _server.app_url, _server.owner_url
else:
    DATABASE_URL = _text("DATABASE_URL")
    DATABASE_OWNER_URL = _text("DATABASE_OWNER_URL") or DATABASE_URL
DEBUG = _flag("LINLI_DEBUG", False)
SECRET_KEY = _key("LINLI_SECRET_KEY").hex()
VAULT_KEY_ID = _text("LINLI_VAULT_KEY_ID", "v1")
VAULT_KEYS = {VAULT_KEY_ID: _key("LINLI_VAULT_KEY")}
CODE_KEY = _key("LINLI_CODE_KEY")
ALLOWED_HOSTS = _list("LINLI_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = _list("LINLI_ORIGINS", "")
MAP_STYLE = _address("LINLI_MAP_STYLE", _text("LINLI_MAP_STYLE"))
MAP_ORIGINS = _origins(MAP_STYLE, *_list("LINLI_MAP_ORIGINS", ""))
LIVE_URL = _live_url("LINLI_LIVE_URL")
SHARED_DATA = Path(_text("LINLI_SHARED_DATA") or ((CHECKOUT or Path.cwd()) / "../shared/data"))

AS_OWNER = _flag("LINLI_AS_OWNER", False)
DATABASES = {
    "default": (
        _database("DATABASE_OWNER_URL", DATABASE_OWNER_URL) if AS_OWNER else _database("DATABASE_URL", DATABASE_URL)
    )
}
ATOMIC_REQUESTS = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "linli.accounts",
    "linli.ledger",
    "linli.vault",
    "linli.directory",
    "linli.notices",
    "linli.catalogue",
    "linli.cases",
    "linli.intake",
    "linli.supervision",
    "linli.ui",
    "linli.site",
]
MIDDLEWARE = [
    "linli.site.proxy.CallersAddress",
    "linli.site.headers.BrowserLimits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "linli.site.problems.ProblemDocuments",
    "linli.site.addresses.PlainAddresses",
    "linli.site.bodies.LargeBodies",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "linli.site.urls"
WSGI_APPLICATION = "linli.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    },
]

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"

MESSAGE_TAGS = {messages.ERROR: "danger"}  # the kit's word for it

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# Ways out of the house: each is there once its address is set.
EMAIL_HOST = _text("LINLI_SMTP_HOST")
EMAIL_PORT = _number("LINLI_SMTP_PORT", 587, least=1)
EMAIL_HOST_USER = _text("LINLI_SMTP_USER")
EMAIL_HOST_PASSWORD = _text("LINLI_SMTP_PASSWORD")
EMAIL_USE_TLS = _flag("LINLI_SMTP_STARTTLS", True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = _text("LINLI_MAIL_FROM", "linli@localhost")
SITE_ADDRESS = _address("LINLI_ADDRESS", _text("LINLI_ADDRESS")).rstrip("/")
_GATEWAYS = {
    "sms": _gateway("LINLI_SMS", _text("LINLI_SMS_URL"), _text("LINLI_SMS_KEY")),
    "messenger": _gateway("LINLI_MESSENGER", _text("LINLI_MESSENGER_URL"), _text("LINLI_MESSENGER_KEY")),
}
NOTICE_GATEWAYS = {channel: given for channel, given in _GATEWAYS.items() if given is not None}
NOTICE_TRANSPORTS = {
    **({"email": "linli.notices.transports.mail.Mail"} if EMAIL_HOST else {}),
    **({"sms": "linli.notices.transports.gateway.TextMessages"} if "sms" in NOTICE_GATEWAYS else {}),
    **({"messenger": "linli.notices.transports.gateway.Messenger"} if "messenger" in NOTICE_GATEWAYS else {}),
}

PUBLISH_BY_TWO = _flag("LINLI_PUBLISH_BY_TWO", True)
HTTPS = _flag("LINLI_HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
BEHIND_PROXY = _flag("LINLI_BEHIND_PROXY", False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Whether the neighbours of this host are on HTTPS too, and on the browsers' list, is theirs to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
