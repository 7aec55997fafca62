"""One id for a request: in its response, in every log line and in the tasks that it queues."""

import logging
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from typing import Any
from uuid import UUID, uuid4

from celery.signals import before_task_publish, task_postrun, task_prerun
from django.core.signals import request_finished
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from .formatters import NO_REQUEST, REQUEST_ID_HEADER

# The key in the WSGI environ; `request.headers` would convert the names of all headers.
SENT_HEADER = f"HTTP_{REQUEST_ID_HEADER.upper().replace('-', '_')}"
# In a message to a worker.
TASK_HEADER = "request_id"

request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)


class RequestIdMiddleware:
    """Takes the id that a proxy or client sends, if it is a UUID, or makes one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = id_for(request)
        request_id.set(given)
        response = self.get_response(request)
        response[REQUEST_ID_HEADER] = given
        return response


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        # A logger that knows better has set it.
        record.__dict__.setdefault("request_id", request_id.get())
        return True


def id_for(request: HttpRequest) -> str:
    """Return the id that came with a request, or a new one."""
    sent = request.META.get(SENT_HEADER)
    # Anything else than a UUID could forge log lines.
    with suppress(ValueError):
        return str(UUID(sent) if sent else uuid4())
    return str(uuid4())


@receiver(request_finished)
def clear_request_id(**kwargs: Any) -> None:
    # Not in the middleware: Django logs a refusal after it, and a streamed body is written later still.
    request_id.set(NO_REQUEST)


@before_task_publish.connect
def add_request_id(headers: dict[str, Any], **kwargs: Any) -> None:
    headers.setdefault(TASK_HEADER, request_id.get())


@task_prerun.connect
def restore_request_id(task: Any, **kwargs: Any) -> None:
    # A task that runs inside a request has no message and keeps the request's id.
    if sent := task.request.get(TASK_HEADER):
        # What beat starts goes by the id of the task.
        request_id.set(task.request.id if sent == NO_REQUEST else sent)


@task_postrun.connect
def clear_task_request_id(task: Any, **kwargs: Any) -> None:
    if task.request.get(TASK_HEADER):
        request_id.set(NO_REQUEST)
