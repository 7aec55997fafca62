"""Who writes at this moment, and by which door."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import PurePath
from typing import Any, NamedTuple

from celery import current_task
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME

from storefront.limits.requests import current_request

from .models import Door, Operation

SOURCE_LENGTH = 100


class Origin(NamedTuple):
    door: str
    # The id of a user; None: the shop itself.
    by: int | None = None
    source: str = ""
    reason: str = ""
    operation: Operation | None = None


_named: ContextVar[Origin | None] = ContextVar("_named", default=None)
_is_recording: ContextVar[bool] = ContextVar("_is_recording", default=True)


def current_origin() -> Origin:
    """Return who writes: as named by the code around, else as the request, the task or the command says."""
    if named := _named.get():
        return named
    if current_task:
        return Origin(Door.TASK, source=current_task.name[:SOURCE_LENGTH])
    if request := current_request.get():
        return Origin(door_of(request), by=writer(request))
    return Origin(Door.COMMAND, source=command_name())


@contextmanager
def origin(
    *,
    door: str | None = None,
    by: Any = None,
    reason: str | None = None,
    operation: Operation | None = None,
) -> Iterator[Origin]:
    """Name the origin of what is written within; what is left out stays as it is outside."""
    around = current_origin()
    inner = around._replace(
        door=door or around.door,
        by=around.by if by is None else getattr(by, "pk", None),
        reason=around.reason if reason is None else reason,
        operation=operation or around.operation,
    )
    token = _named.set(inner)
    try:
        yield inner
    finally:
        _named.reset(token)


@contextmanager
def unrecorded() -> Iterator[None]:
    """Write without a record, for whoever erases what a record would tell, or loads a whole shop."""
    token = _is_recording.set(False)
    try:
        yield
    finally:
        _is_recording.reset(token)


def is_recording() -> bool:
    return _is_recording.get()


def door_of(request: Any) -> str:
    match = request.resolver_match
    if match is None or "admin" not in match.app_names:
        return Door.API
    if not (match.url_name or "").endswith("_changelist"):
        return Door.PAGE
    return (
        Door.BULK
        if ACTION_CHECKBOX_NAME in request.POST and "_save" not in request.POST
        else Door.LIST
    )


def writer(request: Any) -> int | None:
    """Return the id of who is signed in; a test may set a user that is none, or is not saved."""
    user = getattr(request, "user", None)
    return getattr(user, "pk", None) if getattr(user, "is_authenticated", False) else None


def command_name() -> str:
    program, *arguments = sys.argv or [""]
    name = arguments[0] if PurePath(program).name == "manage.py" and arguments else program
    return PurePath(name).name[:SOURCE_LENGTH]
