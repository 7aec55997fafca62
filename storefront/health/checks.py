"""Whether the process can serve: each dependency is asked beside the others, and none is waited for."""

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

# Seconds. The answer has to be there within two, also on a busy machine.
DEADLINE = 1.5
VITAL = {"database", "migrations"}


class Failed(Exception):
    """A dependency answers, and what it says is wrong."""

    def __init__(self, name: str = "") -> None:
        self.name = name


class Asked(NamedTuple):
    since: float
    answer: "Future[None]"


_lock = Lock()
_asked: dict[str, Asked] = {}


def failures() -> list[str]:
    """Ask every dependency at once and return the names of those that fail or do not answer in time."""
    asked = {key: ask(key, question) for key, question in questions().items()}
    names = [name_of_failure(key, *one) for key, one in asked.items()]
    return list(dict.fromkeys(name for name in names if name))


def questions() -> dict[str, Callable[[], None]]:
    """Return what to ask, each under a key that begins with the name of the dependency."""
    asked: dict[str, Callable[[], None]] = {"database": ask_primary}
    for alias in settings.DATABASE_REPLICAS:
        asked[f"replica {alias}"] = partial(ask_replica, alias)
    asked["cache"] = ask_cache
    if settings.CELERY_BROKER_URL:
        asked["broker"] = ask_broker
    asked["storage"] = ask_storage
    return asked


def ask(key: str, question: Callable[[], None]) -> Asked:
    """Ask in a thread of its own, unless this question is still open: no threads pile up."""
    with _lock:
        asked = _asked.get(key)
        if asked is None or asked.answer.done():
            asked = _asked[key] = Asked(monotonic(), Future())
            run = partial(copy_context().run, put, question, asked.answer)
            # A daemon: a question without an answer must not hold up the end of the process.
            Thread(target=run, name=f"health {key}", daemon=True).start()
    return asked


def put(question: Callable[[], None], answer: "Future[None]") -> None:
    try:
        question()
    except Exception as error:
        answer.set_exception(error)
    else:
        answer.set_result(None)


def name_of_failure(key: str, since: float, answer: "Future[None]") -> str | None:
    name = key.partition(" ")[0]
    # A question that an earlier probe has asked in vain has had its time.
    wait([answer], timeout=max(0, since + DEADLINE - monotonic()))
    if not answer.done():
        logger.warning("Health: %s does not answer within %s seconds", key, DEADLINE)
        return name
    if error := answer.exception():
        # Its text may name hosts and accounts; its class says enough.
        logger.warning("Health: %s fails: %s", key, type(error).__name__)
        return error.name if isinstance(error, Failed) and error.name else name
    return None


def ask_primary() -> None:
    with closing(connections["default"]) as connection:
        ask_database(connection)
        ask_migrations()


def ask_replica(alias: str) -> None:
    with closing(connections[alias]) as connection:
        ask_database(connection)


def ask_database(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def ask_migrations() -> None:
    # Kept once all are applied: a later release brings its migrations with new processes.
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Failed("migrations")


def ask_cache() -> None:
    store = caches["default"]
    key = f"health-{uuid4()}"
    # Read back: the Redis backend keeps errors to itself.
    store.set(key, key, timeout=10)
    if store.get(key) != key:
        raise Failed
    store.delete(key)


def ask_broker() -> None:
    with current_app.connection_for_write(settings.CELERY_BROKER_URL) as connection:
        # By itself it would sleep between two tries.
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0)


def ask_storage() -> None:
    if isinstance(default_storage, FileSystemStorage):
        ask_folder(Path(default_storage.location))
    else:
        # One request of few bytes to a bucket.
        default_storage.exists("health")


def ask_folder(folder: Path) -> None:
    # The first upload makes the folder.
    while not folder.exists():
        folder = folder.parent
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise Failed
    if not os.statvfs(folder).f_bavail:
        raise Failed
