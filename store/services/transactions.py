from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import Error, OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 3
# Deadlock, lock wait time-out; MariaDB 11.6 adds "record has changed since last read", MySQL 8 has a
# code of its own for a lock that was not to be waited for.
MYSQL_CODES = {1213, 1205, 1020, 3572}
# Deadlock detected, serialization failure, lock time-out.
POSTGRES_STATES = {"40P01", "40001", "55P03"}

# What the outermost running service does before its transaction ends; None where none is running.
_last_steps: ContextVar[list[Callable[[], None]] | None] = ContextVar("_last_steps", default=None)


def lost_a_race(error: Error) -> bool:
    """Tell whether the database gave this transaction up for another, so that a repeat may succeed."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in POSTGRES_STATES or (bool(error.args) and error.args[0] in MYSQL_CODES)


def run_last(step: Callable[[], None]) -> None:
    """Run a step at the end of the outermost service, in its transaction, once however often asked.

    For rows that many transactions write: locked last, they hold up and deadlock nobody.
    """
    steps = _last_steps.get()
    if steps is None:
        step()
    elif step not in steps:
        steps.append(step)


def retrying_transaction(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service in one transaction, and the whole of it again when it lost a race for locks.

    Inside a caller's transaction it runs once: only the outermost block can be repeated.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _last_steps.get() is not None:
            # Without a savepoint: a caller that went on after a refusal would be stopped by Django.
            with transaction.atomic(savepoint=False):
                return service(*args, **kwargs)
        for attempts_left in reversed(range(1 if connection.in_atomic_block else ATTEMPTS)):
            try:
                with transaction.atomic():
                    return with_last_steps(service, *args, **kwargs)
            except OperationalError as error:
                if not (attempts_left and lost_a_race(error)):
                    raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    return run


def with_last_steps(service: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a service, then what it and the services within asked to be run last."""
    steps: list[Callable[[], None]] = []
    outermost = _last_steps.set(steps)
    try:
        result = service(*args, **kwargs)
    finally:
        # Before the commit: what follows it is a transaction of its own.
        _last_steps.reset(outermost)
    for step in steps:
        step()
    return result
