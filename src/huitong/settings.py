"""Django's settings, read from HUITONG_* environment variables; docs/settings.md lists them.

Everything has a default that works on one machine: SQLite in HUITONG_HOME, mails as files, an in-memory broker.
"""

import ipaddress
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from huitong import logs

# name: (default, what it is); docs/settings.md is made from it.
SETTINGS: dict[str, tuple[str, str]] = {}


def _setting(name: str, default: str, what: str) -> str:
    SETTINGS[name] = (default, what)
    return os.environ.get(name) or default


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ImproperlyConfigured(f'{name} is "{value}"; it can be {", ".join(known[:-1])} or {known[-1]}.')


def _days(name: str, what: str) -> int | None:
    """A number of days, or None: for ever."""
    value = _setting(name, "", f"{what} Empty: for ever.")
    if value and not (value.isascii() and value.isdigit() and 0 < int(value) < 40_000):
        raise ImproperlyConfigured(f'{name} is "{value}"; write a number of days, or leave it empty to keep for ever.')
    return int(value) if value else None


HOME = Path(_setting("HUITONG_HOME", "var", "The folder for the database, the mails and the key.")).absolute()
MAIL_FOLDER = HOME / "mail"

# Set by `huitong serve` from its options.
HOST = os.environ.get("HUITONG_HOST") or "127.0.0.1"
PORT = int(os.environ.get("HUITONG_PORT") or 8000)
ADDRESS = _setting(
    "HUITONG_ADDRESS", "", "The desk's public address, as in mails: https://desk.example.com. Empty: where it listens."
).rstrip("/")
ADDRESS = ADDRESS or f"http://{HOST}:{PORT}"

PROXY = _setting(
    "HUITONG_PROXY",
    "127.0.0.1",
    "With an https address: the number of the proxy that says by X-Forwarded-For and -Proto who the client is.",
)


def _secret_key() -> str:
    if key := _setting("HUITONG_SECRET_KEY", "", "The key that signs links and sessions. Empty: made in HUITONG_HOME."):
        return key
    path = HOME / "secret_key"
    try:
        HOME.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{HOME} cannot be written ({error.strerror}). Set HUITONG_HOME to a folder that can."
        ) from None


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = [urlsplit(ADDRESS).hostname or "127.0.0.1", "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ADDRESS]
if urlsplit(ADDRESS).scheme == "https":
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

INSTALLED_APPS = [
    "huitong.web",
    "huitong.matters",
    "huitong.records",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
]

MIDDLEWARE = [
    "huitong.web.observe.observe",
    "django.middleware.security.SecurityMiddleware",
    "huitong.web.middleware.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "huitong.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "huitong.web.middleware.Access",
]

ROOT_URLCONF = "huitong.web.urls"
WSGI_APPLICATION = "huitong.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huitong.web.context.desk",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "huitong.web.templatetags.desk"],
        },
    }
]


def _database() -> dict[str, Any]:
    url = _setting("HUITONG_DATABASE_URL", "", "postgres://user:password@host/name. Empty: SQLite in HUITONG_HOME.")
    if url and not url.startswith("sqlite"):
        database = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
        if database["ENGINE"].endswith("postgresql"):
            database.setdefault("OPTIONS", {}).setdefault(
                "connect_timeout", 5
            )  # a server that is gone must not hang us
        return database
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": HOME / "huitong.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            # A transaction that will write takes the lock at its beginning, so it never fails half-way.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        },
        "TEST": {"NAME": HOME / "test.sqlite3"},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"

# --- language and time ---
LANGUAGE_CODE = _setting("HUITONG_LANGUAGE", "zh-hans", "What a browser gets that asks for no language we have: or en.")
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).parent / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = _setting("HUITONG_TIME_ZONE", "Asia/Shanghai", "The zone of who has not signed in.")
if TIME_ZONE not in available_timezones():
    raise ImproperlyConfigured(
        f'HUITONG_TIME_ZONE is "{TIME_ZONE}"; write a name such as Asia/Shanghai or Europe/Paris.'
    )

# --- static files: served by the web process itself ---
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

# --- accounts: by invitation only; sign-in is limited against guessing ---
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "huitong.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # its mail would invite to sign up
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "huitong.web.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # a page of the questions with every log full

# --- evidence: files beside a request ---
EVIDENCE_MB = int(_setting("HUITONG_EVIDENCE_MB", "10", "The largest file, in MB, that can be laid beside a request."))
if not 1 <= EVIDENCE_MB <= 50:
    raise ImproperlyConfigured(f"HUITONG_EVIDENCE_MB is {EVIDENCE_MB}; write a number from 1 to 50.")

# --- mail: files in HOME/mail until HUITONG_SMTP_URL is set ---
SMTP_URL = _setting(
    "HUITONG_SMTP_URL",
    "",
    "smtp://user:password@host:587 (STARTTLS where offered) or smtps://user:password@host:465. Empty: files.",
)
MAIL_FROM = _setting("HUITONG_MAIL_FROM", "huitong@localhost", "The sender's address of all mails.")
MAIL_UNSUBSCRIBE = _setting(
    "HUITONG_MAIL_UNSUBSCRIBE",
    "",
    "A mailbox that somebody reads, as stop@example.com: mails that gather several things name it beside the link that"
    " ends them. Empty: the link alone.",
)
if MAIL_UNSUBSCRIBE and not re.fullmatch(r"[\w.+-]+@[\w.-]+", MAIL_UNSUBSCRIBE, re.ASCII):
    raise ImproperlyConfigured(f'HUITONG_MAIL_UNSUBSCRIBE is "{MAIL_UNSUBSCRIBE}"; write an address.')

# --- answers by mail: taken in where HUITONG_REPLY_ADDRESS is set (docs/replies.md) ---
REPLY_ADDRESS = _setting(
    "HUITONG_REPLY_ADDRESS",
    "",
    "Where answers by mail come, as desk@example.com; letters then ask for answers to desk+TOKEN@example.com."
    " Empty: answers go to who asked.",
).strip()
if REPLY_ADDRESS and not re.fullmatch(r"[A-Za-z0-9._-]{1,40}@[A-Za-z0-9.-]+", REPLY_ADDRESS):
    raise ImproperlyConfigured(
        f'HUITONG_REPLY_ADDRESS is "{REPLY_ADDRESS}"; write an address such as desk@example.com.'
    )
IMAP_URL = _setting(
    "HUITONG_IMAP_URL", "", "The mailbox that they are fetched from: imaps://user:password@host/INBOX. Empty: none."
)
AUTHSERV_ID = _setting(
    "HUITONG_AUTHSERV_ID",
    "",
    "The name by which your mail server signs its Authentication-Results. Empty: no answer by mail counts unconfirmed.",
).strip()

MAIL_A_MINUTE = int(
    _setting("HUITONG_MAIL_A_MINUTE", "0", "At most so many mails a minute to one receiving domain. 0: as many as due.")
)
MAIL_AT_ONCE = int(_setting("HUITONG_MAIL_AT_ONCE", "0", "At most so many mails at once to one receiving domain."))

# --- chats: a robot's address is https at its service's own host ---
CHAT_HOSTS = _setting(
    "HUITONG_CHAT_HOSTS", "", "Further hosts that a chat's address may name, as chat.example.com,10.0.0.7:8443."
).split(",")


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    named = _setting(
        "HUITONG_CHAT_NETWORKS", "", "Networks that chats may be in although they are not public, as 10.2.0.0/16."
    )
    try:
        return [ipaddress.ip_network(each.strip()) for each in named.split(",") if each.strip()]
    except ValueError as error:
        raise ImproperlyConfigured(f"HUITONG_CHAT_NETWORKS: {error}.") from None


CHAT_NETWORKS = _networks()

# --- the house's own app at Feishu, which writes to each person by themselves; without it only groups' robots do ---
FEISHU_APP_ID = _setting(
    "HUITONG_FEISHU_APP_ID", "", "The App ID of the house's own app at Feishu or Lark. Empty: none."
)
FEISHU_APP_SECRET = _setting("HUITONG_FEISHU_APP_SECRET", "", "Its App Secret.")
FEISHU_ADDRESS = _setting(
    "HUITONG_FEISHU_ADDRESS", "https://open.feishu.cn", "Where its platform is; for Lark https://open.larksuite.com."
).rstrip("/")

# --- calendars that are fetched: from public https addresses only ---
CALENDAR_HOSTS = [
    host.strip()
    for host in _setting(
        "HUITONG_CALENDAR_HOSTS",
        "",
        "Hosts in your own network that calendars may be fetched from, as cal.example.com,10.0.0.7:8443.",
    ).split(",")
    if host.strip()
]
GOOGLE_CLIENT = (
    _setting("HUITONG_GOOGLE_ID", "", "The client of your own Google project: people can then connect their calendar."),
    _setting("HUITONG_GOOGLE_SECRET", "", "Its secret."),
)
MICROSOFT_CLIENT = (
    _setting("HUITONG_MICROSOFT_ID", "", "Your application at Microsoft 365: people can then connect theirs."),
    _setting("HUITONG_MICROSOFT_SECRET", "", "Its secret."),
)
MICROSOFT_LOGIN = _setting(
    "HUITONG_MICROSOFT_LOGIN",
    "https://login.microsoftonline.com/organizations",
    "Where people of Microsoft 365 sign in, with the tenant; in China https://login.chinacloudapi.cn/TENANT.",
).rstrip("/")
MICROSOFT_GRAPH = _setting(
    "HUITONG_MICROSOFT_GRAPH",
    "https://graph.microsoft.com",
    "Microsoft's interface; in China https://microsoftgraph.chinacloudapi.cn.",
).rstrip("/")

# --- a language model that may offer rewritings; without an address nothing speaks of one ---
POLISH_URL = _setting(
    "HUITONG_POLISH_URL",
    "",
    "Where a language model is asked for rewritings: an OpenAI-compatible address such as https://llm.example.com/v1."
    " Empty: none. An organiser switches it on.",
)
POLISH_MODEL = _setting("HUITONG_POLISH_MODEL", "", "What the model is called there.")
POLISH_KEY = _setting("HUITONG_POLISH_KEY", "", "The key for it. Empty: none is sent.")
POLISH_SECONDS = 20

# --- background work ---
CELERY_BROKER_URL = _setting(
    "HUITONG_BROKER_URL", "memory://", "RabbitMQ (amqp://) or Redis (redis://) for more workers."
)

UNDO_MINUTES = 10
LINK_DAYS = 30

# --- what the processes say (logs.py): our own lines from this level on, those of libraries from WARNING on ---
LOG_LEVEL = _setting(
    "HUITONG_LOG_LEVEL", "WARNING", "DEBUG, INFO, WARNING or ERROR. INFO: a line a request and a mail."
)
LOG_FORMAT = _setting("HUITONG_LOG_FORMAT", "plain", "plain, or json: one object a line.")
_one_of("HUITONG_LOG_LEVEL", LOG_LEVEL, logs.LEVELS)
_one_of("HUITONG_LOG_FORMAT", LOG_FORMAT, ("plain", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "huitong.logs.Plain"}, "json": {"()": "huitong.logs.Json"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["console"], "level": "ERROR" if LOG_LEVEL == "ERROR" else "WARNING"},
    "loggers": {
        "huitong": {"level": LOG_LEVEL},
        # Its own handlers would write beside ours, without our rules.
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}

# --- watching and keeping (docs/operate.md) ---
METRICS_TOKEN = _setting(
    "HUITONG_METRICS_TOKEN", "", "Who sends it as a bearer token reads /metrics. Empty: nobody does."
)
KEEP_DAYS = {
    kind: _days(f"HUITONG_KEEP_{kind.upper()}_DAYS", what)
    for kind, what in {
        "matters": "Days that a closed matter is kept after its closing.",
        "letters": "Days that a mail of a closed matter, or of none, is kept after it was sent.",
        "timeline": "Days that the timeline of a closed matter is kept.",
        "links": "Days that a link or a sign-in is kept after it has ended.",
    }.items()
}
