"""Whether the process can serve: the dependencies are checked in parallel, none for longer than a deadline."""

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import closing
from contextvars import copy_context
from functools import cache, partial
from pathlib import Path
from threading import Lock, Thread
from time import monotonic
from typing import NamedTuple
from uuid import uuid4

from celery import current_app
from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

logger = logging.getLogger(__name__)

# Seconds. A probe has to be answered within two, also on a busy machine.
DEADLINE = 1.5
REQUIRED = {"database", "migrations"}


class Failed(Exception):
    """A dependency answers, but cannot be used."""

    def __init__(self, name: str = "") -> None:
        self.name = name


class PendingCheck(NamedTuple):
    since: float
    result: "Future[None]"


_lock = Lock()
_pending: dict[str, PendingCheck] = {}


def failures() -> list[str]:
    """Check every dependency at once; return the names of those that fail or do not answer in time."""
    pending = {key: start(key, check) for key, check in checks().items()}
    names = [name_of_failure(key, *one) for key, one in pending.items()]
    return list(dict.fromkeys(name for name in names if name))


def checks() -> dict[str, Callable[[], None]]:
    """Return the checks, each under a key that begins with the name of its dependency."""
    found: dict[str, Callable[[], None]] = {"database": check_primary}
    for alias in settings.DATABASE_REPLICAS:
        found[f"replica {alias}"] = partial(check_replica, alias)
    found["cache"] = check_cache
    if settings.CELERY_BROKER_URL:
        found["broker"] = check_broker
    found["storage"] = check_storage
    return found


def start(key: str, check: Callable[[], None]) -> PendingCheck:
    """Start a check in a thread, unless it is still running: no threads pile up."""
    with _lock:
        pending = _pending.get(key)
        if pending is None or pending.result.done():
            pending = _pending[key] = PendingCheck(monotonic(), Future())
            run = partial(copy_context().run, run_check, check, pending.result)
            # A daemon: a check that hangs must not keep the process from ending.
            Thread(target=run, name=f"health {key}", daemon=True).start()
    return pending


def run_check(check: Callable[[], None], result: "Future[None]") -> None:
    try:
        check()
    except Exception as error:
        result.set_exception(error)
    else:
        result.set_result(None)


def name_of_failure(key: str, since: float, result: "Future[None]") -> str | None:
    name = key.partition(" ")[0]
    level = logging.ERROR if name in REQUIRED else logging.WARNING
    # A check that an earlier probe started and that still hangs has had its time.
    wait([result], timeout=max(0, since + DEADLINE - monotonic()))
    if not result.done():
        logger.log(level, "Health: %s does not answer within %s seconds", key, DEADLINE)
        return name
    if error := result.exception():
        # Its text may name hosts and accounts; its class says enough.
        logger.log(level, "Health: %s fails: %s", key, type(error).__name__)
        return error.name if isinstance(error, Failed) and error.name else name
    return None


def check_primary() -> None:
    with closing(connections["default"]) as connection:
        check_database(connection)
        check_migrations()


def check_replica(alias: str) -> None:
    with closing(connections[alias]) as connection:
        check_database(connection)


def check_database(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def check_migrations() -> None:
    # Cached once all are applied: a later release brings its migrations with new processes.
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Failed("migrations")


def check_cache() -> None:
    store = caches["default"]
    key = f"health-{uuid4()}"
    # Read back: the Redis backend keeps errors to itself.
    store.set(key, key, timeout=10)
    if store.get(key) != key:
        raise Failed
    store.delete(key)


def check_broker() -> None:
    with current_app.connection_for_write(settings.CELERY_BROKER_URL) as connection:
        # By itself it would sleep between two tries.
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)


def check_storage() -> None:
    if isinstance(default_storage, FileSystemStorage):
        check_folder(Path(default_storage.location))
    else:
        # One request of few bytes to a bucket.
        default_storage.exists("health")


def check_folder(folder: Path) -> None:
    # The first upload makes the folder.
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise Failed
    if not os.statvfs(folder).f_bavail:
        raise Failed
