"""The request that a thread is answering, for rules that a caller cannot be trusted to hand it to."""

from contextvars import ContextVar

from django.http import HttpRequest

current_request: ContextVar[HttpRequest | None] = ContextVar("current_request", default=None)
