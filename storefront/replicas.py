"""Copies of the database, for what may lag; what is bought or shown for sale is never read here."""

import logging
from collections.abc import Callable
from secrets import choice
from time import monotonic
from typing import TypeVar

from django.conf import settings
from django.db import (
    DEFAULT_DB_ALIAS,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    connections,
)

R = TypeVar("R")

logger = logging.getLogger(__name__)
# Seconds for which this process does not ask a copy that failed: its connect time-out is paid once in these.
RETRY_SECONDS = 30
# A copy may also lack a table that a migration has just made.
FAILURES = (OperationalError, InterfaceError, ProgrammingError)

_retry_at: dict[str, float] = {}


def read_from_copy(read: Callable[[str], R]) -> R:
    """Return what a read makes of the alias of a copy, or of the primary where no copy answers.

    The read must fetch its rows itself: a queryset that is evaluated later fails later.
    """
    now = monotonic()
    copies = [alias for alias in settings.DATABASE_REPLICAS if _retry_at.get(alias, now) <= now]
    if copies:
        alias = choice(copies)
        try:
            return read(alias)
        except FAILURES as error:
            _retry_at[alias] = monotonic() + RETRY_SECONDS
            # The message of a driver may tell the user and the host.
            logger.warning("%s fails (%s); the primary serves", alias, type(error).__name__)
            if not connections[alias].in_atomic_block:
                connections[alias].close()
    return read(DEFAULT_DB_ALIAS)
