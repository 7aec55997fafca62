"""Production: everything that differs from shop to shop comes from the environment."""

from .common import *

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", validate=validate.Length(min=50))
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", validate=validate.Length(min=1, error="Name a host.")
)
DATABASES = {"default": with_engine_options(env.dj_db_url("DATABASE_URL", conn_max_age=60))}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

SIMPLE_JWT = {**SIMPLE_JWT, "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15)}

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
