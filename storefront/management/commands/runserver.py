from collections.abc import Callable, Iterable
from threading import Semaphore
from typing import Any

from django.contrib.staticfiles.management.commands.runserver import Command as RunserverCommand
from django.core.servers.basehttp import WSGIServer

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Requests at once. 200 at once would need more connections than a database allows.
MAX_CONCURRENT = 8


class DevelopmentServer(WSGIServer):
    # Connections that wait to be accepted; beyond Django's 10 they are dropped or reset.
    request_queue_size = 1024


class ConcurrencyLimit:
    """Runs a limited number of requests at once; the others wait instead of failing."""

    def __init__(self, application: Application, limit: int = MAX_CONCURRENT) -> None:
        self.application = application
        self.semaphore = Semaphore(limit)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        with self.semaphore:
            return self.application(environ, start_response)


class Command(RunserverCommand):
    server_cls = DevelopmentServer

    def get_handler(self, *args: Any, **options: Any) -> Any:
        return ConcurrencyLimit(super().get_handler(*args, **options))
