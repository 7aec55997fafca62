"""What every environment shares."""

from datetime import timedelta

from environs import validate

from .accounts import *
from .admin import *
from .caches import cache_at, is_redis
from .databases import read_replicas, with_engine_options
from .environment import BASE_DIR, env
from .limits import *
from .logs import logging_in
from .mail import *
from .origins import ALLOWED_HEADERS, EXPOSED_HEADERS, is_shop_url, origin
from .people import person
from .queues import BEAT_SCHEDULE, TASK_TIME_LIMIT, broker_options, is_broker
from .redis_tls import with_verification
from .schema import *
from .security import contacts, media_origins, page_policy
from .shop import *
from .storages import is_folder, is_host, media_storage
from .webhooks import *

INSTALLED_APPS = [
    # Before the admin and rest_framework, whose pages it replaces.
    "storefront",
    "core.admin_site.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before core, whose admin takes its tables out.
    "rest_framework_simplejwt.token_blacklist",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "core",
    "rest_framework",
    "corsheaders",
    "django_filters",
    "djoser",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "outbox",
    "history",
    "webhooks",
    "store",
    "tags",
    "likes",
    "store_custom",
]

PAGE_POLICY = "storefront.security.middleware.PagePolicyMiddleware"
CATALOG_CACHE = "store.catalog_cache.middleware.CatalogCacheMiddleware"
MIDDLEWARE = [
    # First: every line logged below carries the id of the request.
    "storefront.logs.request_ids.RequestIdMiddleware",
    # Before anything that asks for a host, a scheme or a session.
    "storefront.health.middleware.ProbeMiddleware",
    "storefront.metrics.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Before any middleware that responds by itself.
    "corsheaders.middleware.CorsMiddleware",
    # ETag and 304, within what a browser of another origin needs on a 304 too.
    "django.middleware.http.ConditionalGetMiddleware",
    # Before all that sets the same headers each time, and what only the views and the pages of people need.
    CATALOG_CACHE,
    PAGE_POLICY,
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "storefront.caches.middleware.CacheControlMiddleware",
    "storefront.paths.middleware.PathMiddleware",
    # Before all that costs more than a refusal.
    "storefront.limits.middleware.RefusalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Last: only views ask which request is answered.
    "storefront.limits.middleware.CurrentRequestMiddleware",
]

ROOT_URLCONF = "storefront.urls"
WSGI_APPLICATION = "storefront.wsgi.application"
ASGI_APPLICATION = "storefront.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": with_engine_options(
        env.dj_db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
    )
}
DATABASES |= read_replicas(env.list("DATABASE_REPLICA_URLS", []))
# Aliases of the copies that serve what may lag; with none, the primary serves all.
DATABASE_REPLICAS = [alias for alias in DATABASES if alias != "default"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Runs a function in one transaction, and again where the database gave it up for another.
RETRYING_TRANSACTION = "store.services.transactions.retrying_transaction"

AUTH_USER_MODEL = "core.User"
# Only one that counts attempts; beside another, a password would be checked twice.
AUTHENTICATION_BACKENDS = ["core.backends.LimitedBackend"]
LOGIN_REDIRECT_URL = "home"
PASSWORD_HASHERS = [
    "core.hashers.Argon2Hasher",
    # Hashes of before; a sign-in writes new ones.
    "core.hashers.PBKDF2Hasher",
    "core.hashers.PBKDF2SHA1Hasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Whether staff, over the API, need the permission of what they do; without, all staff do all.
STAFF_NEEDS_PERMISSIONS = env.bool("STAFF_NEEDS_PERMISSIONS", True)
# Whether seed_db makes accounts whose password everybody knows; no variable of a shop sets it.
SEED_KNOWN_PASSWORDS = False
# Of the accounts that seed_db makes then: what each is for, by its username.
DEMO_PASSWORD = "Window-Shopping-7"
DEMO_ACCOUNTS = {
    "admin": "superuser, everything in the admin",
    "support": "staff, the group Customer Service",
    "customer": "customer with orders, reviews and likes",
}

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", BASE_DIR / "static")
# The web process serves them at /media/; another address is a front server's or a CDN's.
MEDIA_URL = env.str("MEDIA_URL", "/media/", validate=is_folder)
MEDIA_ROOT = env.path("MEDIA_ROOT", BASE_DIR / "media")

STORAGES = {
    "default": media_storage(env),
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# Redis carries the cache and, unless BROKER_URL names another broker, the tasks.
REDIS_TLS_VERIFY = env.bool("REDIS_TLS_VERIFY", True)
REDIS_URL = with_verification(
    env.str("REDIS_URL", None, validate=is_redis), verify=REDIS_TLS_VERIFY
)
CACHES = {"default": cache_at(REDIS_URL)}

CELERY_BROKER_URL = with_verification(
    env.str("BROKER_URL", REDIS_URL, validate=is_broker), verify=REDIS_TLS_VERIFY
)
# Without a broker a task runs in the process that queues it, after the commit.
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
# A mail goes out in a thread of its own then.
OUTBOX_IN_BACKGROUND = CELERY_TASK_ALWAYS_EAGER
# And the sizes of pictures are made in one.
STORE_SIZES_IN_BACKGROUND = CELERY_TASK_ALWAYS_EAGER
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(CELERY_BROKER_URL)
# Several shops may share a broker.
CELERY_TASK_DEFAULT_QUEUE = env.str("TASK_QUEUE", "storefront")
CELERY_TASK_IGNORE_RESULT = True
# A pickle in the queue is refused, whoever put it there.
CELERY_ACCEPT_CONTENT = ["json"]
# A task is taken from the queue when it is done, so that a killed worker's tasks run again.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Seconds; shorter than the visibility time-out, after which Redis hands a task to another worker.
CELERY_TASK_TIME_LIMIT = TASK_TIME_LIMIT
# A broker that is away is asked once more, then the sweep has to see to it: a shopper waits here.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.1}
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker outlasts a broker that is away for a night.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Flower listens to them.
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_TASK_SEND_SENT_EVENT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that a refusal is a 401 with WWW-Authenticate.
        "core.authentication.ShopJWTAuthentication",
        # Staff who are signed in to the admin can use the browsable API.
        "core.authentication.ShopSessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "storefront.renderers.json.JSONRenderer",
        "storefront.renderers.browsable.BrowsableRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "storefront.parsers.json.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    # All read, staff with the permission write; a view that differs says so.
    "DEFAULT_PERMISSION_CLASSES": ["storefront.permissions.IsAdminOrReadOnly"],
    "DEFAULT_PAGINATION_CLASS": "storefront.pages.pagination.LinkHeaderPagination",
    "DEFAULT_SCHEMA_CLASS": "storefront.schema.openapi.ShopSchema",
    "VIEW_NAME_FUNCTION": "storefront.renderers.browsable.view_name",
    "DEFAULT_METADATA_CLASS": "storefront.schema.metadata.ShopMetadata",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "storefront.errors.negotiation.ProblemAwareNegotiation",
    "EXCEPTION_HANDLER": "storefront.errors.handler.exception_handler",
    "COERCE_DECIMAL_TO_STRING": False,
    # Proxies in front that add to X-Forwarded-For; with none, that header is the client's own say.
    "NUM_PROXIES": env.int("NUM_PROXIES", 0, validate=validate.Range(0)),
    "DEFAULT_THROTTLE_CLASSES": ["storefront.limits.throttles.RateThrottle"],
}

SIMPLE_JWT = {
    "AUTH_HEADER_TYPES": ("JWT", "Bearer"),
    "ACCESS_TOKEN_LIFETIME": timedelta(days=1),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    # A token carries a digest of the password hash, so that a new password revokes every old token.
    "CHECK_REVOKE_TOKEN": True,
    # A sign-in ends the links that were mailed to reset something.
    "UPDATE_LAST_LOGIN": True,
    "TOKEN_OBTAIN_SERIALIZER": "core.serializers.SignInSerializer",
    "TOKEN_REFRESH_SERIALIZER": "core.serializers.RefreshTokenSerializer",
    "TOKEN_VERIFY_SERIALIZER": "core.serializers.VerifyTokenSerializer",
    "TOKEN_BLACKLIST_SERIALIZER": "core.serializers.SignOutSerializer",
}

# Where the front-end lives, for the links in mails.
DOMAIN = env.str("FRONTEND_DOMAIN", "localhost:8001", validate=is_host)
SITE_NAME = "Storefront"

# The panel at the edge of pages; used in development only.
DEBUG_TOOLBAR = env.bool("DEBUG_TOOLBAR", True)
# Records every request and its queries at /silk/; used in development only.
SILK = env.bool("SILK", False)

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Storefront <shop@localhost>", validate=person)
# Seconds; a mail server that does not answer must not hold a worker for longer, nor, without a
# broker, a shopper.
EMAIL_TIMEOUT = 20 if CELERY_BROKER_URL else 5
# A mail belongs to the worker that claimed it for this long. Longer than one SMTP conversation can
# last: about ten steps of EMAIL_TIMEOUT each.
OUTBOX_LEASE = timedelta(seconds=env.int("OUTBOX_LEASE", 300, validate=validate.Range(1)))
# Who gets the weekly sales report: addresses, or "Name <address>", separated by commas.
ADMINS: list[tuple[str, str]] = env.list("ADMINS", [], subcast=person)
# Who is mailed what has become low on stock; none: ADMINS.
STORE_STOCK_MAILS: list[tuple[str, str]] = env.list("STORE_STOCK_MAILS", [], subcast=person)
# Whom staff are told to ask who may not open a page of the admin; else superusers.
STAFF_CONTACTS: list[tuple[str, str]] = env.list("STAFF_CONTACTS", [], subcast=person)

# Where the shop is, for addresses that leave a request; in development, where it is asked.
SHOP_URL = env.str("SHOP_URL", "", validate=is_shop_url)
SECURITY_CONTACT = contacts(env, DEFAULT_FROM_EMAIL)
CONTENT_SECURITY_POLICY = page_policy(media_origins(env, MEDIA_URL))

CORS_ALLOWED_ORIGINS: list[str] = env.list("CORS_ALLOWED_ORIGINS", [], subcast=origin)
CORS_ALLOWED_ORIGIN_REGEXES: list[str] = []
# Front-ends to which a payment leads back beside those: such as one on the shop's own host.
STORE_RETURN_ORIGINS: list[str] = env.list("STORE_RETURN_ORIGINS", [], subcast=origin)
CORS_ALLOW_HEADERS = ALLOWED_HEADERS
CORS_EXPOSE_HEADERS = EXPOSED_HEADERS

DJANGO_LOG_LEVEL = env.str(
    "DJANGO_LOG_LEVEL",
    "INFO",
    validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
)
LOGGING = logging_in("line", level=DJANGO_LOG_LEVEL)

# Prometheus sends it as `Authorization: Bearer ...`; without one nobody reads the metrics.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
