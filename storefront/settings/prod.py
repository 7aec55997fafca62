"""Production: everything that differs from shop to shop comes from the environment."""

import logging
import os
import sys

from django.core.exceptions import ImproperlyConfigured
from whitenoise.compress import Compressor

from .common import *
from .environment import first_set
from .logs import is_file
from .origins import host
from .security import shop_url

# Collecting static files serves nobody: an image is built where the secrets are not, and a platform
# collects before the database's driver, and the folder of the log, are there.
if sys.argv[1:2] == ["collectstatic"]:
    for name, placeholder in {
        "SECRET_KEY": "never-signs-anything" * 3,
        "ALLOWED_HOSTS": "localhost",
        "DATABASE_URL": "sqlite:///:memory:",
        "EMAIL_HOST": "localhost",
        "LOG_FILE": "",
        "PAYMENT_GATEWAY": "",
    }.items():
        os.environ[name] = placeholder

DEBUG = False
is_key = validate.Length(min=50)
SECRET_KEY = env.str("SECRET_KEY", validate=is_key)
# Keys of before: what they signed stays valid until they are taken out. An empty one, behind a comma
# too many, would be known to all.
SECRET_KEY_FALLBACKS: list[str] = env.list(
    "SECRET_KEY_FALLBACKS", [], subcast=lambda key: is_key(key.strip())
)
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", subcast=host, validate=validate.Length(min=1, error="Name a host.")
)
# On a Heroku-like platform the add-ons give these, under names of their own.
url = first_set("DATABASE_URL", "CLEARDB_DATABASE_URL")
DATABASES["default"] = with_engine_options(env.dj_db_url(url, conn_max_age=60), url)
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}

EMAIL_BACKEND = SMTP_BACKEND
EMAIL_HOST = env.str(
    first_set("EMAIL_HOST", "MAILGUN_SMTP_SERVER"),
    validate=validate.Length(min=1, error="Name a host."),
)

# Static files come from the web process; compressed and named by their content, they never change.
after_security = MIDDLEWARE.index("django.middleware.security.SecurityMiddleware") + 1
MIDDLEWARE.insert(after_security, "whitenoise.middleware.WhiteNoiseMiddleware")
STORAGES["staticfiles"] = {"BACKEND": "storefront.storage.static.StaticStorage"}
# Nobody asks for the plain names, only debuggers for maps; with both it takes four times as long.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]
# A shop whose files were not collected looks right all the same, and its log says what is missing.
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists()

SIMPLE_JWT = {
    **SIMPLE_JWT,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    # Tokens know no fallback key; with one of their own they outlive a change of SECRET_KEY.
    "SIGNING_KEY": env.str("JWT_SIGNING_KEY", SECRET_KEY, validate=is_key),
}

if STORE_PAYMENT_GATEWAY.startswith("store.gateways.development."):
    raise ImproperlyConfigured(
        'Environment variable "PAYMENT_GATEWAY" invalid: This gateway takes no money.'
    )
if STORE_PAYMENT_GATEWAY and len(STORE_PAYMENT_WEBHOOK_SECRET) < 16:
    raise ImproperlyConfigured(
        'Environment variable "PAYMENT_WEBHOOK_SECRET" invalid: Shorter than minimum length 16.'
    )

if STORE_PAYMENT_GATEWAY:
    # A day: who orders and does not pay holds the stock no longer.
    STORE_PAYMENT_TIMEOUT = env.int("STORE_PAYMENT_TIMEOUT", 1440, validate=is_timeout)

# Off only where no browser comes from outside, such as a trial on one's own machine.
HTTPS_ONLY = env.bool("HTTPS_ONLY", True)
SHOP_URL = SHOP_URL or shop_url(ALLOWED_HOSTS, is_https=HTTPS_ONLY)
if STORE_PAYMENT_GATEWAY and not SHOP_URL:
    raise ImproperlyConfigured(
        'Set the SHOP_URL environment variable: "ALLOWED_HOSTS" begins with no name by which a gateway reaches the shop.'
    )
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers keep a preloaded name for years: whoever wants that asks for it.
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
# The header in which a proxy says that the client came over HTTPS; a client must not reach past that proxy.
if https_header := env.str(
    "TRUSTED_HTTPS_HEADER",
    "",
    validate=validate.Regexp(
        r"[A-Za-z0-9-]*\Z", error="Not a header's name such as X-Forwarded-Proto."
    ),
):
    SECURE_PROXY_SSL_HEADER = ("HTTP_" + https_header.upper().replace("-", "_"), "https")

dsn = env.str(
    "SENTRY_DSN",
    "",
    validate=validate.Regexp(
        r"(https?://\w+(:\w+)?@[^/\s]+(/\S*)?/\d+)?\Z",
        error="Not a DSN such as https://key@sentry.example.com/1.",
    ),
)
LOGGING = logging_in(
    "json",
    level=DJANGO_LOG_LEVEL,
    file=env.str("LOG_FILE", None, validate=is_file),
    # Sentry tells them itself.
    is_mailed=bool(ADMINS) and not dsn,
)
# What Python warns of is a line like the others.
logging.captureWarnings(True)

if dsn:
    # Here, so that nothing of it is loaded without a DSN.
    from storefront.logs.sentry import start_sentry

    rate = env.float("SENTRY_TRACES_SAMPLE_RATE", None, validate=validate.Range(0, 1))
    start_sentry(dsn, traces_sample_rate=rate)
