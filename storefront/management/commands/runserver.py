from collections.abc import Callable, Iterable
from threading import Semaphore
from typing import Any

from django.contrib.staticfiles.management.commands.runserver import Command as RunserverCommand
from django.core.servers.basehttp import WSGIServer

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Requests at once. All 200 of a crowd would need more connections than a database allows.
TURNS = 8


class DevelopmentServer(WSGIServer):
    # Connections that wait to be accepted; beyond Django's 10 they are dropped or reset.
    request_queue_size = 1024


class TurnTaking:
    """Lets in as many requests at a time as there are turns; the others wait instead of failing."""

    def __init__(self, application: Application, turns: int = TURNS) -> None:
        self.application = application
        self.turns = Semaphore(turns)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        with self.turns:
            return self.application(environ, start_response)


class Command(RunserverCommand):
    server_cls = DevelopmentServer

    def get_handler(self, *args: Any, **options: Any) -> Any:
        return TurnTaking(super().get_handler(*args, **options))
