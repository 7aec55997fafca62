"""What tests need beside Python, by their marker."""

import os
import shutil
from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection
from kombu import Connection
from redis import Redis, RedisError

from .parallel import redis_address

REDIS_URL = redis_address()
RABBITMQ_URL = os.environ.get("BROKER_TEST_URL", "amqp://guest:guest@127.0.0.1:5672//")
S3_PACKAGES = ("storages", "boto3", "moto")
MAILDEV = Path(settings.BASE_DIR, "mailbox", "node_modules", ".bin", "maildev")
CONTRACT = Path(settings.BASE_DIR, "contract")
TYPESCRIPT = CONTRACT / "node_modules" / ".bin" / "tsc"
AXE = CONTRACT / "node_modules" / "axe-core" / "axe.min.js"
SCHEMATHESIS = Path(settings.BASE_DIR, ".contract", "bin", "schemathesis")
CHROMIUM = ("chromium", "chromedriver")
# Debian keeps it where only root looks.
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def is_mariadb() -> bool:
    # By the driver: to ask the server would take a connection before the test database is there.
    return connection.vendor == "mysql"


def has_row_locks() -> bool:
    return connection.vendor != "sqlite"


@cache
def is_redis_there() -> bool:
    try:
        with Redis.from_url(REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as redis:
            return bool(redis.ping())
    except RedisError:
        return False


@cache
def is_rabbitmq_there() -> bool:
    try:
        with Connection(RABBITMQ_URL, connect_timeout=2) as broker:
            return bool(broker.connect())
    except OSError:
        return False


def are_on_the_path(*programs: str) -> bool:
    return all(map(shutil.which, programs))


def are_installed(*packages: str) -> bool:
    return all(map(find_spec, packages))


# Those that another DATABASE_URL brings.
DATABASES = {"mariadb", "row_locks"}
# What the tests with a marker need: whether it is there, and what it is.
NEEDS: dict[str, tuple[Callable[[], bool], str]] = {
    "mariadb": (is_mariadb, "needs MariaDB: set DATABASE_URL, as make test-all does"),
    "row_locks": (has_row_locks, "needs row locks, which SQLite has none of: set DATABASE_URL"),
    "redis": (is_redis_there, "needs Redis at REDIS_TEST_URL"),
    "redis_server": (partial(are_on_the_path, "redis-server"), "needs redis-server on the PATH"),
    "rabbitmq": (is_rabbitmq_there, "needs RabbitMQ at BROKER_TEST_URL"),
    "chromium": (partial(are_on_the_path, *CHROMIUM), "needs Chromium and its driver on the PATH"),
    "compose": (partial(are_on_the_path, "docker-compose"), "needs docker-compose (no engine)"),
    "nginx": (lambda: bool(NGINX), "needs nginx"),
    "s3": (partial(are_installed, *S3_PACKAGES), "needs django-storages and moto (make drivers)"),
    "locust": (partial(are_installed, "locust"), "needs Locust (make drivers)"),
    "contract": (
        lambda: are_on_the_path("node") and TYPESCRIPT.exists(),
        "needs the tools of contract/ (make contract), which need Node.js",
    ),
    "axe": (AXE.exists, "needs axe-core (make contract)"),
    "fuzz": (SCHEMATHESIS.exists, "needs schemathesis (make contract)"),
    "terminal": (partial(are_on_the_path, "bash", "curl", "python3"), "needs bash and curl"),
    "mailbox": (
        lambda: are_on_the_path("node") and MAILDEV.exists(),
        "needs the mailbox (make mailbox), which needs Node.js",
    ),
}
