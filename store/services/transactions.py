from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 3
# Deadlock, lock wait time-out; MariaDB 11.6 adds "record has changed since last read".
MYSQL_CODES = {1213, 1205, 1020}
# Deadlock detected, serialization failure, lock time-out.
POSTGRES_STATES = {"40P01", "40001", "55P03"}


def lost_a_race(error: OperationalError) -> bool:
    """Tell whether the database gave this transaction up for another, so that a repeat may succeed."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in POSTGRES_STATES or (bool(error.args) and error.args[0] in MYSQL_CODES)


def atomic(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service in one transaction, and the whole of it again when it lost a race for locks.

    Inside a caller's transaction it runs once: only the outermost block can be repeated.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempts_left in reversed(range(1 if connection.in_atomic_block else ATTEMPTS)):
            try:
                with transaction.atomic():
                    return service(*args, **kwargs)
            except OperationalError as error:
                if not (attempts_left and lost_a_race(error)):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    return run
