"""What every environment shares."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from environs import Env, validate

from .databases import with_engine_options

BASE_DIR = Path(__file__).resolve().parents[2]

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # Before core, whose admin takes its tables out.
    "rest_framework_simplejwt.token_blacklist",
    # Before rest_framework, whose pages core replaces.
    "core",
    "rest_framework",
    "django_filters",
    "djoser",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "store",
    "tags",
    "likes",
    "store_custom",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
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
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "static"
MEDIA_URL = "/media/"
MEDIA_ROOT = BASE_DIR / "media"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        # First, so that a refusal is a 401 with WWW-Authenticate.
        "rest_framework_simplejwt.authentication.JWTAuthentication",
        # Staff who are signed in to the admin can use the browsable API.
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "core.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    # All read, staff write; a view that differs says so.
    "DEFAULT_PERMISSION_CLASSES": ["core.permissions.IsStaffOrReadOnly"],
    "DEFAULT_PAGINATION_CLASS": "core.pagination.LinkHeaderPagination",
    "DEFAULT_SCHEMA_CLASS": "core.schema.ShopSchema",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.negotiation.ProblemAwareNegotiation",
    "EXCEPTION_HANDLER": "core.exceptions.exception_handler",
    "COERCE_DECIMAL_TO_STRING": False,
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        # Per address: sign-in, registration and password mails are what guessers try.
        "credentials": env.str(
            "THROTTLE_CREDENTIALS",
            "30/min",
            validate=validate.Regexp(
                r"^\d+/(s|m|h|d)\w*$", error="Not a rate such as 30/min or 100/hour."
            ),
        ),
    },
}

SIMPLE_JWT = {
    "AUTH_HEADER_TYPES": ("JWT", "Bearer"),
    "ACCESS_TOKEN_LIFETIME": timedelta(days=1),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    # A token carries a digest of the password hash, so that a new password revokes every old token.
    "CHECK_REVOKE_TOKEN": True,
    "TOKEN_REFRESH_SERIALIZER": "core.serializers.RefreshTokenSerializer",
    "TOKEN_VERIFY_SERIALIZER": "core.serializers.VerifyTokenSerializer",
}

DJOSER = {
    "SERIALIZERS": {
        "user_create": "core.serializers.RegisterUserSerializer",
        "user": "core.serializers.UserSerializer",
        "current_user": "core.serializers.UserSerializer",
        "activation": "core.serializers.ActivationSerializer",
        "password_reset_confirm": "core.serializers.ConfirmPasswordSerializer",
        "username_reset_confirm": "core.serializers.ConfirmUsernameSerializer",
    },
    "TOKEN_MODEL": None,
    # Pages of the front-end that the mails link to.
    "PASSWORD_RESET_CONFIRM_URL": "password/reset/confirm/{uid}/{token}",
    "USERNAME_RESET_CONFIRM_URL": "username/reset/confirm/{uid}/{token}",
    "ACTIVATION_URL": "activate/{uid}/{token}",
}
# Where the front-end lives, for the links in mails.
DOMAIN = env.str("FRONTEND_DOMAIN", "localhost:8001")
SITE_NAME = "Storefront"

SPECTACULAR_SETTINGS = {
    "TITLE": "Storefront API",
    "DESCRIPTION": "Catalogue, reviews, carts, customers and orders of an online shop.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/favicon.ico",
    # Closed groups: an overview first. The token stays over a reload.
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "docExpansion": "none",
        "persistAuthorization": True,
    },
    "COMPONENT_SPLIT_REQUEST": True,
    # Programs send a token; the session of the browsable API needs no word.
    "AUTHENTICATION_WHITELIST": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.schema.describe_tags",
        "core.schema.spell_null",
    ],
}

# The shop.
STORE_TAX_RATE = env.decimal(
    "STORE_TAX_RATE", Decimal("0.10"), validate=validate.Range(Decimal(0), Decimal(1))
)
# Parameters that other apps add to the product list: name -> dotted name of a django-filter class.
# Those of an app that is not installed are left out.
STORE_PRODUCT_FILTERS = {"tag": "store_custom.filters.TagFilter"}

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Storefront <shop@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "{asctime} ({levelname}) - {name} - {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "": {
            "handlers": ["console"],
            "level": env.str(
                "DJANGO_LOG_LEVEL",
                "INFO",
                validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]),
            ),
        }
    },
}
