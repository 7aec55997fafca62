"""As few settings as a project gets by with, on the shop's tables."""

import os
from typing import Any
from urllib.parse import urlsplit

ENGINES = {"sqlite": "django.db.backends.sqlite3", "mysql": "django.db.backends.mysql"}


def database_at(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": ENGINES[parts.scheme],
        "NAME": parts.path.removeprefix("/"),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        # Otherwise MariaDB would see a new connection with every request.
        "CONN_MAX_AGE": None,
    }


DATABASES = {"default": database_at(os.environ["DATABASE_URL"])}
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "benchmarks.contestants.plain_drf.urls"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "rest_framework",
    "benchmarks.contestants.plain_drf",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# It sets the length of a response; without one gunicorn sends chunks.
MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]
USE_TZ = True
TIME_ZONE = "UTC"
MEDIA_URL = "/media/"
REST_FRAMEWORK = {
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 10,
    "COERCE_DECIMAL_TO_STRING": False,
}
